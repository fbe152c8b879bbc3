"""Futures whose awaiter may be cancelled before it sees their outcome."""

import asyncio
from typing import Any


def ignore_unseen_error(future: "asyncio.Future[Any]") -> None:
    """Keep asyncio from logging the error of a future that nobody awaits any more."""
    if future.done() and not future.cancelled():
        future.exception()
