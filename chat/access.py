"""Finds rooms for somebody. What they may not find does not exist for them.

Every reading door asks here. A room that is not open is looked up by its address and the member
together: whether there is such a room makes no difference to the queries, nor to their results.
Only for who is in a direct room, one more query finds its name; and where anybody is muted or
banned, or newcomers knock, one finds whether that is the member.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from chat import policy
from chat.models import Address, Knock, Member, Membership, Room, RoomId, Sanction, direct_rooms
from chat.policy import STRANGER, Action, Standing


@dataclass(frozen=True, slots=True)
class Found:
    """A room that a member may find, and what the member is there."""

    room: Room
    standing: Standing = STRANGER
    membership: Membership | None = None

    def may(self, member: Member, action: Action) -> bool:
        return policy.may(member, action, self.room, self.standing)


Wanted = tuple[Member, Address]  # the member may be unsaved, who is in no room


def find(member: Member, address: Address) -> Found | None:
    """The room at an address, if the member may find it."""
    [found] = find_many([(member, address)])
    return found


def find_many(wanted: Iterable[Wanted]) -> list[Found | None]:
    """Find rooms for many, with as many queries as for one: in the order of what is wanted."""
    wanted = list(wanted)
    names = {it.key for _, it in wanted if not isinstance(it, RoomId)}
    ids = {it.key for _, it in wanted if isinstance(it, RoomId)}
    rooms = Room.objects.by_keys(names) if names else {}
    memberships = _memberships([it for it, _ in wanted if it.is_saved], rooms.values(), ids)
    found = [_found(member, it.key, rooms, memberships) for member, it in wanted]
    members = [member for member, _ in wanted]
    found = _with_knocks(_with_sanctions(found, members), members)
    seen = [([member.pk], it.room) for (member, _), it in zip(wanted, found, strict=True) if it]
    direct_rooms.name_for_many(seen)
    return found


def find_in(member: Member, room: Room) -> Found | None:
    """A stored room as `find` finds it."""
    [found] = find_all_in(member, [room])
    return found


def find_all_in(member: Member, rooms: Sequence[Room]) -> list[Found | None]:
    """Stored rooms as `find` finds them, with as many queries as for one."""
    open_rooms = {it.key: it for it in rooms if it.is_open}
    ids = [it.key for it in rooms if not it.is_open]
    memberships = _memberships([member] if member.is_saved else [], open_rooms.values(), ids)
    found = [_found(member, it.key, open_rooms, memberships) for it in rooms]
    members = [member] * len(rooms)
    found = _with_knocks(_with_sanctions(found, members), members)
    direct_rooms.name_for([member.pk], [it.room for it in found if it])
    return found


def standing_of(member: Member, room: Room) -> Standing:
    """What a stored member is in a room, also one who may not find the room."""
    membership = Membership.objects.filter(member=member, room=room).first()
    pks = [room.pk] if room.has_sanctions else []
    sanctions = Sanction.objects.in_rooms(pks, [member.pk])
    return Standing.of(membership, sanctions)


_Memberships = dict[tuple[int, str], Membership]  # by a member's primary key, and a room's key


def _memberships(
    members: Collection[Member], open_rooms: Collection[Room], ids: Collection[str]
) -> _Memberships:
    """The memberships of these members, with their rooms. Two queries at most.

    Guests keep no open room, so they are not asked for there.
    """
    found: list[Membership] = []
    memberships = Membership.objects.select_related("room")
    if open_rooms and (accounts := {it.pk for it in members if it.user_id is not None}):
        of_rooms = {"room__in": [it.pk for it in open_rooms]}
        found += memberships.filter(member__in=accounts, **of_rooms)
    if ids and (everybody := {it.pk for it in members}):
        found += memberships.filter(member__in=everybody, room__key__in=ids)
    return {(it.member_id, it.room.key): it for it in found}


def _found(
    member: Member, key: str, open_rooms: dict[str, Room], memberships: _Memberships
) -> Found | None:
    room = open_rooms.get(key)  # perhaps by a former name
    membership = memberships.get((member.pk or 0, room.key if room else key))
    room = membership.room if membership else room
    if room is None:
        return None
    found = Found(room, Standing.of(membership), membership)
    return found if found.may(member, Action.FIND) else None


def _with_sanctions(found: Sequence[Found | None], members: Sequence[Member]) -> list[Found | None]:
    """The same, with what was done to the members there. No query where nobody is sanctioned."""
    rooms = {it.room.pk for it in found if it and it.room.has_sanctions}
    if not rooms:
        return list(found)
    pks = {it.pk for it in members if it.is_saved}
    digests = {it.network_digest for it in members if it.network_digest and it.is_guest}
    sanctions = Sanction.objects.in_rooms(rooms, pks, digests)
    return [it and _sanctioned(it, by, sanctions) for it, by in zip(found, members, strict=True)]


def _with_knocks(found: Sequence[Found | None], members: Sequence[Member]) -> list[Found | None]:
    """The same, with who waits to be let in. No query where nobody knocks."""
    rooms = {it.room.pk for it in found if it and it.room.needs_knock}
    if not rooms:
        return list(found)
    let_in = Knock.objects.let_in(rooms, {it.pk for it in members if it.is_saved})
    return [
        it and _knocking(it, (by.pk or 0, it.room.pk) in let_in)
        for it, by in zip(found, members, strict=True)
    ]


def _knocking(found: Found, is_let_in: bool) -> Found:
    is_waiting = found.room.needs_knock and found.membership is None and not is_let_in
    return replace(found, standing=replace(found.standing, is_waiting=is_waiting))


def _sanctioned(found: Found, member: Member, sanctions: Iterable[Sanction]) -> Found:
    of_member = [it for it in sanctions if it.room_id == found.room.pk and it.is_meant(member)]
    standing = Standing.of(found.membership, of_member)
    return replace(found, standing=standing)
