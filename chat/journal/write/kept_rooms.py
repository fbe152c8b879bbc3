"""Puts rooms into the lists of members who take part in them.

A room that is only looked at is in no list. Who posts or reacts keeps the room, and so does who is
mentioned and has been there. Each message brings a direct room back to all of its people. It is
stored in the transaction of the change.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from django.utils import timezone

from chat.journal.write import statements
from chat.models import Member, Room, Subscription

SELECTED_TOGETHER = 500  # SQLite takes 32,766 values in a statement, and 1,000 terms in a condition

Key = tuple[int, int]  # the primary keys of a member and a room


class Participant(NamedTuple):
    """Who posts or reacts in a room. A newcomer has a primary key by `KeptRooms.store`.

    `read_seq` is the last message then: others of the transaction may follow, and are unread.
    `seen_version` is the room's version then.
    """

    member: Member
    room: Room
    read_seq: int
    seen_version: int


class Subscriber(NamedTuple):
    """Who gets a room into their list, by primary keys, and what counts as read if it is new."""

    member: int
    room: int
    read_seq: int
    seen_version: int


class KeptRooms:
    """The rooms to keep of one transaction: collected while changes apply, then stored together."""

    def __init__(self, kept: Collection[Key]) -> None:
        """`kept` are those of the participants' rooms that are in their lists already."""
        self._kept = kept
        self._participants: list[Participant] = []
        self._mentioned: set[Key] = set()
        self._people: dict[Key, Subscriber] = {}  # of direct rooms

    def add_participant(self, member: Member, room: Room) -> None:
        if not member.is_former and (member.pk, room.pk) not in self._kept:
            self._participants.append(Participant(member, room, room.last_seq, room.version))

    def add_mentioned(self, members: Iterable[int | None], room: Room) -> None:
        """`members` as Markup.member_ids: who is mentioned with everybody keeps nothing."""
        self._mentioned |= {(member, room.pk) for member in members if member is not None}

    def add_people(self, members: Iterable[int], room: Room) -> None:
        """A message was posted: for the people of a direct room."""
        for member in members:
            new = Subscriber(member, room.pk, room.last_seq - 1, room.version - 1)
            self._people.setdefault((member, room.pk), new)

    def store(self) -> dict[int, tuple[str, ...]]:
        """Store what is new. Returns the ids of those to whom nothing else tells it, by room.

        Who is new in a room learns it from their own post.
        """
        posting = {
            (it.member.pk, it.room.pk): Subscriber(
                it.member.pk, it.room.pk, it.read_seq, it.seen_version
            )
            for it in self._participants
        }
        joining = self._people | posting
        keys, new = sorted({*joining, *self._mentioned}), list[Key]()
        for start in range(0, len(keys), SELECTED_TOGETHER):
            some = keys[start : start + SELECTED_TOGETHER]
            known = statements.is_kept(some)
            looked_at = [it for it in some if known.get(it) is False]
            absent = [it for it in some if it in joining and it not in known]
            Subscription.objects.of(looked_at).update(kept_at=timezone.now())
            _subscribe(joining[it] for it in absent)
            new += [*looked_at, *(it for it in absent if it not in posting)]
        return _uids_by_room(new)


def _subscribe(subscribers: Iterable[Subscriber]) -> None:
    """Subscribe members who were never there, or have left, as a visit does."""
    now = timezone.now()
    Subscription.objects.bulk_create(
        [
            Subscription(
                member_id=it.member,
                room_id=it.room,
                kept_at=now,
                read_seq=it.read_seq,
                seen_version=it.seen_version,
            )
            for it in subscribers
        ],
        update_conflicts=True,  # a visit may come first
        unique_fields=["member", "room"],
        update_fields=["kept_at"],
    )


def _uids_by_room(keys: Sequence[Key]) -> dict[int, tuple[str, ...]]:
    if not keys:
        return {}
    uids = dict(Member.objects.filter(pk__in={pk for pk, _ in keys}).values_list("pk", "uid"))
    by_room: dict[int, tuple[str, ...]] = defaultdict(tuple)
    for member, room in sorted(keys):
        by_room[room] += (str(uids[member]),)
    return by_room
