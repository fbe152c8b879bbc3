"""Who asks, and the rooms that are theirs."""

import msgspec
from django.http import HttpRequest, HttpResponse
from msgspec import UNSET, UnsetType
from ninja import Router

from api import doors, types
from api.documents import one
from chat import policy
from chat.live import room_states
from chat.live.sidebar.unread_counts import listed_rooms
from chat.models import Scope
from chat.models.room_address import ID_SIGN
from chat.programs.tokens import Program

router = Router(tags=["rooms"])


@router.get("/me", openapi_extra=one(types.Me), summary="Who a token speaks as")
async def me(request: HttpRequest) -> HttpResponse:
    """The member, and what the token allows."""
    program = doors.program_of(request)
    member, token = program.member, program.token
    shown = types.Me(
        str(member.uid),
        member.name,
        member.is_guest,
        token.scopes,
        UNSET if token.rooms is None else token.rooms,
        token.expires_at or UNSET,
    )
    return doors.answer(request, shown)


@router.get("/rooms", openapi_extra=one(types.Rooms), summary="List rooms")
async def list_rooms(request: HttpRequest) -> HttpResponse:
    """The rooms in the member's list: the 50 visited last, and 100 more that are starred or
    archived. Counts of unread messages and mentions stop at 100."""
    program = doors.allow(request, Scope.READ)
    return doors.answer(request, types.Rooms(await doors.in_thread(_listed, program)))


@router.get("/rooms/{room}", openapi_extra=one(types.Room), summary="Get a room")
async def get_room(request: HttpRequest, room: str) -> HttpResponse:
    """A room by its address: its name, or `~` and its id if it is not open."""
    program = doors.allow(request, Scope.READ)
    return doors.answer(request, await doors.in_thread(_room, program, room))


def _listed(program: Program) -> list[types.ListedRoom]:
    rooms = program.token.rooms
    found = [it for _, it in listed_rooms(program.member) if rooms is None or it.id in rooms]
    return [
        types.ListedRoom(**msgspec.structs.asdict(it), address=_address(it.id, it.name, it.kind))
        for it in found
    ]


def _address(id: str, name: str, kind: str | UnsetType) -> str:
    return name if kind is UNSET else f"{ID_SIGN}{id}"


def _room(program: Program, address: str) -> types.Room:
    found = doors.find(program, address)
    room, standing = found.room, found.standing
    return types.Room(
        **msgspec.structs.asdict(room_states.room_info(room)),
        address=room.address,
        version=room.version,
        epoch=str(room.epoch),
        role=policy.role(program.member, standing) or UNSET,
        muted=room_states.muted(standing),
    )
