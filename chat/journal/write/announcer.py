"""Tells every process what was committed: one nudge per room for all since the last nudge.

A nudge travels over the channel layer, and may be lost, late, repeated or out of order. That costs
time only: feeds read the journal from the last version they know.
"""

import asyncio
import time
from collections.abc import Iterable
from typing import Any

from chat.journal import activity
from chat.journal.changes import Appended, Refused, Settled
from chat.journal.entry import Entry, pack
from chat.journal.read.feeds import Feeds
from chat.models import Room
from chat.transport.channel_layer import LayerClient
from chat.transport.event_bus import EventBus

NUDGE_MAX_BYTES = 256 * 1024  # a larger nudge carries no entries: feeds read them from the journal


class Announcer:
    """Announces in commit order. Batches committed while nudges are being sent are joined."""

    def __init__(self, feeds: Feeds, layer: LayerClient, bus: EventBus) -> None:
        self._feeds, self._layer, self._bus = feeds, layer, bus
        self._waiting: dict[int, tuple[Room, list[Entry]]] = {}  # by the room's primary key
        self._send_task: asyncio.Task[None] | None = None

    def announce(self, outcomes: Iterable[Settled | Refused]) -> None:
        """Announce the changes of a committed batch, except refused and duplicate ones."""
        by_room: dict[int, list[Settled]] = {}
        for it in outcomes:
            if isinstance(it, Settled) and not it.is_duplicate:
                by_room.setdefault(it.room.pk, []).append(it)
        for settled in by_room.values():
            self._announce_entries(it for it in settled if isinstance(it, Appended))
            activity.publish(self._bus, settled[0].room.pk, settled)
        if self._waiting and self._send_task is None:
            self._send_task = asyncio.create_task(self._send_waiting())

    def _announce_entries(self, of_room: Iterable[Appended]) -> None:
        # Outcomes are in the order of the changes; reactions took their versions last.
        appended = sorted(of_room, key=lambda it: it.entry.version)
        if not appended:
            return
        room, entries = appended[0].room, [it.entry for it in appended]
        self._feeds.offer(room.pk, entries)  # this process need not wait for the layer
        if self._layer.has_others(room.group):
            self._waiting.setdefault(room.pk, (room, []))[1].extend(entries)

    async def drain(self) -> None:
        """Return once all nudges are sent or have failed."""
        if self._send_task is not None:
            await asyncio.wait([self._send_task])

    async def _send_waiting(self) -> None:
        try:
            while self._waiting:
                rooms, self._waiting = self._waiting.values(), {}
                nudges = [
                    self._layer.send(room.group, nudge(room, entries)) for room, entries in rooms
                ]
                await asyncio.gather(*nudges)
        finally:
            self._send_task = None


def nudge(room: Room, entries: list[Entry]) -> dict[str, Any]:
    """Return the channel-layer message that announces these entries, which are in version order."""
    head = entries[-1].version
    if sum(entry.size for entry in entries) > NUDGE_MAX_BYTES:
        entries = []
    return {
        "type": "room.nudge",
        "room": room.pk,
        "head": head,
        "entries": pack(entries),
        "sent_at": time.time(),
    }
