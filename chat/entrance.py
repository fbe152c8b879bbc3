"""Who comes through a room's door over a socket, and which room it is."""

import uuid
from dataclasses import dataclass

from chat.journal import threads
from chat.models import Member, Membership, Room, RoomName


@dataclass(frozen=True, slots=True)
class Arrival:
    room: Room
    member: Member


async def enter(name: RoomName, guest: uuid.UUID | None) -> Arrival:
    """Bring a guest into the room, which is made if this is its first.

    Someone without a cookie comes as a guest who is stored only at the first message.
    """
    room, member, is_known_here = await threads.read(_look, name, guest)
    if room is None or (guest and not is_known_here):
        room = await threads.write(_register, name, member if guest else None)
    return Arrival(room, member)


def _look(name: RoomName, guest: uuid.UUID | None) -> tuple[Room | None, Member, bool]:
    room = Room.objects.named(name)
    member = Member.objects.guest(guest or uuid.uuid4())
    is_known_here = bool(room and member.is_stored and Membership.objects.is_fresh(member, room))
    return room, member, is_known_here


def _register(name: RoomName, member: Member | None) -> Room:
    room = Room.objects.enter(name)
    if member is not None:
        Membership.objects.visit(member.store(), room)
    return room
