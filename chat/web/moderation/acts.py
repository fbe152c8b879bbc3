"""POST /chat/<room>/moderate: what moderators do in a room. The write door decides."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from chat import runtime
from chat.access import Found
from chat.journal import Change, Delete, Refused
from chat.journal.changes import BUSY, GONE, NOTHING_CHANGES, UNAVAILABLE
from chat.journal.roster_changes import Ban, Lift, Mute, RemovePerson, SetLocked, SetSlow
from chat.live.rates import MESSAGE
from chat.models import Member, Message, Sanction, SanctionKind
from chat.policy import Action
from chat.web import doors, rates
from chat.web.doors import RoomNotFound
from chat.web.guests import change_view
from chat.web.moderation.forms import (
    MessageForm,
    PersonForm,
    ReasonForm,
    SanctionForm,
    SlowForm,
    UnbanForm,
)
from chat.web.refusals import in_words
from chat.web.requests import is_for_people, next_path

LATEST = timedelta(hours=1)  # so old are the messages that are deleted with one press
LATEST_MAX = 500
NAMESAKES_MAX = 20  # whose bans are lifted together
ACT_BYTES = 1_000  # that the database grows by

Changing = Callable[[Found, Member, Any], list[Change]]


@require_POST
@change_view
def act(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
    """Do the `act`. Answers {"done": how many changes}; 409 or 403 with {"error"}, or 422.

    Leads people back to where they come from (`next`), and says there what was refused. Raises
    RoomNotFound and TooFast.
    """
    _, found = doors.find(member, room_name)
    if found is None:
        raise RoomNotFound
    known = ACTS.get(request.POST.get("act", ""))
    if known is None:
        raise Http404
    form_class, changing = known
    form = form_class(request.POST)
    if not form.is_valid():
        return _invalid(request, found, form)
    rates.count(request, member, MESSAGE, bytes=ACT_BYTES)
    done, refusal = do(changing(found, member, form))
    if refusal and not done:
        return _refuse(request, found, refusal)
    return _lead_back(request, found) if is_for_people(request) else JsonResponse({"done": done})


def do(changes: Sequence[Change]) -> tuple[int, Refused | None]:
    """Append changes together. Returns how many were made, and the first refusal."""
    outcomes = runtime.append_all_from_sync(changes)
    refused = [it for it in outcomes if isinstance(it, Refused)]
    return len(outcomes) - len(refused), next(iter(refused), None)


def _invalid(request: HttpRequest, found: Found, form: forms.Form) -> HttpResponse:
    if not is_for_people(request):
        return JsonResponse({"errors": form.errors}, status=422)
    for errors in form.errors.values():
        messages.error(request, " ".join(map(str, errors)))
    return _lead_back(request, found)


def _lead_back(request: HttpRequest, found: Found) -> HttpResponse:
    """To the page of this installation that the form names, or to the settings of the room."""
    if "next" in request.POST:
        return redirect(next_path(request))
    return redirect("room_settings", found.room.address)


def _refuse(request: HttpRequest, found: Found, refusal: Refused) -> HttpResponse:
    if refusal.code == GONE[0]:
        raise RoomNotFound
    if is_for_people(request):
        messages.error(request, in_words(refusal.detail))
        return _lead_back(request, found)
    status = {NOTHING_CHANGES[0]: 409, BUSY[0]: 503, UNAVAILABLE[0]: 503}.get(refusal.code, 403)
    error = {"code": refusal.code, "detail": in_words(refusal.detail)}
    return JsonResponse({"error": error}, status=status)


# --- acts ---------------------------------------------------------------------------------------


def _delete(found: Found, member: Member, form: MessageForm) -> list[Change]:
    cleaned = form.cleaned_data
    return [Delete(found.room.pk, member.pk, cleaned["seq"], cleaned["why"])]


def _delete_latest(found: Found, member: Member, form: PersonForm) -> list[Change]:
    """All that the person, or a guest of their account, posted within LATEST."""
    if not found.may(member, Action.DELETE_OF_OTHERS):
        raise PermissionDenied
    person, together = form.cleaned_data["person"], uuid4()
    authors = Member.objects.filter(pk=person.pk)
    if account := person.account:
        authors = Member.objects.all_of_user(account)
    posted = Message.objects.filter(room=found.room, author__in=authors, deleted_at=None)
    since = timezone.now() - LATEST
    latest = posted.filter(sent_at__gt=since, event__isnull=True).order_by("-seq")
    seqs = list(latest.values_list("seq", flat=True)[:LATEST_MAX])
    why = form.cleaned_data["why"]
    return [Delete(found.room.pk, member.pk, it, why, together) for it in seqs]


def _mute(found: Found, member: Member, form: SanctionForm) -> list[Change]:
    person, why = form.cleaned_data["person"], form.cleaned_data["why"]
    return [Mute(found.room.pk, member.pk, person.pk, form.until, why)]


def _ban(found: Found, member: Member, form: SanctionForm) -> list[Change]:
    person, why = form.cleaned_data["person"], form.cleaned_data["why"]
    return [Ban(found.room.pk, member.pk, person.pk, form.until, why)]


def _lifting(kind: SanctionKind) -> Changing:
    def lift(found: Found, member: Member, form: PersonForm) -> list[Change]:
        person, why = form.cleaned_data["person"], form.cleaned_data["why"]
        return [Lift(found.room.pk, member.pk, person.pk, kind, why)]

    return lift


def _unban(found: Found, member: Member, form: UnbanForm) -> list[Change]:
    """Of a name, all whom it may mean."""
    person, why = form.cleaned_data["person"], form.cleaned_data["why"]
    people = [person] if person else _banned(found, member, form.cleaned_data["who"])
    kind = SanctionKind.BAN
    return [Lift(found.room.pk, member.pk, it.pk, kind, why) for it in people]


def _banned(found: Found, member: Member, name: str) -> list[Member]:
    """Raises PermissionDenied: who may not ban does not learn who is banned."""
    if not found.may(member, Action.BAN):
        raise PermissionDenied
    bans = Sanction.objects.in_force().filter(kind=SanctionKind.BAN, room=found.room)
    named = bans.filter(member__name__iexact=name).select_related("member")
    return [it.member for it in named[:NAMESAKES_MAX]]


def _remove(found: Found, member: Member, form: PersonForm) -> list[Change]:
    person, why = form.cleaned_data["person"], form.cleaned_data["why"]
    return [RemovePerson(found.room.pk, member.pk, person.pk, why)]


def _locking(*, locked: bool) -> Changing:
    def lock(found: Found, member: Member, form: ReasonForm) -> list[Change]:
        return [SetLocked(found.room.pk, member.pk, locked, form.cleaned_data["why"])]

    return lock


def _slow(found: Found, member: Member, form: SlowForm) -> list[Change]:
    return [SetSlow(found.room.pk, member.pk, form.cleaned_data["seconds"])]


ACTS: Mapping[str, tuple[type[forms.Form], Changing]] = {
    "delete": (MessageForm, _delete),
    "delete_latest": (PersonForm, _delete_latest),
    "mute": (SanctionForm, _mute),
    "unmute": (PersonForm, _lifting(SanctionKind.MUTE)),
    "ban": (SanctionForm, _ban),
    "unban": (UnbanForm, _unban),
    "remove": (PersonForm, _remove),
    "lock": (ReasonForm, _locking(locked=True)),
    "unlock": (ReasonForm, _locking(locked=False)),
    "slow": (SlowForm, _slow),
}
