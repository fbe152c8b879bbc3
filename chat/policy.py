"""Permissions: what a member may do in a room.

The journal asks in the transaction that stores a change, for what is true then. Rooms are open:
whoever knows the name may read and post, except users that staff deactivated.
"""

from chat.models import Member, Message, Room


def may_enter(member: Member) -> bool:
    """Whether the member may come into rooms, also into one that the visit creates."""
    return _is_active(member)


def may_find(member: Member, room: Room) -> bool:
    """Whether the member may learn by its name that there is this room."""
    return _is_active(member)


def may_read(member: Member, room: Room) -> bool:
    return _is_active(member)


def may_post(member: Member, room: Room) -> bool:
    return _is_active(member)


def may_react(member: Member, room: Room) -> bool:
    return _is_active(member)


def may_edit_or_delete(member: Member, message: Message) -> bool:
    """Whether the member may edit or delete the message.

    `journal/write/batch.py` refuses edits of topics and of deleted messages for everybody.
    """
    return _is_active(member) and message.author_id == member.pk


def _is_active(member: Member) -> bool:
    return member.user is None or member.user.is_active
