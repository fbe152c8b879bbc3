"""What the members of one transaction are in its rooms, as it is in it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from chat.journal.changes import Change, Delete
from chat.journal.roster_changes import (
    AddPeople,
    Ban,
    Begin,
    LetIn,
    Lift,
    Mute,
    RemovePerson,
    RosterChange,
    SetRole,
    TurnAway,
)
from chat.journal.write.authors import Authors
from chat.models import Knock, Member, Membership, PersonBlock, Role, Room, Sanction, SanctionKind
from chat.models.membership import MembershipKey, MembershipQuerySet
from chat.policy import Standing


class Standings:
    """One query for all changes. None where all are posts in open rooms, where nobody needs more
    than to be somebody. Two more where any is in a direct room, and one where anybody is muted or
    banned.
    """

    def __init__(
        self, changes: Sequence[Change], rooms: Mapping[int, Room], authors: Authors
    ) -> None:
        asked = set(_asked(changes, rooms, authors))
        self._memberships = Membership.objects.of(asked)
        self._asked = asked
        self._sanctions = _sanctions(asked, rooms)
        self._let_in = _let_in(asked, rooms)
        self._people = _people_of_direct_rooms(rooms.values())
        people = {member for it in self._people.values() for member in it}
        people |= {member for member, room in asked if rooms[room].is_direct}
        self._blocks = PersonBlock.objects.among(people) if people else set()

    def of(self, member: Member, room: Room) -> Standing:
        membership = self.membership(member.pk, room)
        sanctions = self._sanctions[member.pk, room.pk]
        is_shut_out = self._is_shut_out(member.pk, room)
        is_waiting = room.needs_knock and membership is None
        is_waiting = is_waiting and (member.pk, room.pk) not in self._let_in
        return Standing.of(membership, sanctions, is_shut_out=is_shut_out, is_waiting=is_waiting)

    def look_up(self, member: Member, room: Room) -> Standing:
        """The standing of somebody of whom no change says that they are asked for."""
        key = member.pk, room.pk
        if key not in self._asked:
            self._asked.add(key)
            self._memberships.update(Membership.objects.of([key]))
            self._sanctions.update(_sanctions([key], {room.pk: room}))
            self._let_in |= _let_in([key], {room.pk: room})
        return self.of(member, room)

    def sanction(self, member: Member, room: Room, kind: SanctionKind) -> Sanction | None:
        """The mute or the ban of the member in the room that ends last."""
        of_kind = [it for it in self._sanctions[member.pk, room.pk] if it.kind == kind]
        return max(of_kind, key=lambda it: it.until, default=None)

    def people(self, room: Room) -> list[int]:
        """The primary keys of those with whom a direct room began, without former members."""
        return self._people[room.pk] if room.is_direct else []

    def is_blocked_by(self, member: Member, other: Member) -> bool:
        """Whether the other one lets the member begin no direct room with them."""
        return (other.pk, member.pk) in self._blocks

    def _is_shut_out(self, member: int, room: Room) -> bool:
        """Whether the only other person in a direct room has blocked the member."""
        others = [it for it in self.people(room) if it != member]
        return len(others) == 1 and (others[0], member) in self._blocks

    def membership(self, member_pk: int, room: Room) -> Membership | None:
        return self._memberships.get((member_pk, room.pk))

    def add(self, membership: Membership) -> None:
        """The membership is stored: for the changes that follow in this transaction."""
        self._memberships[membership.key] = membership
        self._people[membership.room_id].append(membership.member_id)

    def future_owners(self, room: Room) -> MembershipQuerySet:
        """The accounts with whom a direct room began: they own the members room it becomes."""
        began = Membership.objects.of_beginning()
        return began.filter(room=room, member__user__isnull=False)

    def make_owners(self, room: Room) -> None:
        """Store that the accounts with whom a direct room began are its owners."""
        found = self.future_owners(room)
        for membership in found:
            membership.role = Role.OWNER
            self._memberships[membership.key] = membership
        found.update(role=Role.OWNER)

    def remove(self, membership: Membership) -> None:
        self._memberships.pop(membership.key, None)

    def impose(self, sanction: Sanction) -> None:
        self.lift(sanction)
        self._sanctions[sanction.member_id, sanction.room_id or 0].append(sanction)

    def lift(self, sanction: Sanction) -> None:
        key = sanction.member_id, sanction.room_id or 0
        self._sanctions[key] = [it for it in self._sanctions[key] if it.kind != sanction.kind]


def _sanctions(
    asked: Iterable[MembershipKey], rooms: Mapping[int, Room]
) -> dict[MembershipKey, list[Sanction]]:
    """What is in force of those who are asked for, where anything may be."""
    found: dict[MembershipKey, list[Sanction]] = defaultdict(list)
    sanctioned = [it for it in asked if rooms[it[1]].has_sanctions]
    members, of_rooms = {it for it, _ in sanctioned}, {it for _, it in sanctioned}
    for it in Sanction.objects.in_rooms(of_rooms, members):
        found[it.member_id, it.room_id or 0].append(it)
    return found


def _let_in(asked: Iterable[MembershipKey], rooms: Mapping[int, Room]) -> set[MembershipKey]:
    """Those who were let in, where newcomers knock."""
    knocking = [it for it in asked if rooms[it[1]].needs_knock]
    return Knock.objects.let_in({it for _, it in knocking}, {it for it, _ in knocking})


def _people_of_direct_rooms(rooms: Iterable[Room]) -> dict[int, list[int]]:
    people: dict[int, list[int]] = defaultdict(list)
    if direct := [it.pk for it in rooms if it.is_direct]:
        began = Membership.objects.of_beginning().filter(member__is_former=False)
        found = began.filter(room__in=direct).order_by("pk")
        for room, member in found.values_list("room", "member"):
            people[room].append(member)
    return people


def _asked(
    changes: Sequence[Change], rooms: Mapping[int, Room], authors: Authors
) -> Iterator[MembershipKey]:
    for change in changes:
        if (room := rooms.get(change.room_id)) is None:
            continue
        needs_role = isinstance(change, Delete | RosterChange) or room.is_locked
        needs_role = needs_role or room.has_sanctions or room.slow_seconds > 0 or room.is_filtered
        needs_role = needs_role or room.needs_knock
        member = authors.pk(change.member_id)
        if member is not None and (needs_role or not room.is_open):
            yield member, room.pk
        if isinstance(change, RosterChange):
            yield from ((person, room.pk) for person in people_of(change))


def people_of(change: RosterChange) -> tuple[int, ...]:
    """The primary keys of those whom a change is about, beside who makes it."""
    match change:
        case Begin() | AddPeople():
            return change.people
        case LetIn() | TurnAway() | RemovePerson() | SetRole() | Mute() | Ban() | Lift():
            return (change.person,)
    return ()
