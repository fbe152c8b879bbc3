"""How many reports wait for people who keep rooms: soft state, for their connections alone."""

import asyncio
from typing import Any

from django.db import Error

from chat import protocol, reports
from chat.journal import database
from chat.live.best_effort import BestEffortSender
from chat.models import Member
from chat.transport.event_bus import EventBus

REPORTED = "reports"  # topic on the event bus; the key is the room's primary key
FRAME_SECONDS = 0.5  # at least, between two counts; a dropped frame is sent again after that


class OpenReports:
    """Counts again after each report and decision, once for all connections of a person."""

    def __init__(self, bus: EventBus) -> None:
        self._members: dict[BestEffortSender, int] = {}  # primary keys
        self._keepers: set[BestEffortSender] = set()  # of who keeps a room, as far as is known
        self._stale: set[BestEffortSender] = set()
        self._changed: set[int] = set()  # rooms in which something was reported or decided
        self._counting: asyncio.Task[None] | None = None
        bus.on(REPORTED, self._on_change)

    def watch(self, member: Member, sender: BestEffortSender) -> None:
        """Send the count to a connection of who keeps a room, and each new one until `leave`."""
        if member.user_id is not None:  # guests keep no room
            self._members[sender] = member.pk
            self._stale.add(sender)
            self._count_soon()

    def leave(self, sender: BestEffortSender) -> None:
        self._members.pop(sender, None)
        self._keepers.discard(sender)
        self._stale.discard(sender)

    async def aclose(self) -> None:
        """Stop what runs in the background."""
        if self._counting is not None:
            self._counting.cancel()
            await asyncio.gather(self._counting, return_exceptions=True)

    def _on_change(self, key: str, items: list[Any]) -> None:
        if self._keepers:
            self._changed.add(int(key))
            self._count_soon()

    def _count_soon(self) -> None:
        if self._counting is None or self._counting.done():
            self._counting = asyncio.create_task(self._count_until_fresh())

    async def _count_until_fresh(self) -> None:
        while self._stale or self._changed:
            changed, self._changed = self._changed, set()
            concerned = await self._concerned(changed)
            counted, self._stale = self._stale | concerned & self._keepers, set()
            dropped = await self._send(counted)
            self._stale |= dropped & self._members.keys()
            await asyncio.sleep(FRAME_SECONDS)

    async def _concerned(self, rooms: set[int]) -> set[BestEffortSender]:
        """The connections of those whose count a change in these rooms may change."""
        members = {self._members[it] for it in self._keepers}
        if not rooms or not members:
            return set()
        try:
            found = await database.read(reports.concerned, rooms, members)
        except Error:  # as below
            found = members
        return {it for it in self._keepers if self._members[it] in found}

    async def _send(self, senders: set[BestEffortSender]) -> set[BestEffortSender]:
        """Returns those that did not get their count."""
        members = {self._members[it] for it in senders}
        try:
            counts = await database.read(reports.open_counts, members)
        except Error:  # the database is away; the journal logs that
            return senders
        present = [it for it in senders if it in self._members]  # others left meanwhile
        found = {
            it: count for it in present if (count := counts.get(self._members[it])) is not None
        }
        self._keepers = (self._keepers - senders) | found.keys()
        return {it for it, count in found.items() if not it.send(_frame(count))}


def _frame(count: int) -> str:
    return protocol.frame([protocol.encode(protocol.OpenReports(count))])
