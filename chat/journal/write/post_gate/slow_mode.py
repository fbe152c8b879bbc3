"""Slow mode: a person posts once in some seconds. Only rooms in slow mode store who posted when."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from chat.journal.changes import SLOW, Change, Post, Refused
from chat.journal.write.authors import Authors
from chat.models import LastPost, Member, Room
from chat.protocol import Translatable


class SlowMode:
    """The posts of one transaction in rooms in slow mode."""

    def __init__(
        self, changes: Sequence[Change], rooms: Mapping[int, Room], authors: Authors, now: datetime
    ) -> None:
        self._now = now
        slow = {pk for pk, room in rooms.items() if room.slow_seconds}
        posts = [it for it in changes if isinstance(it, Post) and it.room_id in slow]
        keys = {(authors.pk(it.member_id), it.room_id) for it in posts}
        self._stored = LastPost.objects.at([(pk, room) for pk, room in keys if pk is not None])
        self._posted: dict[tuple[UUID, int], Member] = {}  # in this transaction

    def take(self, member: Member, room: Room) -> Refused | None:
        """The refusal of a post that comes too early; None: the member posts now."""
        if wait := self._wait(member, room):
            return _refusal(room, wait)
        self._posted[member.uid, room.pk] = member
        return None

    def store(self) -> None:
        """Store the times, once newcomers are stored."""
        if self._posted:
            LastPost.objects.store(
                {(it.pk, room): self._now for (_, room), it in self._posted.items()}
            )

    def _wait(self, member: Member, room: Room) -> float:
        """The seconds that the member has to wait."""
        if (member.uid, room.pk) in self._posted:
            return room.slow_seconds
        last = self._stored.get((member.pk, room.pk)) if member.is_saved else None
        if last is None:
            return 0
        left = last + timedelta(seconds=room.slow_seconds) - self._now
        return max(left.total_seconds(), 0)


def _refusal(room: Room, wait: float) -> Refused:
    detail = Translatable(
        "This room is in slow mode: one message every %(seconds)s seconds.",
        seconds=room.slow_seconds,
    )
    return Refused(SLOW, detail, retry_after=ceil(wait))
