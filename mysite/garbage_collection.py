"""When Python's cycle collector runs: rarely, as it visits all objects each time."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

RARELY = (100_000, 50, 50)


def collect_rarely() -> None:
    """For the rest of the process."""
    gc.set_threshold(*RARELY)


@contextmanager
def collected_rarely() -> Iterator[None]:
    """While much is imported, which makes no garbage: a tenth of the time otherwise."""
    before = gc.get_threshold()
    collect_rarely()
    try:
        yield
    finally:
        gc.set_threshold(*before)


def keep_what_is_loaded() -> None:
    """What is loaded by now stays, so no later collection visits it."""
    gc.collect()
    gc.freeze()
