"""Where a typed text leads to: a room, a message in it, or an invite."""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from chat import access
from chat.formatting.isolates import isolate
from chat.models import Member, RoomNameError, parse_address
from chat.web import room_addresses
from chat.web.caching import no_cache
from chat.web.guests import guest_view
from chat.web.room_addresses import (
    TYPED_MAX_CHARACTERS,
    InviteAddress,
    RoomAddress,
    RoomAddressError,
)


@no_cache
@require_safe
@guest_view
def find_room(request: HttpRequest, member: Member) -> HttpResponse:
    """Where a typed text leads to: {"name", "path", "seq", "exists", "label"}, the label of a link.
    `exists` is null for an invite: whether it is valid is not said.

    Or {"error", "nearest"}: what is wrong with the text, and the room of the nearest name or null.
    """
    typed = request.GET.get("typed", "")[:TYPED_MAX_CHARACTERS]
    try:
        found = _found(member, room_addresses.parse_any(request, typed))
    except RoomNameError as error:
        nearest = error.nearest and _found(member, RoomAddress(error.nearest))
        found = {"error": error.reason, "nearest": nearest}
    except RoomAddressError as error:
        found = {"error": str(error), "nearest": None}
    return HttpResponse(msgspec.json.encode(found), content_type="application/json")


def _found(member: Member, at: RoomAddress | InviteAddress) -> dict[str, Any]:
    if isinstance(at, InviteAddress):
        label = gettext("Open the invite")
        return {"name": label, "path": at.path, "seq": None, "exists": None, "label": label}
    found = access.find(member, at.address)
    exists = found is not None and (found.room.is_begun or not found.room.is_open)
    if found and exists:
        at = RoomAddress(parse_address(found.room.address), at.seq)
    name = found.room.shown_name if found and exists else at.address.shown
    return {
        "name": name,
        "path": at.path,
        "seq": at.seq,
        "exists": exists,
        "label": _label(name, at, exists=exists),
    }


def _label(name: str, address: RoomAddress, *, exists: bool) -> str:
    if address.seq:
        label = gettext("Go to the message in “%(name)s”")
    else:
        label = gettext("Go to “%(name)s”") if exists else gettext("Open new room “%(name)s”")
    return label % {"name": isolate(name)}
