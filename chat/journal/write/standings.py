"""What the members of one transaction are in its rooms, as it is in it."""

from collections.abc import Iterator, Mapping, Sequence

from chat.journal.changes import Change, Delete
from chat.journal.roster_changes import AddPeople, Begin, RemovePerson, RosterChange, SetRole
from chat.models import Member, Membership, Room
from chat.models.membership import MembershipKey
from chat.policy import Standing


class Standings:
    """One query for all changes. None where all are posts in open rooms, where nobody needs more
    than to be somebody.
    """

    def __init__(self, changes: Sequence[Change], rooms: Mapping[int, Room]) -> None:
        self._memberships = Membership.objects.of(set(_asked(changes, rooms)))

    def of(self, member: Member, room: Room) -> Standing:
        return Standing.of(self.membership(member.pk, room))

    def membership(self, member_pk: int, room: Room) -> Membership | None:
        return self._memberships.get((member_pk, room.pk))

    def add(self, membership: Membership) -> None:
        """The membership is stored: for the changes that follow in this transaction."""
        self._memberships[membership.key] = membership

    def remove(self, membership: Membership) -> None:
        self._memberships.pop(membership.key, None)


def _asked(changes: Sequence[Change], rooms: Mapping[int, Room]) -> Iterator[MembershipKey]:
    for change in changes:
        if (room := rooms.get(change.room_id)) is None:
            continue
        needs_role = isinstance(change, Delete | RosterChange) or room.is_locked
        if isinstance(change.member_id, int) and (needs_role or not room.is_open):
            yield change.member_id, room.pk
        if isinstance(change, RosterChange):
            yield from ((person, room.pk) for person in people_of(change))


def people_of(change: RosterChange) -> tuple[int, ...]:
    """The primary keys of those whom a change is about, beside who makes it."""
    match change:
        case Begin() | AddPeople():
            return change.people
        case RemovePerson() | SetRole():
            return (change.person,)
    return ()
