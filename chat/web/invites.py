"""The invites of a room, for its moderators: make, show, revoke. `chat/invites.py` stores them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.visible_text import visible_text
from chat import invites
from chat.access import Found
from chat.live.rates import INVITE
from chat.models import History, Invite, Member, Membership, Room
from chat.models.invite import NOTE_MAX_CHARACTERS
from chat.policy import Action
from chat.web import doors, qr, rates
from chat.web.guests import change_view, guest_view
from chat.web.requests import is_for_people

HOUR, DAY, WEEK = 3600, 24 * 3600, 7 * 24 * 3600
ENDED_SHOWN = 20
PEOPLE_SHOWN = 10  # who came in by an invite
TOO_MANY = gettext_lazy("There are %(limit)s invites into this room. Revoke some first.")


class InviteForm(forms.Form):
    """The terms of a new invite."""

    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Whom it is for. Moderators see it."),
        required=False,
        max_length=NOTE_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    expires = forms.TypedChoiceField(
        label=gettext_lazy("Valid for"),
        choices=[
            (HOUR, gettext_lazy("1 hour")),
            (DAY, gettext_lazy("1 day")),
            (WEEK, gettext_lazy("1 week")),
            (30 * DAY, gettext_lazy("30 days")),
            (0, gettext_lazy("until it is revoked")),
        ],
        coerce=int,
        required=False,
        initial=WEEK,
    )
    uses = forms.TypedChoiceField(
        label=gettext_lazy("For how many people"),
        choices=[(1, "1"), (10, "10"), (50, "50"), (0, gettext_lazy("any number"))],
        coerce=int,
        required=False,
        initial=0,
    )
    history = forms.ChoiceField(
        label=gettext_lazy("What they see"),
        choices=[
            ("", gettext_lazy("As the room has it")),
            (History.START, gettext_lazy("Everything that was said")),
            (History.JOINING, gettext_lazy("What is said from their joining")),
        ],
        required=False,
    )
    for_guests = forms.BooleanField(
        label=gettext_lazy("Guests may come in, too"),
        help_text=gettext_lazy("Without it, people need an account."),
        required=False,
    )

    def __init__(self, data: Any = None, *, chooses_history: bool) -> None:
        super().__init__(data, auto_id="invite-%s")
        if not chooses_history:
            del self.fields["history"]
        if settings.GUESTS != "on":
            del self.fields["for_guests"]

    def clean_note(self) -> str:
        return " ".join(visible_text(self.cleaned_data["note"]).split())

    def clean_expires(self) -> int:
        chosen = self.cleaned_data["expires"]
        return WEEK if chosen == "" else int(chosen)

    @property
    def terms(self) -> dict[str, Any]:
        """Fields of an Invite."""
        cleaned = self.cleaned_data
        expires, history = cleaned["expires"], cleaned.get("history")
        return {
            "note": cleaned["note"],
            "expires_at": timezone.now() + timedelta(seconds=expires) if expires else None,
            "uses_max": cleaned["uses"] or None,
            "for_guests": cleaned.get("for_guests", False),
            "sees_history": history == History.START if history else None,
        }


# --- the section of the settings ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    invite: Invite
    address: str
    people: list[Member]
    more_people: int


def context(request: HttpRequest, member: Member, found: Found) -> dict[str, Any]:
    """What `chat/settings/invites.html` shows; nothing to who may not invite people."""
    if not found.may(member, Action.INVITE):
        return {}
    of_room = Invite.objects.filter(room=found.room)
    is_open = of_room.open()
    ended = of_room.exclude(pk__in=is_open.values("pk"))
    return {
        "invite_form": _form(member, found),
        "invites": _shown(request, found.room, is_open.order_by("-pk")),
        "ended_invites": _shown(request, found.room, ended.order_by("-pk")[:ENDED_SHOWN]),
    }


def _form(member: Member, found: Found, data: Any = None) -> InviteForm:
    return InviteForm(data, chooses_history=found.may(member, Action.SET_HISTORY))


def _shown(request: HttpRequest, room: Room, rows: "QuerySet[Invite]") -> list[Shown]:
    """As many queries for many as for one."""
    came_in = Membership.objects.select_related("member").order_by("pk")
    first = Prefetch("came_in", queryset=came_in[:PEOPLE_SHOWN], to_attr="first_memberships")
    rows = rows.select_related("made_by__user").annotate(people=Count("came_in"))
    found: list[Any] = list(rows.prefetch_related(first))
    return [
        Shown(
            invite=it,
            address=_address(request, it),
            people=[membership.member for membership in it.first_memberships],
            more_people=it.people - len(it.first_memberships),
        )
        for it in found
    ]


def _address(request: HttpRequest, invite: Invite) -> str:
    return request.build_absolute_uri(reverse("invite", args=[invite.token]))


# --- doors --------------------------------------------------------------------------------------


@require_POST
@change_view
def make(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
    """Make an invite. Leads people back to the settings. Raises TooFast.

    Answers programs with 201 and the invite; 422 with {"errors"}; 409 above `invites.OPEN_MAX`.
    """
    found = _find(member, room_name)
    rates.count(request, member, INVITE)
    form = _form(member, found, request.POST)
    if not form.is_valid():
        return _answer(request, found, {"errors": form.errors}, 422, error=_first_error(form))
    try:
        invite = invites.make(member, found.room, **form.terms)
    except invites.NotAllowed:
        raise PermissionDenied from None
    except invites.TooManyInvites:
        detail = TOO_MANY % {"limit": invites.OPEN_MAX}
        error = {"code": "too_many_invites", "detail": detail}
        return _answer(request, found, {"error": error}, 409, error=detail)
    return _answer(request, found, _content(request, invite), 201)


@require_POST
@change_view
def revoke(request: HttpRequest, member: Member, room_name: str, uid: UUID) -> HttpResponse:
    """Revoke an invite, also one that was revoked before. Answers programs with 200 and {}."""
    found = _find(member, room_name)
    try:
        exists = invites.revoke(member, found.room, uid)
    except invites.NotAllowed:
        raise PermissionDenied from None
    if not exists:
        raise Http404(gettext("There is no such invite."))
    return _answer(request, found, {}, 200)


@never_cache
@require_safe
@guest_view
def qr_code(request: HttpRequest, member: Member, room_name: str, uid: UUID) -> HttpResponse:
    """The link of an invite as a QR code."""
    found = _find(member, room_name)
    invite = Invite.objects.filter(room=found.room, uid=uid).first()
    if invite is None:
        raise Http404(gettext("There is no such invite."))
    image = qr.draw(_address(request, invite))
    return HttpResponse(image, content_type="image/svg+xml")


def _find(member: Member, room_name: str) -> Found:
    """The room, if the member may invite people into it. Raises Http404 and PermissionDenied."""
    _, found = doors.find(member, room_name)
    if found is None or not found.may(member, Action.INVITE):
        raise PermissionDenied
    return found


def _answer(
    request: HttpRequest, found: Found, content: dict[str, Any], status: int, error: str = ""
) -> HttpResponse:
    """JSON for programs; people are led back to the section, with what was wrong."""
    if not is_for_people(request):
        return JsonResponse(content, status=status)
    if error:
        messages.error(request, error)
    room_path = reverse("room", args=[found.room.address])
    return HttpResponseRedirect(f"{room_path}settings/#invites")


def _first_error(form: forms.Form) -> str:
    return str(next(iter(form.errors.values()))[0])


def _content(request: HttpRequest, invite: Invite) -> dict[str, Any]:
    return {
        "id": str(invite.uid),
        "url": _address(request, invite),
        "note": invite.note,
        "expires_at": invite.expires_at,
        "uses_max": invite.uses_max,
        "for_guests": invite.for_guests,
        "sees_history": invite.sees_history,
    }
