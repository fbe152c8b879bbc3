"""File descriptors: pages leave none behind, whatever the database."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.postgresql import PostgreSQL
from chat.tests.support.servers import Server, migrated_postgresql, serving

PAGES = 400
AT_ONCE = 20
POOL_CONNECTIONS = 10  # to PostgreSQL: the pool opens them when it needs them, and keeps them
THREADS_AND_CONNECTIONS = 40  # each page thread opens its connection once


@pytest.fixture(params=["daphne", "uvicorn"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Iterator[Server]:
    settings = {}
    if request.param == "postgresql":
        postgresql = PostgreSQL.shared()
        name = postgresql.create(template=migrated_postgresql())
        settings["DATABASE_URL"] = postgresql.url(name)
    with serving(kind, tmp_path, **settings) as server:
        yield server


async def get(server: Server, *, is_patient: bool = True) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET /chat/lobby/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    await writer.drain()
    if is_patient:
        assert b" 200 " in await reader.readline()
        await reader.read()
    writer.close()
    await writer.wait_closed()


async def get_many(server: Server, count: int, *, is_patient: bool = True) -> None:
    for _ in range(count // AT_ONCE):
        await asyncio.gather(*(get(server, is_patient=is_patient) for _ in range(AT_ONCE)))


async def descriptors_settle_at(server: Server, most: int) -> None:
    process = psutil.Process(server.process.pid)
    if "DATABASE_URL" in server.settings:
        most += POOL_CONNECTIONS
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while process.num_fds() > most:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def test_pages_leave_no_descriptors_behind(server: Server) -> None:
    await get_many(server, PAGES // 4)
    before = psutil.Process(server.process.pid).num_fds()
    assert before < THREADS_AND_CONNECTIONS + AT_ONCE
    await get_many(server, PAGES)
    await descriptors_settle_at(server, before)


async def test_browsers_that_leave_while_a_page_is_made_leave_none_either(server: Server) -> None:
    await get_many(server, PAGES // 4)
    before = psutil.Process(server.process.pid).num_fds()
    await get_many(server, PAGES, is_patient=False)
    await get_many(server, AT_ONCE)
    await descriptors_settle_at(server, before)
    assert "Traceback" not in server.log


async def test_a_page_is_answered_while_others_are_read_by_nobody(server: Server) -> None:
    """A client that does not read its page holds no thread."""
    idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(AT_ONCE)]
    for it in idle:
        it.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        it.sendall(b"GET /chat/lobby/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
    async with asyncio.timeout(TIMEOUT_SECONDS):
        await get(server)
    for it in idle:
        it.close()
