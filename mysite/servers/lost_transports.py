"""Transports of asyncio whose connection is lost."""

import asyncio


def break_cycle(transport: asyncio.Transport) -> None:
    """Free a lost transport by reference counts: it keeps a bound method of its own."""
    vars(transport).pop("_read_ready_cb", None)
