"""Admission: finds or creates the room and the member of a WebSocket."""

import uuid
from dataclasses import dataclass

from chat.journal import threads
from chat.models import Member, Room, RoomName, Subscription
from chat.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Admission:
    """The room a socket is admitted to, the member it speaks for, and the client's network."""

    room: Room
    member: Member
    network: str | None = None


async def admit(runtime: Runtime, name: RoomName, guest: uuid.UUID | None) -> Admission:
    """Admit a guest to the room of that name, which the first visit creates.

    `guest` is the id in the guest cookie. A visitor without the cookie becomes a new guest, who is
    stored with their first change. Raises `django.db.Error`.
    """
    room, member, is_visit_recorded = await threads.read(_look_up, name, guest)
    if room and (is_visit_recorded or not guest):
        return Admission(room, member)
    entered, is_first_visit = await threads.write(_record_visit, name, member if guest else None)
    if is_first_visit:
        runtime.sidebars.publish_change(member)
    return Admission(entered, member)


def _look_up(name: RoomName, guest: uuid.UUID | None) -> tuple[Room | None, Member, bool]:
    room = Room.objects.named(name)
    member = Member.objects.guest(guest or uuid.uuid4())
    is_visit_recorded = bool(
        room and member.is_saved and Subscription.objects.has_recent_visit(member, room)
    )
    return room, member, is_visit_recorded


def _record_visit(name: RoomName, member: Member | None) -> tuple[Room, bool]:
    room = Room.objects.ensure(name)
    if member is None:
        return room, False
    return room, Subscription.objects.record_visit(member.ensure_saved(), room)
