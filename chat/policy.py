"""Permissions: what a member may do in a room.

The journal asks in the transaction that stores a change, for what is true then. Rooms are open:
whoever knows the name may read and post, except deactivated users, blocked guests, and guests
where `settings.GUESTS` is `read` or `off`. Operators moderate all rooms.
"""

from django.conf import settings

from chat.models import Member, Message, Room

OPERATOR = "operator"


def may_enter(member: Member) -> bool:
    """Whether the member may come into rooms, also into one that the visit creates."""
    return member.is_active and (_guests() != "off" or not member.is_guest)


def may_find(member: Member, room: Room) -> bool:
    """Whether the member may learn by its name that there is this room."""
    return may_enter(member)


def may_read(member: Member, room: Room) -> bool:
    return may_enter(member)


def may_change(member: Member) -> bool:
    """Whether the member may change anything: open a room, take a name, keep a list of rooms."""
    return member.is_active and (_guests() == "on" or not member.is_guest)


def may_post(member: Member, room: Room) -> bool:
    return may_change(member)


def may_react(member: Member, room: Room) -> bool:
    return may_change(member)


def may_edit_or_delete(member: Member, message: Message) -> bool:
    """Whether the member may edit or delete the message: their own, or that of a claimed guest.

    `journal/write/batch.py` refuses edits of topics and of deleted messages for everybody.
    """
    return may_change(member) and is_author(member, message.author)


def may_delete_of_others(member: Member, room: Room) -> bool:
    """Whether the member may delete what others wrote in the room."""
    return is_operator(member)


def may_block(member: Member, other: Member) -> bool:
    """Whether the member may block the other: a guest for a time, or their account.

    Operators are not blocked: another one takes their rights away first.
    """
    account = other.account
    is_somebody = account is not None or not other.is_former
    return is_operator(member) and is_somebody and not (account and account.is_operator)


def is_operator(member: Member) -> bool:
    """Whether the member may speak, and is the own member of an operator's account."""
    return member.is_active and member.user is not None and member.user.is_operator


def role(member: Member) -> str | None:
    """The role of the member in rooms, unless it is that of everybody."""
    return OPERATOR if is_operator(member) else None


def is_author(member: Member, author: Member) -> bool:
    """Whether the member is the author, or the account of the member has claimed the author."""
    if member.pk == author.pk:
        return True
    return member.user_id is not None and member.user_id == author.claimed_by_id


def may_take_back(member: Member, author: Member) -> bool:
    """Whether the server may take back what the author left: the author's account is deleted."""
    return member.is_former and member.pk == author.pk


def needs_account(member: Member) -> bool:
    """Whether an account would give the member a right that guests do not have here."""
    return member.is_guest and _guests() != "on"


def _guests() -> str:
    return str(settings.GUESTS)
