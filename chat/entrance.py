"""Who comes through a room's door over a socket, and which room it is."""

import uuid
from dataclasses import dataclass

from chat import rooms_list
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
    if room and (is_known_here or not guest):
        return Arrival(room, member)
    entered, is_first = await threads.write(_register, name, member if guest else None)
    if is_first:
        rooms_list.longer(member)
    return Arrival(entered, member)


def _look(name: RoomName, guest: uuid.UUID | None) -> tuple[Room | None, Member, bool]:
    room = Room.objects.named(name)
    member = Member.objects.guest(guest or uuid.uuid4())
    is_known_here = bool(room and member.is_stored and Membership.objects.is_fresh(member, room))
    return room, member, is_known_here


def _register(name: RoomName, member: Member | None) -> tuple[Room, bool]:
    room = Room.objects.enter(name)
    return room, member is not None and Membership.objects.visit(member.store(), room)
