"""Transports of asyncio whose connection is lost, perhaps just now."""

import asyncio
from contextlib import suppress


def break_cycle(transport: asyncio.Transport) -> None:
    """Free a lost transport by reference counts: it keeps a bound method of its own."""
    vars(transport).pop("_read_ready_cb", None)


def end_writing(transport: asyncio.WriteTransport) -> None:
    """Say that nothing follows, unless the client has reset the connection by now."""
    if transport.can_write_eof():
        with suppress(OSError):
            transport.write_eof()
