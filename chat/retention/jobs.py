"""The job that removes what has been kept for long enough: a round through all rooms each hour."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from chat.journal import activity, database
from chat.live.jobs import Later, State
from chat.models import HeldMessage, ImportedRoom, Message, ReportCase, Room, Subscription
from chat.retention import removing
from chat.transport.event_bus import EventBus

ROUND = timedelta(hours=1)  # between two rounds
STEP_ROOMS = 500  # are looked at in a step
STEP_REMOVALS = 100  # of a room, in a step
PAUSE_SECONDS = 0.02  # between two: other processes write, too
TOLD_MAX = 1_000  # of those who have not read what is gone, and whose lists are counted again


@dataclass(frozen=True, slots=True)
class Expired:
    """A room in which something was sent before a moment, and is kept no longer."""

    room: int
    before: datetime


class Expiring:
    """The steps of the job."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus

    async def step(self, state: State) -> State | Later:
        """Remove from some rooms what is kept no longer, those after `room` in this round."""
        found, reached = await database.read(_next, state.get("room", 0))
        for it in found:
            if await self._remove(it):
                return {"room": it.room - 1}  # goes on with the rest of the room
        return Later(ROUND, {}) if reached is None else {"room": reached}

    async def _remove(self, expired: Expired) -> bool:
        """Remove what is kept no longer in a room. Returns whether more is left."""
        gone = 0
        try:
            for _ in range(STEP_REMOVALS):
                removed = await database.write(
                    removing.remove_messages, expired.room, expired.before
                )
                gone = max(gone, removed.expired_seq)
                if not removed.is_more and not await database.write(
                    removing.remove_copies, expired.room, expired.before
                ):
                    return False
                await asyncio.sleep(PAUSE_SECONDS)
            return True
        finally:
            if gone:
                await self._tell(expired.room, gone)

    async def _tell(self, room: int, gone: int) -> None:
        """Tell pages that show the messages, and lists that count them."""
        self._bus.publish(activity.EXPIRED, str(room), [gone])
        for member in await database.read(_counting, room, gone):
            self._bus.publish(activity.LISTED, member, [True])
        await self._bus.flush()


def _next(after: int) -> tuple[list[Expired], int | None]:
    """Of the next rooms, those with something to remove; and the last one. None: all are seen."""
    rooms = list(_looked_at().filter(pk__gt=after).order_by("pk")[:STEP_ROOMS])
    return list(_expired(rooms)), rooms[-1].pk if rooms else None


def _looked_at() -> "QuerySet[Any]":
    """The rooms where messages go, with the dates of the oldest things said."""
    arriving = ImportedRoom.objects.arriving().values("room")  # an import that goes on wants them
    rooms = Room.objects.only("kept_days").exclude(pk__in=arriving)
    if settings.RETENTION_DAYS is None:
        rooms = rooms.filter(kept_days__isnull=False)
    first = Message.objects.filter(room=OuterRef("pk")).order_by("seq").values("sent_at")[:1]
    found: QuerySet[Any] = rooms.annotate(
        first=Subquery(first),
        case=_oldest(ReportCase.objects.filter(decided_at__isnull=False), "sent_at"),
        line=_oldest(ReportCase.objects.filter(decided_at__isnull=False), "lines__sent_at"),
        held=_oldest(HeldMessage.objects.all(), "at"),
    )
    return found


def _oldest(rows: "QuerySet[Any]", field: str) -> Subquery:
    """The earliest date of rows of the room."""
    of_room = rows.filter(room=OuterRef("pk")).order_by().values("room")
    return Subquery(of_room.annotate(oldest=Min(field)).values("oldest"))


def _expired(rooms: "list[Any]") -> Iterator[Expired]:
    now = timezone.now()
    for room in rooms:
        dates = [it for it in (room.first, room.case, room.line, room.held) if it is not None]
        before = now - timedelta(days=room.retention_days)
        if min(dates, default=now) < before:
            yield Expired(room.pk, before)


def _counting(room: int, gone: int) -> list[str]:
    """The ids of those in whose list messages that are gone may count as unread."""
    listed = Subscription.objects.filter(Q(room=room, read_seq__lt=gone), kept_at__isnull=False)
    uids = listed.order_by("-visited_at").values_list("member__uid", flat=True)
    return [str(it) for it in uids[:TOLD_MAX]]
