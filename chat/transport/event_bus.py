"""Small events for every process: what was posted where, what a member has read, a new name.

Events wait up to PUBLISH_SECONDS and are published together. An event may be lost: publish only
what can also be read from the database.
"""

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from chat.transport.channel_layer import LayerClient, LayerMessage

GROUP = "lobby"
PUBLISH_SECONDS = 0.5
ITEMS_KEPT = 100  # of one topic and key, the latest, until they are published

logger = logging.getLogger(__name__)

Item = Any  # JSON
Handler = Callable[[str, list[Item]], None]  # takes a key and its new items


class EventBus:
    """Publishes events by topic and key, and calls this process's handlers."""

    def __init__(self, layer: LayerClient) -> None:
        self._layer = layer
        self._layer.on("lobby.events", self._receive)
        self._pending: dict[tuple[str, str], deque[Item]] = {}
        self._handlers: dict[str, list[Handler]] = defaultdict(list)
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    def on(self, topic: str, handler: Handler) -> None:
        """Call `handler` with the events of `topic`, from this process and others."""
        self._handlers[topic].append(handler)

    def listen(self) -> None:
        """Receive the events of other processes from now on."""
        if GROUP not in self._layer.groups:
            self._start_task(self._layer.join(GROUP))

    def publish(self, topic: str, key: str, items: Iterable[Item]) -> None:
        """Publish within PUBLISH_SECONDS, together with other events."""
        self._pending.setdefault((topic, key), deque(maxlen=ITEMS_KEPT)).extend(items)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(
                PUBLISH_SECONDS, self._flush_in_task
            )

    async def publish_now(self, topic: str, key: str, items: Iterable[Item]) -> None:
        """Publish at once, for code whose event loop may end with the call."""
        self.publish(topic, key, items)
        await self.flush()

    async def flush(self) -> None:
        """Publish the pending events now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        events = [[topic, key, list(items)] for (topic, key), items in self._pending.items()]
        self._pending.clear()
        self._dispatch(events)
        message = {"type": "lobby.events", "by": self._layer.id, "events": events}
        await self._layer.send(GROUP, message)

    def _flush_in_task(self) -> None:
        self._start_task(self.flush())

    def _start_task(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _receive(self, message: LayerMessage) -> None:
        if message["by"] != self._layer.id:
            self._dispatch(message["events"])

    def _dispatch(self, events: Iterable[list[Any]]) -> None:
        for topic, key, items in events:
            for handler in self._handlers[topic]:
                try:
                    handler(key, items)
                except Exception:  # the other handlers still get the event
                    logger.exception("cannot handle a %s event", topic)
