"""/accounts/tokens/: with which programs speak as the user. A new secret is shown once."""

from typing import Any
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat import policy
from chat.live.sidebar.unread_counts import FURTHER_ROOMS, LISTED_ROOMS
from chat.models import Member, Room, Scope, Subscription, Token, direct_rooms
from chat.models.token import NAME_MAX_CHARACTERS, TOKENS_MAX
from chat.programs import bots, tokens
from chat.programs.tokens import TooManyTokens
from chat.web.guests import change_view, guest_view

SHOWN_MAX = 200  # the latest, also such as are no longer valid
ROOMS_MAX = LISTED_ROOMS + FURTHER_ROOMS  # to choose from
BOTS_MAX = 500  # to choose from
DAY_SECONDS = 24 * 3600
NEVER = "never"
EXPIRES = {
    str(7 * DAY_SECONDS): gettext_lazy("7 days"),
    str(30 * DAY_SECONDS): gettext_lazy("30 days"),
    str(90 * DAY_SECONDS): gettext_lazy("90 days"),
    str(365 * DAY_SECONDS): gettext_lazy("A year"),
    NEVER: gettext_lazy("Until it is revoked"),
}


def seconds_of(expires: str) -> int | None:
    """How long one of EXPIRES is; None: for ever."""
    return None if expires == NEVER else int(expires)


class TokenForm(forms.Form):
    """What a new token allows, where, and how long."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("What uses it, as you will know it again."),
        max_length=NAME_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=Scope.choices,
        initial=[Scope.READ],
        widget=forms.CheckboxSelectMultiple,
    )
    expires = forms.ChoiceField(
        label=gettext_lazy("How long it works"),
        choices=EXPIRES,
        initial=str(90 * DAY_SECONDS),
    )
    rooms = forms.MultipleChoiceField(
        label=gettext_lazy("In which rooms"),
        help_text=gettext_lazy("None chosen: in all your rooms, also later ones."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, member: Member) -> None:
        super().__init__(data)
        self._member = member
        self._speakers = {str(it.uid): it for it in _bots_of(member)}
        if self._speakers:
            named = [(uid, it.name) for uid, it in self._speakers.items()]
            speaker = forms.ChoiceField(
                label=gettext("Who it speaks as"),
                choices=[("", gettext("You")), *named],
                required=False,
            )
            self.fields = {"speaker": speaker, **self.fields}
        self._rooms = {str(it.uid): it for it in _rooms_of(member)}
        choices = [(uid, room.shown_name) for uid, room in self._rooms.items()]
        self.fields["rooms"].choices = choices  # type: ignore[attr-defined]

    @property
    def speaker(self) -> Member:
        """Whom the token speaks as."""
        return self._speakers.get(self.cleaned_data.get("speaker", ""), self._member)

    def clean_rooms(self) -> list[Room] | None:
        return [self._rooms[it] for it in self.cleaned_data["rooms"]] or None

    def clean_scopes(self) -> list[Scope]:
        return [Scope(it) for it in self.cleaned_data["scopes"]]

    def clean_expires(self) -> int | None:
        return seconds_of(self.cleaned_data["expires"])


@never_cache
@require_safe
@login_required
@guest_view
def list_tokens(request: HttpRequest, member: Member) -> HttpResponse:
    """The user's tokens, the latest first."""
    shown = list(_tokens_of(member).order_by("-pk")[:SHOWN_MAX])
    valid = set(Token.objects.valid().filter(pk__in=[it.pk for it in shown]).values_list("pk"))
    names = _names_of_rooms(member)
    rows = [
        {
            "token": it,
            "is_valid": (it.pk,) in valid,
            "scopes": [Scope(scope).label for scope in it.scopes],
            "rooms": it.rooms and [names[uid] for uid in it.rooms if uid in names],
        }
        for it in shown
    ]
    return render(request, "account/tokens.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
@sensitive_variables("secret", "context")
@change_view
def new_token(request: HttpRequest, member: Member) -> HttpResponse:
    """Make a token, once the user has said again who they are, and show its secret."""
    if member.user_id is None:
        raise PermissionDenied
    form = TokenForm(request.POST or None, member=member)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "account/new_token.html", {"form": form}, status=status)
    member.ensure_saved()
    wanted = form.cleaned_data
    try:
        make = bots.make_token if form.speaker.is_bot else tokens.make
        token, secret = make(
            form.speaker,
            member,
            wanted["name"],
            wanted["scopes"],
            wanted["rooms"],
            wanted["expires"],
        )
    except TooManyTokens:
        full = gettext("You can have at most %(limit)s tokens. Revoke one that you do not need.")
        form.add_error(None, full % {"limit": TOKENS_MAX})
        return render(request, "account/new_token.html", {"form": form}, status=422)
    context = {"token": token, "secret": secret, **_hook(request, token, secret, wanted["rooms"])}
    return render(request, "account/token.html", context)


def _hook(
    request: HttpRequest, token: Token, secret: str, rooms: list[Room] | None
) -> dict[str, str]:
    """The address of the incoming webhook that a token of one room is."""
    if not token.allows(Scope.POST) or rooms is None or len(rooms) != 1:
        return {}
    address = request.build_absolute_uri(reverse("hook", args=[secret]))
    return {"hook": address, "room": rooms[0].shown_name}


@require_POST
@login_required
@guest_view
def revoke_token(request: HttpRequest, member: Member, uid: UUID) -> HttpResponse:
    """Make a token of the user worthless, now."""
    token = _tokens_of(member).select_related("member").filter(uid=uid).first()
    if token is None:
        raise Http404("There is no such token.")
    if token.member.is_bot:
        bots.revoke_token(member, token)
    else:
        tokens.revoke(token)
    messages.success(request, gettext("“%(name)s” is revoked.") % {"name": token.name})
    return redirect("account_tokens")


def _tokens_of(member: Member) -> QuerySet[Token]:
    """The member's own, and for an operator those of bots."""
    whose = Q(member=member.pk)
    if policy.is_operator(member):
        whose |= Q(member__is_bot=True)
    return Token.objects.filter(whose).select_related("member")


def _bots_of(member: Member) -> list[Member]:
    """The bots for which the member makes tokens: an operator for all."""
    if not policy.is_operator(member):
        return []
    return list(Member.objects.filter(is_bot=True).order_by("name_key", "pk")[:BOTS_MAX])


def _rooms_of(member: Member) -> list[Room]:
    """The rooms of the member's list, the last visited first."""
    if not member.is_saved:
        return []
    rooms = [it.room for it in Subscription.objects.recent(member)[:ROOMS_MAX]]
    direct_rooms.name_for([member.pk], rooms)
    return rooms


def _names_of_rooms(member: Member) -> dict[str, str]:
    return {str(it.uid): it.shown_name for it in _rooms_of(member)}
