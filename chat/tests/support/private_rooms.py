"""Rooms that are not open, and the accounts in them."""

from collections.abc import Collection
from typing import Any

from accounts.models import User
from chat import invites
from chat.journal import Appended, Refused, Settled, database
from chat.journal.changes import Change
from chat.journal.roster_changes import AddPeople, Begin
from chat.journal.write.appender import commit
from chat.models import Invite, Member, Membership, Message, Room, RoomKind
from chat.models.room import direct_key


def new_account(name: str, **rights: Any) -> Member:
    """The own member of a new account."""
    member = Member.objects.of_user(User.objects.create_user(name.lower(), **rights))
    member.rename(name)
    return member


def applied(change: Change) -> Appended:
    """Commit a change that makes an entry. Raises Refused."""
    outcome = settled(change)
    assert isinstance(outcome, Appended)
    return outcome


def settled(change: Change) -> Settled:
    """Commit a change. Raises Refused."""
    [outcome] = commit([change])
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def new_members_room(owner: Member, people: Collection[Member] = (), name: str = "Den") -> Room:
    """A members room with these people in it from its beginning."""
    room = Room.new_private(RoomKind.MEMBERS, name=name)
    room.save()
    applied(Begin(room.pk, owner.pk, tuple(it.pk for it in people)))
    room.refresh_from_db()
    return room


def new_direct_room(*people: Member) -> Room:
    first, *others = people
    room = Room.new_private(RoomKind.DIRECT, people=direct_key(people))
    room.save()
    applied(Begin(room.pk, first.pk, tuple(it.pk for it in others)))
    room.refresh_from_db()
    return room


def add(room: Room, by: Member, *people: Member, sees_history: bool = True) -> None:
    pks = tuple(it.pk for it in people)
    applied(AddPeople(room.pk, by.pk, pks, sees_history, room_name="Den"))


def new_invite(room: Room, by: Member, **terms: Any) -> Invite:
    return invites.make(by, room, **terms)


async def append(change: Change) -> Appended:
    """Commit a change on the journal's thread. Raises Refused."""
    return await database.write(applied, change)


def refusal(change: Change) -> str | None:
    """Commit a change. Returns the code of its refusal."""
    [outcome] = commit([change])
    return outcome.code if isinstance(outcome, Refused) else None


def roles(room: Room) -> dict[str, str]:
    """The roles in a room, by the members' names."""
    found = Membership.objects.filter(room=room).select_related("member")
    return {it.member.name: it.role for it in found}


def last_event(room: Room) -> dict[str, Any]:
    event: dict[str, Any] | None = Message.objects.filter(room=room).latest("seq").event
    assert event
    return event
