"""Clients that ask for pages and do not read them: what waits for all of them is bounded."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psutil
import pytest

from chat.tests.servers.test_slow_clients import PAGE, PIPELINED, say_large_messages
from chat.tests.support.clients import v1
from chat.tests.support.raw_http import connect, head, read_head, read_rest, until_closed
from chat.tests.support.servers import Server, serving

CLIENTS = 60  # which ask for 750 MB
UNREAD_MAX = 20
GROWN_MAX_BYTES = 200 * 1024 * 1024


@pytest.fixture(params=["bounded daphne", "bounded uvicorn"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    bounds = f"UNREAD_MAX={UNREAD_MAX} ANSWER_SECONDS=3600"
    with serving(request.param, tmp_path, BOUNDS=bounds) as server:
        yield server
        assert "Traceback" not in server.log
        assert "ERROR" not in server.log


async def test_answers_that_nobody_reads_wait_in_bounded_memory(server: Server) -> None:
    process = psutil.Process(server.process.pid)
    async with v1(server.socket_url("large")) as alice:
        await say_large_messages(alice)
        with closing(connect(server)) as carol:  # so that all page threads have made some
            carol.sendall(PAGE * (PIPELINED - 1) + head("GET", "/livez", "Connection: close"))
            read_rest(carol)
        before = process.memory_info().rss
        with ExitStack() as stack:
            clients = [
                stack.enter_context(closing(connect(server, receive_bytes=4096)))
                for _ in range(CLIENTS)
            ]
            for raw in clients:
                raw.sendall(PAGE * PIPELINED)
            await until_closed(server, *clients, but=UNREAD_MAX)
            with closing(connect(server)) as bob:
                bob.sendall(head("GET", "/chat/large/"))
                assert read_head(bob).startswith("HTTP/1.1 200 ")
            await alice.say("still here")
            grown = process.memory_info().rss - before
    print(f"{server.kind}: {grown / 1024 / 1024:.1f} MB for {CLIENTS} clients")
    assert grown < GROWN_MAX_BYTES
