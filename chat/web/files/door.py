"""Who may send files in a room."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from chat import runtime
from chat.files import uploads
from chat.journal import Refused
from chat.journal.changes import NO_FILES_HERE
from chat.journal.refusals import why_not
from chat.live.rates import GUEST, ROOM
from chat.live.visits import RecordedVisit, Visit
from chat.models import Address, Member, Room
from chat.policy import Action
from chat.web import doors, guests, rates
from chat.web.doors import RoomNotFound
from chat.web.files import answers
from chat.web.guests import change_view
from chat.web.requests import network

FORM_BYTES = 64 * 1024  # that a form may have beside its file

Sending = Callable[..., HttpResponseBase]  # of a request, a stored member and a room


def sending_view(view: Sending) -> Callable[..., HttpResponseBase]:
    """A `change_view` for members who may send files in the room, which is opened where it is new.

    Answers what is refused. Raises Http404, PermissionDenied and TooFast.
    """

    @change_view
    @wraps(view)
    def wrapped(
        request: HttpRequest, member: Member, room_name: str, **of_address: Any
    ) -> HttpResponseBase:
        address, found = doors.find(member, room_name)
        if found and not found.may(member, Action.POST_FILES):
            refusal = why_not(found.room, found.standing, NO_FILES_HERE)
            return answers.refused(Refused(*refusal))
        try:
            if is_announcement(request):
                return _accept(request, member)
            room = found.room if found else _open(request, member, address)
            return view(request, _stored(request, member), room, **of_address)
        except Refused as refusal:
            return answers.refused(refusal)

    return wrapped


def is_announcement(request: HttpRequest) -> bool:
    """Whether the server asks before it reads the body, which is empty here."""
    return getattr(request, "is_announcement", False)


def _accept(request: HttpRequest, member: Member) -> HttpResponse:
    """Raises Refused for a body that is larger than any with a file of the member's."""
    announced = request.headers.get("Content-Length", "")
    if announced.isdigit():
        uploads.ensure_not_too_large(member, int(announced) - FORM_BYTES)
    return HttpResponse(status=204)


def _open(request: HttpRequest, member: Member, address: Address) -> Room:
    """Open the room as a socket does."""
    rates.count(request, member, ROOM)
    visit = Visit(address, *guests.credentials_of(request.COOKIES, network(request)))
    recorded: RecordedVisit | None = async_to_sync(_record)(visit, network(request))
    if recorded is None:
        raise RoomNotFound
    return recorded.room


async def _record(visit: Visit, network: str | None) -> RecordedVisit | None:
    return await runtime.current().visits.record(visit, network)


def _stored(request: HttpRequest, member: Member) -> Member:
    if not member.is_saved:
        rates.count(request, member, GUEST)
    return member.ensure_saved()
