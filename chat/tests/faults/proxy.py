"""A TCP proxy that can cut, freeze and delay its connections."""

import asyncio
import contextlib
from typing import Self

CHUNK_BYTES = 64 * 1024


class Proxy:
    """Listens on its own port and forwards to `target_port`."""

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
        """Abort every connection."""
        for connection in self._connections:
            connection.cancel()

    def freeze(self) -> None:
        """Forward nothing and keep connections open, like a pulled cable."""
        self._flowing.clear()

    def thaw(self) -> None:
        """Forward again."""
        self._flowing.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection
        self._connections.add(connection)
        try:
            target_reader, target_writer = await asyncio.open_connection(
                "127.0.0.1", self.target_port
            )
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._forward(reader, target_writer))
                    tasks.create_task(self._forward(target_reader, writer))
            finally:
                target_writer.transport.abort()
        except (OSError, ExceptionGroup, asyncio.CancelledError):
            pass  # one side closed, or cut() was called
        finally:
            self._connections.discard(connection)
            with contextlib.suppress(OSError):
                writer.transport.abort()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(CHUNK_BYTES):
            if self.delay_seconds:
                await asyncio.sleep(self.delay_seconds)
            await self._flowing.wait()
            writer.write(data)
            await writer.drain()
        raise ConnectionResetError  # ends the other direction too
