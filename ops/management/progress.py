"""How far a command is, a line every few seconds."""

import time
from collections.abc import Callable

SECONDS = 5


def printer(write: Callable[[str], object]) -> Callable[[str, int, int], None]:
    """Prints so many of how many things. 0: nobody knows of how many."""
    last = time.monotonic()

    def show(what: str, done: int, of_all: int) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS:
            last = time.monotonic()
            write(f"{done:,} of {of_all:,} {what}" if of_all else f"{done:,} {what}")

    return show
