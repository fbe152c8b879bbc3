"""The journal's own database threads: one that writes, READERS that read, FORMATTERS for texts.

Channels runs the database work of all consumers on one thread, where a slow query would hold up
every room. One thread is enough to write, as commits wait for each other anyway. What people say
goes first, and what is less urgent comes in short pieces.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import Any, NamedTuple, ParamSpec, TypeVar

from django.db import close_old_connections

READERS = 4
FORMATTERS = 2  # a text takes milliseconds of CPU, for which no reader shall wait

P = ParamSpec("P")
T = TypeVar("T")


class Work(NamedTuple):
    """A call that waits for a thread."""

    call: Callable[[], Any]
    outcome: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop


class Threads:
    """Threads that take urgent work first, and other work in the order in which it arrives."""

    def __init__(self, count: int, name: str) -> None:
        self._executor = ThreadPoolExecutor(count, thread_name_prefix=name)
        self._urgent: deque[Work] = deque()
        self._other: deque[Work] = deque()
        self._taking = Lock()

    @property
    def waiting(self) -> int:
        """How many calls wait for a thread."""
        return len(self._urgent) + len(self._other)

    async def run(self, call: Callable[[], T], *, urgent: bool = False) -> T:
        """Return what `call` returns on a thread. Raises what `call` raises."""
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[T] = loop.create_future()
        (self._urgent if urgent else self._other).append(Work(call, outcome, loop))
        self._executor.submit(self._run_next)
        try:
            return await outcome
        finally:
            del outcome  # its error holds this frame

    def _run_next(self) -> None:
        """Run what is most urgent by now: as often as work was added."""
        with self._taking:
            call, outcome, loop = (self._urgent or self._other).popleft()
        if not outcome.cancelled():
            result, error = _called(call)
            with suppress(RuntimeError):  # the event loop has closed
                loop.call_soon_threadsafe(_settle, outcome, result, error)


def _called(call: Callable[[], T]) -> tuple[T | None, BaseException | None]:
    """Call; not in `_run_next`, whose frame the error would hold."""
    try:
        return call(), None
    except BaseException as error:
        return None, error


def _settle(outcome: asyncio.Future[T], result: T, error: BaseException | None) -> None:
    if outcome.done():
        return  # nobody waits any more
    if error is None:
        outcome.set_result(result)
    else:
        outcome.set_exception(error)


_writer = Threads(1, "journal-writer")
_readers = Threads(READERS, "journal-reader")
_formatters = Threads(FORMATTERS, "journal-formatter")


def waiting() -> dict[str, int]:
    """How many calls wait, by what the threads do."""
    return {
        "writer": _writer.waiting,
        "readers": _readers.waiting,
        "formatters": _formatters.waiting,
    }


async def write(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` on the writing thread. Keep it short: posts wait for it."""
    return await _writer.run(partial(with_connection, work, *args, **kwargs))


async def write_urgent(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` on the writing thread before all that waits there: to store and show messages."""
    return await _writer.run(partial(with_connection, work, *args, **kwargs), urgent=True)


async def read(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` on a reading thread."""
    return await _readers.run(partial(with_connection, work, *args, **kwargs))


async def format_text(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` on a thread that formats texts: a flood of these delays no reads."""
    return await _formatters.run(partial(with_connection, work, *args, **kwargs))


async def read_urgent(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` on a reading thread before all that waits there: to store and show messages."""
    return await _readers.run(partial(with_connection, work, *args, **kwargs), urgent=True)


def with_connection(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` on a thread that lives on, with a database connection that works."""
    close_old_connections()  # replaces a connection that broke
    try:
        return work(*args, **kwargs)
    finally:
        close_old_connections()  # returns the connection to the pool, if there is one
