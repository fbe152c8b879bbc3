"""Who keeps the programs of a room: asked in the transaction that changes them."""

from chat import access, policy
from chat.models import Member, Room
from chat.policy import Action


class NotAllowed(Exception):
    """The member may not do this with programs of the room."""


def may_keep(member: Member, room: Room) -> bool:
    return policy.may(member, Action.SET_PROGRAMS, room, access.standing_of(member, room))


def locked(member: Member, room: Room) -> Room:
    """The room, locked. Raises NotAllowed."""
    room = Room.objects.select_for_update(no_key=True).get(pk=room.pk)
    if not may_keep(member, room):
        raise NotAllowed
    return room
