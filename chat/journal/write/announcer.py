"""Tells every process what was committed: one nudge a room and batch, over the channel layer.

A nudge is never the truth. One that is lost, late, repeated or out of order costs time only, as
every feed re-reads the journal from the last version it knows.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

from chat.journal import activity
from chat.journal.changes import Appended, Refused
from chat.journal.entry import Entry, pack
from chat.journal.read.feeds import Feeds
from chat.models import Room
from chat.transport.channel_layer import LayerClient
from chat.transport.event_bus import EventBus

NUDGE_MAX_BYTES = 256 * 1024  # beyond it a nudge names the version only, and feeds read the journal


class Announcer:
    """Sends what was committed, in order; what is committed meanwhile travels together."""

    def __init__(self, feeds: Feeds, layer: LayerClient, bus: EventBus) -> None:
        self._feeds, self._layer, self._bus = feeds, layer, bus
        self._waiting: dict[int, tuple[Room, list[Entry]]] = {}
        self._sending: asyncio.Task[None] | None = None

    def announce(self, outcomes: Iterable[Appended | Refused]) -> None:
        """Tell everybody of what was committed, and is news."""
        news: dict[int, list[Appended]] = {}
        for it in outcomes:
            if isinstance(it, Appended) and not it.is_duplicate:
                news.setdefault(it.room.pk, []).append(it)
        for appended in news.values():
            room = appended[0].room
            # Reactions were entered last.
            entries = sorted((it.entry for it in appended), key=lambda entry: entry.version)
            self._feeds.offer(room.pk, entries)  # our own people need not wait for the layer
            activity.publish(self._bus, room.pk, appended)
            self._waiting.setdefault(room.pk, (room, []))[1].extend(entries)
        if self._waiting and self._sending is None:
            self._sending = asyncio.create_task(self._send_waiting())

    async def drain(self) -> None:
        """Return once everything is sent, or has failed to be."""
        if self._sending is not None:
            await asyncio.wait([self._sending])

    async def _send_waiting(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, {}
                sendings = [
                    self._layer.send(it.group, nudge(it, news)) for it, news in batch.values()
                ]
                await asyncio.gather(*sendings)
        finally:
            self._sending = None


def nudge(room: Room, entries: list[Entry]) -> dict[str, Any]:
    head = entries[-1].version
    if sum(entry.size for entry in entries) > NUDGE_MAX_BYTES:
        entries = []
    return {"type": "room.nudge", "room": room.pk, "head": head, "entries": pack(entries)}
