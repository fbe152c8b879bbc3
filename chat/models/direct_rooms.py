"""Direct rooms: their names and pictures, and what a claim of a guest makes of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from chat.models.member import FORMER_NAME, Member
from chat.models.membership import Membership
from chat.models.person_block import PersonBlock
from chat.models.room import Room, RoomKind, direct_key

Seen = tuple[Collection[int], Room]  # the primary keys of a person's members, and a room of theirs


class _Person(NamedTuple):
    pk: int
    name: str
    picture: UUID | None = None


def name_for(members: Collection[int], rooms: Iterable[Room]) -> None:
    """Name the direct ones of these rooms for a person, by the others there.

    A room with one other person has that one's picture. One query for all, and none if no room is
    direct. `members` are primary keys.
    """
    name_for_many([(members, it) for it in rooms])


def name_for_many(seen: Collection[Seen]) -> None:
    """Name direct rooms, as `name_for` does: each `Room` for one person."""
    direct = [(members, room) for members, room in seen if room.is_direct]
    people = _people({room.pk for _, room in direct})
    for members, room in direct:
        _show(room, people[room.pk], members)


def shown_to_each(room: Room) -> Iterator[str]:
    """Name a direct room for each of its people in turn, with the picture: yields their ids."""
    found = Membership.objects.filter(room=room).select_related("member").order_by("pk")
    members = [it.member for it in found]
    people = [_Person(it.pk, it.name, it.picture_id) for it in members]
    for member in members:
        _show(room, people, {member.pk})
        yield str(member.uid)


def _show(room: Room, people: list[_Person], members: Collection[int]) -> None:
    room.people_names = _name(room, people, members)
    room.person_picture = _picture(people, members)


def _name(room: Room, people: list[_Person], members: Collection[int]) -> str:
    others = [it.name for it in people if it.pk not in members]
    return ", ".join(others) or _name_of_one_alone(room, people)


def _picture(people: list[_Person], members: Collection[int]) -> UUID | None:
    others = [it.picture for it in people if it.pk not in members]
    return others[0] if len(others) == 1 else None


def _name_of_one_alone(room: Room, people: list[_Person]) -> str:
    """The others are gone; or were the same person by a claim, and nobody finds the room."""
    return FORMER_NAME if room.people else ", ".join(it.name for it in people)


def _people(rooms: Collection[int]) -> dict[int, list[_Person]]:
    """The people of these rooms, by the rooms' primary keys: as they came in."""
    people: dict[int, list[_Person]] = defaultdict(list)
    if rooms:
        found = Membership.objects.filter(room__in=rooms).order_by("pk")
        columns = ("room", "member", "member__name", "member__picture")
        for room, *person in found.values_list(*columns):
            people[room].append(_Person(*person))
    return people


def of_member(member: Member) -> list[int]:
    """The primary keys of the direct rooms that a member is in."""
    theirs = Membership.objects.filter(member=member, room__kind=RoomKind.DIRECT)
    return list(theirs.values_list("room", flat=True))


def uids_beside(member: Member) -> list[str]:
    """The ids of those who are in direct rooms with a member, whose name they see there."""
    theirs = Membership.objects.filter(member=member, room__kind=RoomKind.DIRECT)
    beside = Membership.objects.filter(room__in=theirs.values("room")).exclude(member=member)
    return [str(it) for it in beside.values_list("member__uid", flat=True).distinct()]


def is_shut_out(member: Member, room: Room) -> bool:
    """Whether the only other person in a direct room has blocked the member."""
    began = Membership.objects.of_beginning().exclude(member=member)
    others = began.filter(room=room, room__kind=RoomKind.DIRECT, member__is_former=False)
    pks = list(others.values_list("member", flat=True)[:2])
    return len(pks) == 1 and PersonBlock.objects.filter(member=pks[0], blocked=member).exists()


def find_again(rooms: Collection[int]) -> None:
    """Renew by whom these direct rooms are found, after one of their people became another one.

    Of two rooms with the same people, the older one is found. Call it in a transaction.
    """
    keys = {room: _key(room) for room in rooms}
    concerned = Q(pk__in=keys) | Q(people__in=[it for it in keys.values() if it])
    locked = Room.objects.select_for_update().filter(concerned, kind=RoomKind.DIRECT)
    found: dict[str, int] = {}
    for room in locked.order_by("pk"):  # all processes lock in the same order
        if key := keys.get(room.pk, room.people):
            found.setdefault(key, room.pk)
    Room.objects.filter(pk__in=[it.pk for it in locked]).update(people=None)
    for key, pk in found.items():
        _set_key(pk, key)


def _key(room: int) -> str | None:
    """None for who is alone: nobody else finds the room."""
    began = Membership.objects.of_beginning().filter(room=room).select_related("member")
    members = [it.member for it in began]
    return direct_key(members) if len(members) > 1 else None


def _set_key(room: int, key: str) -> None:
    with suppress(IntegrityError), transaction.atomic():  # a room that has just begun is found
        Room.objects.filter(pk=room).update(people=key)
