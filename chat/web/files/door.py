"""Who may send files in a room."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from chat import runtime
from chat.access import Found
from chat.files import uploads
from chat.identity import credentials_of
from chat.journal import Refused
from chat.journal.changes import NO_FILES_HERE
from chat.journal.refusals import why_not
from chat.live.rates import FILE, GUEST, ROOM
from chat.live.visits import RecordedVisit, Visit
from chat.models import Address, File, Member, Room
from chat.policy import Action
from chat.web import doors, rates
from chat.web.doors import RoomNotFound
from chat.web.files import answers
from chat.web.guests import change_view
from chat.web.requests import network

ROW_BYTES = 1_500  # that the database grows by
FORM_BYTES = 64 * 1024  # that a form may have beside its file


@dataclass(frozen=True)
class Sender:
    """Who sends files in a room. `found` is None where nobody has been in the room."""

    request: HttpRequest
    member: Member
    address: Address
    found: Found | None

    def enter(self) -> Room:
        """The room, opened where it is new. A new guest is stored. Raises TooFast."""
        room = self.found.room if self.found else self._open()
        if not self.member.is_saved:
            rates.count(self.request, self.member, GUEST)
        self.member.ensure_saved()
        return room

    def ensure_right(self) -> None:
        """Raises Refused."""
        found = self.found or Found(Room())
        if not found.may(self.member, Action.POST_FILES):
            raise Refused(*why_not(found.room, found.standing, NO_FILES_HERE))

    def _open(self) -> Room:
        """Open the room as a socket does."""
        came_from = network(self.request)
        rates.count(self.request, self.member, ROOM)
        credentials = credentials_of(self.request.COOKIES, came_from)
        recorded = async_to_sync(_record)(Visit(self.address, *credentials), came_from)
        if recorded is None:
            raise RoomNotFound
        return recorded.room


def sending_view(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A `change_view` for members who may send files in the room: the view gets a Sender.

    Answers what is refused. Raises Http404, PermissionDenied and TooFast.
    """

    @change_view
    @wraps(view)
    def wrapped(
        request: HttpRequest, member: Member, room_name: str, **of_address: Any
    ) -> HttpResponseBase:
        sender = Sender(request, member, *doors.find(member, room_name))
        try:
            sender.ensure_right()
            if is_announcement(request):
                return _accept(request, member)
            return view(request, sender, **of_address)
        except Refused as refusal:
            return answers.refused(refusal)

    return wrapped


def begin(sender: Sender, id: UUID, name: str, size: int, alt: str) -> File:
    """Begin an upload, or go on with it. Raises Refused and TooFast."""
    uploads.ensure_fits(sender.member, size)
    rates.count(sender.request, sender.member, FILE, bytes=ROW_BYTES, uploaded=size)
    room = sender.enter()
    return uploads.begin(sender.member, room, id, name, size, alt)


def is_announcement(request: HttpRequest) -> bool:
    """Whether the server asks before it reads the body, which is empty here."""
    return getattr(request, "is_announcement", False)


def _accept(request: HttpRequest, member: Member) -> HttpResponse:
    """Raises Refused for a body that is larger than any with a file of the member's."""
    announced = request.headers.get("Content-Length", "")
    if announced.isdigit():
        size = max(0, int(announced) - FORM_BYTES)
        uploads.ensure_not_too_large(member, size)
        uploads.ensure_space(size)
    return HttpResponse(status=204)


async def _record(visit: Visit, network: str | None) -> RecordedVisit | None:
    return await runtime.current().visits.record(visit, network)
