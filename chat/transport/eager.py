"""Starts a coroutine without a task, for sends, which seldom have to wait."""

from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any


def start_eagerly(work: Coroutine[Any, Any, None]) -> Coroutine[Any, Any, None] | None:
    """Run `work` until it first waits. Returns the remainder to await; None if it is done.

    Raises what `work` raises. `work` must not ask for the current task before it has waited.
    """
    try:
        awaited = work.send(None)
    except StopIteration:
        return None
    return _remainder(work, awaited)


@coroutine
def _remainder(work: Coroutine[Any, Any, None], awaited: Any) -> Generator[Any, Any, None]:
    """Do what `await work` does after the start."""
    try:
        while True:
            try:
                result = yield awaited
            except GeneratorExit:
                work.close()
                raise
            except BaseException as error:  # a cancellation, above all
                awaited = work.throw(error)
            else:
                awaited = work.send(result)
    except StopIteration:
        return
