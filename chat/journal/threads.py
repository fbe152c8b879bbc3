"""The journal's own database threads: one that writes and READERS that read.

Channels runs the database work of all consumers on one thread, where a slow query would hold up
every room. One thread is enough to write, as commits wait for each other anyway.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

READERS = 4

P = ParamSpec("P")
T = TypeVar("T")

_writer = ThreadPoolExecutor(1, thread_name_prefix="journal-writer")
_readers = ThreadPoolExecutor(READERS, thread_name_prefix="journal-reader")


async def write(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` on the writing thread."""
    return await _run(_writer, work, *args, **kwargs)


async def read(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` on a reading thread."""
    return await _run(_readers, work, *args, **kwargs)


async def _run(
    executor: ThreadPoolExecutor, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(executor, partial(with_connection, work, *args, **kwargs))


def with_connection(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` on a thread that lives on, with a database connection that works."""
    close_old_connections()  # replaces a connection that broke
    try:
        return work(*args, **kwargs)
    finally:
        close_old_connections()  # returns the connection to the pool, if there is one
