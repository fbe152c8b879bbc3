"""Does work for many callers at once, instead of once for each."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

from chat.transport.fair_queue import FairQueue

GATHER_SECONDS = 0.01  # after a batch, for calls to join the next
ANSWERED_AT_ONCE = 4  # calls that go on in one turn of the event loop: others come between

T = TypeVar("T")
R = TypeVar("R")


class Batches(Generic[T, R]):
    """Runs one batch at a time. Calls meanwhile wait for a later batch; keys take turns.

    A batch costs about the same however many calls it has, so a flood is gathered to large ones.
    """

    def __init__(
        self, work: Callable[[Sequence[T]], Awaitable[Sequence[R]]], size: int, bound: int
    ) -> None:
        """`work` returns a result for each item, of at most `size`; `bound` is as in FairQueue."""
        self._work, self._size = work, size
        self._waiting: FairQueue[tuple[T, asyncio.Future[R]]] = FairQueue(bound)
        self._task: asyncio.Task[None] | None = None

    async def call(self, item: T, *key: Hashable) -> R:
        """Return the result for an item. Raises QueueFull, and what the work raises."""
        result: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.put((item, result), *key)
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return await result

    async def aclose(self) -> None:
        """Stop what runs in the background, once no call waits."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch = self._waiting.take(self._size)
                if wanted := [it for it in batch if not it[1].done()]:
                    await self._run_batch(wanted)
                if len(self._waiting) < self._size:
                    await asyncio.sleep(GATHER_SECONDS)
        finally:
            self._task = None

    async def _run_batch(self, batch: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        values: Sequence[R | Exception]
        try:
            values = await self._work([item for item, _ in batch])
        except Exception as error:
            values = [error] * len(batch)
        for number, ((_, result), value) in enumerate(zip(batch, values, strict=True), 1):
            if result.done():
                continue
            if isinstance(value, Exception):
                result.set_exception(value)
            else:
                result.set_result(value)
            if number % ANSWERED_AT_ONCE == 0:
                await asyncio.sleep(0)
