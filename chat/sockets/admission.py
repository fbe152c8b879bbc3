"""Admission: who comes into a room over a socket, and which room that is."""

import uuid
from dataclasses import dataclass

from chat.journal import threads
from chat.models import Member, Room, RoomName, Subscription
from chat.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Admission:
    room: Room
    member: Member


async def admit(runtime: Runtime, name: RoomName, guest: uuid.UUID | None) -> Admission:
    """Bring a guest into the room, which is created on its first visit.

    A visitor without a cookie becomes a guest who is stored with the first message.
    """
    room, member, is_known = await threads.read(_look_up, name, guest)
    if room and (is_known or not guest):
        return Admission(room, member)
    entered, is_first = await threads.write(_register, name, member if guest else None)
    if is_first:
        runtime.sidebars.publish_change(member)
    return Admission(entered, member)


def _look_up(name: RoomName, guest: uuid.UUID | None) -> tuple[Room | None, Member, bool]:
    room = Room.objects.named(name)
    member = Member.objects.guest(guest or uuid.uuid4())
    is_known = bool(
        room and member.is_saved and Subscription.objects.has_recent_visit(member, room)
    )
    return room, member, is_known


def _register(name: RoomName, member: Member | None) -> tuple[Room, bool]:
    room = Room.objects.ensure(name)
    return room, member is not None and Subscription.objects.record_visit(
        member.ensure_saved(), room
    )
