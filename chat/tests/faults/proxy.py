"""A small TCP proxy that can cut, hold up and slow down what goes through it."""

import asyncio
import contextlib
from typing import Self

CHUNK_BYTES = 64 * 1024


class Proxy:
    """Listens on a port of its own and passes everything on to `target_port`, while it likes to."""

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.delay_seconds = 0.0
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def cut(self) -> None:
        """Drop every connection, in the middle of whatever it is doing."""
        for connection in self._connections:
            connection.cancel()

    def freeze(self) -> None:
        """Pass nothing on, and say nothing: a cable that was pulled."""
        self._flowing.clear()

    def thaw(self) -> None:
        self._flowing.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection
        self._connections.add(connection)
        try:
            there = await asyncio.open_connection("127.0.0.1", self.target_port)
            try:
                async with asyncio.TaskGroup() as both_ways:
                    both_ways.create_task(self._pass_on(reader, there[1]))
                    both_ways.create_task(self._pass_on(there[0], writer))
            finally:
                there[1].transport.abort()
        except (OSError, ExceptionGroup, asyncio.CancelledError):
            pass  # one side has left, or we cut it
        finally:
            self._connections.discard(connection)
            with contextlib.suppress(OSError):
                writer.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(CHUNK_BYTES):
            if self.delay_seconds:
                await asyncio.sleep(self.delay_seconds)
            await self._flowing.wait()
            writer.write(data)
            await writer.drain()
        raise ConnectionResetError  # ends the other way as well
