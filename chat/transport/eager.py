"""Coroutines begun without a task.

A send seldom waits. A task for each, woken for each message, costs more than the sending.
"""

from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any


def start_eagerly(work: Coroutine[Any, Any, None]) -> Coroutine[Any, Any, None] | None:
    """Run `work` up to where it first waits. Returns the rest, to be awaited; None if it is done.

    Raises what it raises. `work` must not ask for the current task before it has waited.
    """
    try:
        awaited = work.send(None)
    except StopIteration:
        return None
    return _rest(work, awaited)


@coroutine
def _rest(work: Coroutine[Any, Any, None], awaited: Any) -> Generator[Any, Any, None]:
    """What `await` would do, had it begun the work."""
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
