"""Small news for every process: what was posted where, what somebody has read, who is called what.

Told together, a few times a second at most, however much there is. It may be lost, and whoever
listens can read the same from the database.
"""

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from chat import layer
from chat.perloop import PerLoop

GROUP = "lobby"
TELL_SECONDS = 0.5
ITEMS_KEPT = 100  # of one key, between two tellings: the latest

logger = logging.getLogger(__name__)

Item = Any  # of JSON
Handler = Callable[[str, list[Item]], None]  # a key, and what is new about it


class Bulletin:
    """What is to be told, by topic and key; and who here wants to know."""

    def __init__(self) -> None:
        self._layer = layer.here()
        self._layer.on("lobby.bulletin", self._hear)
        self._news: dict[tuple[str, str], deque[Item]] = {}
        self._handlers: dict[str, list[Handler]] = defaultdict(list)
        self._telling: asyncio.TimerHandle | None = None
        self._sending: set[asyncio.Task[Any]] = set()

    def on(self, topic: str, handler: Handler) -> None:
        self._handlers[topic].append(handler)

    def listen(self) -> None:
        """Hear other processes from now on."""
        if GROUP not in self._layer.groups:
            self._begin(self._layer.join(GROUP))

    def tell(self, topic: str, key: str, items: Iterable[Item]) -> None:
        """Let everybody know, soon."""
        self._news.setdefault((topic, key), deque(maxlen=ITEMS_KEPT)).extend(items)
        if self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(TELL_SECONDS, self._tell_later)

    async def tell_now(self, topic: str, key: str, items: Iterable[Item]) -> None:
        """The same for code whose event loop may end with the call."""
        self.tell(topic, key, items)
        await self._tell()

    def _tell_later(self) -> None:
        self._begin(self._tell())

    def _begin(self, work: Coroutine[Any, Any, Any]) -> None:
        sending = asyncio.create_task(work)
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)

    async def _tell(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
        news = [[topic, key, list(items)] for (topic, key), items in self._news.items()]
        self._news.clear()
        self._hand_on(news)
        said = {"type": "lobby.bulletin", "by": self._layer.id, "news": news}
        await self._layer.send(GROUP, said)

    def _hear(self, said: layer.Said) -> None:
        if said["by"] != self._layer.id:
            self._hand_on(said["news"])

    def _hand_on(self, news: Iterable[list[Any]]) -> None:
        for topic, key, items in news:
            for handler in self._handlers[topic]:
                try:
                    handler(key, items)
                except Exception:  # the others want to know all the same
                    logger.exception("news of %s cannot be taken", topic)


here = PerLoop(Bulletin)
