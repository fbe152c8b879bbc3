"""POST /chat/<room>/held/<id>/approve and reject: what a moderator decides of a held message."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse

from chat.access import Found
from chat.journal.changes import Approve
from chat.journal.roster_changes import Reject
from chat.journal.write.markup import mark_up
from chat.models import HeldMessage, Member
from chat.policy import Action
from chat.web.doors import RoomNotFound
from chat.web.moderation.forms import ReasonForm
from chat.web.settings import door
from chat.web.settings.door import settings_change


@settings_change(Action.DELETE_OF_OTHERS)
def approve(request: HttpRequest, member: Member, found: Found, uid: UUID) -> HttpResponse:
    """Post the message as its author, now, for the reason `why`. Answers as `door.change`."""
    held, room = _find(found, uid), found.room
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    markup, why = mark_up(room, held.text), form.cleaned_data["why"]
    change = Approve(room.pk, member.pk, held.pk, held.reply_to, markup, why)
    return door.change(request, member, found, change)


@settings_change(Action.DELETE_OF_OTHERS)
def reject(request: HttpRequest, member: Member, found: Found, uid: UUID) -> HttpResponse:
    """Delete the text, for the reason `why`, which the author is told. Answers as `door.change`."""
    held = _find(found, uid)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    change = Reject(found.room.pk, member.pk, held.pk, form.cleaned_data["why"])
    return door.change(request, member, found, change)


def _find(found: Found, uid: UUID) -> HeldMessage:
    """A message that waits, or waited. Raises RoomNotFound."""
    held = HeldMessage.objects.filter(room=found.room, uid=uid).first()
    if held is None:
        raise RoomNotFound
    return held
