"""Who may do what, where. Socket, pages and API all ask here, and nowhere else decides.

Rooms are open: whoever has the name may read and post. An account that staff deactivated may not.
"""

from chat.models import Member, Message, Room


def may_read(member: Member, room: Room) -> bool:
    return _is_active(member)


def may_post(member: Member, room: Room) -> bool:
    return _is_active(member)


def may_react(member: Member, room: Room) -> bool:
    return _is_active(member)


def may_change(member: Member, message: Message) -> bool:
    """Edit it, or delete it."""
    return _is_active(member) and message.author_id == member.pk


def _is_active(member: Member) -> bool:
    return member.user is None or member.user.is_active
