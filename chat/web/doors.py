"""The rooms that pages and their programs may read."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils.cache import patch_cache_control

from chat import access
from chat.access import Found
from chat.models import Address, Member, Room, RoomId, RoomNameError, parse_address
from chat.policy import Action
from chat.web import log_ids


class RoomBanned(PermissionDenied):
    """The member is banned from the room: see web/banned_from_room.py."""

    def __init__(self, member: Member, found: Found) -> None:
        super().__init__()
        self.member, self.found = member, found


class RoomNotFound(Http404):
    """There is no such room, or it is not the member's to find: one page for both."""


class KnockFirst(PermissionDenied):
    """The member may find the room, and is not let in yet."""

    def __init__(self, found: Found) -> None:
        super().__init__()
        self.found = found


def find(member: Member, typed: str) -> tuple[Address, Found | None]:
    """The address in a URL, and its room: None before the first visit of an open room.

    Raises Http404 for what is no address, and for a room that the member may not find, and
    PermissionDenied.
    """
    try:
        address = parse_address(typed)
    except RoomNameError as error:
        raise Http404(str(error)) from None
    return address, find_at(member, address)


def find_at(member: Member, address: Address) -> Found | None:
    """As `find`. Raises RoomNotFound, RoomBanned, KnockFirst and PermissionDenied."""
    found = access.find(member, address)
    if found is None and isinstance(address, RoomId):
        raise RoomNotFound
    if found:
        log_ids.note(room=found.room.pk)
    if found and not found.may(member, Action.READ):
        raise _not_to_be_read(member, found)
    return found


def _not_to_be_read(member: Member, found: Found) -> PermissionDenied:
    """Why the member may not read a room that they may find."""
    if found.standing.is_banned:
        return RoomBanned(member, found)
    return KnockFirst(found) if found.standing.is_waiting else PermissionDenied()


def find_room(member: Member, typed: str) -> Room | None:
    """As `find`."""
    _, found = find(member, typed)
    return found.room if found else None


def forgettable(response: HttpResponse, found: Found | None) -> HttpResponse:
    """An answer that no browser keeps, where it is about a room that is not open."""
    if found and not found.room.is_open:
        patch_cache_control(response, no_store=True)
    return response
