"""/chat/<room>/settings/bots/: bots of the room. The token of one is shown once."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from chat import runtime
from chat.access import Found
from chat.formatting import NAME_MAX_CHARACTERS
from chat.live.rates import MESSAGE
from chat.models import Bot, Hears, Member, Scope, Token
from chat.policy import Action
from chat.programs import bots
from chat.programs.bots import BOTS_MAX, OWNED_MAX, TooManyBots
from chat.programs.keeping import NotAllowed, ProgramKind
from chat.web import rates
from chat.web.doors import RoomNotFound
from chat.web.guests import change_view, guest_view
from chat.web.refusals import in_words
from chat.web.settings import programs
from chat.web.settings.door import LINE_BYTES, PERSON_BYTES, settings_change
from chat.web.time_zones import zone_of
from chat.web.tokens import EXPIRES, seconds_of

TOO_MANY = gettext_lazy(
    "A room has at most %(room)s bots, and a person %(person)s. Remove one first."
)
REMOVED = gettext_lazy("“%(name)s” is removed, and its token is worthless.")
REVOKED = gettext_lazy("A token of “%(name)s” is revoked.")


class BotForm(programs.NewBotForm):
    """A new bot: its name, what it is told, and what its token allows."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto", "autofocus": True}),
    )
    hears = forms.ChoiceField(label=gettext_lazy("What it is told"), choices=Hears.choices)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What its token allows"),
        choices=[(it.value, it.label) for it in (Scope.READ, Scope.POST)],
        initial=[Scope.READ, Scope.POST],
        widget=forms.CheckboxSelectMultiple,
    )
    expires = forms.ChoiceField(
        label=gettext_lazy("How long its token works"), choices=EXPIRES, initial="never"
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="bot-%s")

    def clean_scopes(self) -> list[Scope]:
        return [Scope(it) for it in self.cleaned_data["scopes"]]

    def clean_expires(self) -> int | None:
        return seconds_of(self.cleaned_data["expires"])


class TokenForm(forms.Form):
    """Which token is meant."""

    token = forms.UUIDField()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def room_bots(request: HttpRequest, room_name: str) -> HttpResponseBase:
    """The bots of a room. A POST makes one, and shows its token."""
    view = _make if request.method == "POST" else _show
    return view(request, room_name=room_name)


@settings_change(Action.SET_PROGRAMS)
def change_bot(request: HttpRequest, member: Member, found: Found, uid: UUID) -> HttpResponse:
    """Do what `act` says: renew its token, revoke one, or remove it. Raises TooFast."""
    bot = bots.find(found.room, uid)
    act = ACTS.get(request.POST.get("act", ""))
    if bot is None or act is None:
        raise Http404("There is no such bot.")
    rates.count(request, member, MESSAGE)
    try:
        return act(request, member, found, bot)
    except NotAllowed:
        raise RoomNotFound from None


@guest_view
def _show(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
    return _page(request, member, programs.find(member, room_name))


@sensitive_variables("secret")
@change_view
def _make(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
    found, form = programs.find(member, room_name), BotForm(request.POST)
    if not form.is_valid():
        return _page(request, member, found, form=form)
    rates.count(request, member, MESSAGE, bytes=LINE_BYTES + PERSON_BYTES)
    wanted = form.cleaned_data
    terms = wanted["name"], wanted["hears"], wanted["scopes"], wanted["expires"]
    try:
        bot, secret = bots.make(member, found.room, *terms)
    except NotAllowed:
        raise RoomNotFound from None
    except TooManyBots:
        form.add_error(None, TOO_MANY % {"room": BOTS_MAX, "person": OWNED_MAX})
        return _page(request, member, found, form=form)
    if refusal := programs.add(member, found, bot, ProgramKind.BOT):
        bots.discard(bot)
        form.add_error(None, in_words(refusal.detail))
        return _page(request, member, found, form=form)
    return _page(request, member, found, new=bot, secret=secret)


@sensitive_variables("secret")
def _renew(request: HttpRequest, member: Member, found: Found, bot: Bot) -> HttpResponse:
    secret = bots.renew_token(member, bot)
    return _page(request, member, found, new=bot, secret=secret)


def _revoke(request: HttpRequest, member: Member, found: Found, bot: Bot) -> HttpResponse:
    form = TokenForm(request.POST)
    if not form.is_valid() or not bots.revoke(member, bot, form.cleaned_data["token"]):
        raise Http404("There is no such token.")
    messages.success(request, REVOKED % {"name": bot.member.name})
    return redirect("room_bots", found.room.address)


def _remove(request: HttpRequest, member: Member, found: Found, bot: Bot) -> HttpResponse:
    leaving = bots.remove(member, bot)
    if leaving is not None:
        runtime.append_all_from_sync([leaving])
    messages.success(request, REMOVED % {"name": bot.member.name})
    return redirect("room_bots", found.room.address)


ACTS = {"renew": _renew, "revoke": _revoke, "remove": _remove}


@sensitive_variables("secret", "context")
def _page(
    request: HttpRequest,
    member: Member,
    found: Found,
    *,
    form: BotForm | None = None,
    new: Bot | None = None,
    secret: str = "",
) -> HttpResponse:
    """`form` is one that was sent, and has errors; `new` has a `secret` to be shown."""
    rows = list(bots.of_room(found.room))
    valid = bots.valid_tokens(rows)
    context = {
        "room": found.room,
        "title": found.room.shown_name,
        "rows": [{"bot": it, "tokens": valid[it.member_id]} for it in rows],
        "form": form or BotForm(),
        "is_full": len(rows) >= BOTS_MAX,
        "new": new,
        "secret": secret,
        "hook": _hook(request, valid[new.member_id][0], secret) if new else "",
    }
    with timezone.override(zone_of(member)):
        status = 422 if form else 200
        return render(request, "chat/settings/bots.html", context, status=status)


def _hook(request: HttpRequest, token: Token, secret: str) -> str:
    """The address that services post to with a new token, if it may post."""
    if not token.allows(Scope.POST):
        return ""
    return request.build_absolute_uri(reverse("hook", args=[secret]))
