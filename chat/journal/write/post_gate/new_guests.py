"""What a room asks of guests before they post: a name of their own, and a moment to wait."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil

from chat.journal.changes import NAME_FIRST, SLOW, Post, Refused
from chat.models import Member, Room, RoomFilter, Subscription
from chat.protocol import Translatable


class NewGuests:
    """The guests who post in one transaction, by the filters of its rooms."""

    def __init__(self, filters: Mapping[int, RoomFilter], now: datetime) -> None:
        self._filters, self._now = filters, now
        self._visits: list[tuple[Member, Room]] = []

    def refuse(self, post: Post, room: Room, member: Member) -> Refused | None:
        """The refusal of a post that comes too early. Who was never here is here from now on."""
        filter = self._filters.get(room.pk)
        if filter is None or not member.is_guest:
            return None
        if filter.asks_name and not member.has_own_name:
            return Refused(*NAME_FIRST)
        return self._wait(room, member, filter.wait_seconds) if filter.wait_seconds else None

    @property
    def newcomers(self) -> list[Member]:
        """Those who were never in the room."""
        return [member for member, _ in self._visits]

    def store(self) -> None:
        """Store the first visits, once newcomers are stored."""
        if self._visits:
            Subscription.objects.record_visits(self._visits)

    def _wait(self, room: Room, member: Member, seconds: int) -> Refused | None:
        visit = Subscription.objects.find(member, room) if member.is_saved else None
        if visit is None:
            self._visits.append((member, room))
        since = visit.first_visited_at if visit else self._now
        left = (since + timedelta(seconds=seconds) - self._now).total_seconds()
        return _refusal(seconds, left) if left > 0 else None


def _refusal(seconds: int, left: float) -> Refused:
    detail = Translatable(
        "New guests can write here %(seconds)s seconds after they came in.", seconds=seconds
    )
    return Refused(SLOW, detail, retry_after=ceil(left))
