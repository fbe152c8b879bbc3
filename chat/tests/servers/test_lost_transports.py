"""Transports of asyncio whose connection is lost."""

import asyncio
import socket
import struct
from contextlib import closing

import pytest

from mysite.servers.lost_transports import end_writing

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing resets the connection


async def test_a_connection_that_was_reset_is_no_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = socket.create_connection(listening.getsockname())
        accepted, _ = listening.accept()
    _, writer = await asyncio.open_connection(sock=accepted)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    client.close()
    with closing(writer.transport):
        with pytest.raises(OSError, match="not connected"):
            accepted.shutdown(socket.SHUT_WR)
        end_writing(writer.transport)
