"""How many connections there may be: of one network, and of all."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from chat.tests.support.clients import v1
from chat.tests.support.raw_http import (
    connect,
    handshake,
    head,
    read_answer,
    read_head,
    read_rest,
    until_closed,
)
from chat.tests.support.servers import Server, serving

NEIGHBOUR, STRANGER = "127.0.0.2", "127.0.0.3"  # addresses of this machine that are no proxy's
NETWORK_MAX = 5
DESCRIPTORS = 1_024
IDLE = 1_100
LOW_WARNING = "may open 1024 files"


@pytest.fixture(scope="module", params=["bounded daphne", "bounded uvicorn"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@contextmanager
def bounded(kind: str, data_dir: Path, bounds: str, **settings: str) -> Iterator[Server]:
    with serving(kind, data_dir, BOUNDS=bounds, **settings) as server:
        yield server
        assert "Traceback" not in server.log
        assert "ERROR" not in server.log


@pytest.fixture
def clients() -> Iterator[ExitStack]:
    """Closes what a test has opened."""
    with ExitStack() as stack:
        yield stack


def open_socket(clients: ExitStack, server: Server, host: str) -> str:
    """Open a WebSocket from an address; return the head of the answer."""
    raw = clients.enter_context(closing(connect(server, host)))
    raw.sendall(handshake("lobby"))
    return read_head(raw)


def test_a_network_has_so_many_sockets_and_others_have_theirs(
    kind: str, tmp_path: Path, clients: ExitStack
) -> None:
    with bounded(kind, tmp_path, f"NETWORK_MAX={NETWORK_MAX}") as server:
        for _ in range(NETWORK_MAX):
            assert open_socket(clients, server, NEIGHBOUR).startswith("HTTP/1.1 101 ")
        for _ in range(NETWORK_MAX):
            refused = clients.enter_context(closing(connect(server, NEIGHBOUR)))
            assert read_head(refused).startswith("HTTP/1.1 429 ")
            assert read_rest(refused) == b""
        for host in (STRANGER, "127.0.0.1"):
            assert open_socket(clients, server, host).startswith("HTTP/1.1 101 ")
        [line] = [line for line in server.log.splitlines() if "is refused more" in line]
        assert NEIGHBOUR in line


@pytest.mark.parametrize("proxy", ["127.0.0.1", NEIGHBOUR])
def test_the_address_of_a_proxy_has_no_bound_of_its_own(
    kind: str, proxy: str, tmp_path: Path, clients: ExitStack
) -> None:
    """One of this machine is known; others are named."""
    trusted = {"TRUSTED_PROXIES": "127.0.0.2/31"}
    with bounded(kind, tmp_path, f"NETWORK_MAX={NETWORK_MAX}", **trusted) as server:
        for _ in range(2 * NETWORK_MAX):
            assert open_socket(clients, server, proxy).startswith("HTTP/1.1 101 ")


async def test_whoever_waits_longest_makes_room_for_the_next_of_the_same_network(
    kind: str, tmp_path: Path, clients: ExitStack
) -> None:
    with bounded(kind, tmp_path, f"NETWORK_MAX={NETWORK_MAX} IDLE_SECONDS=3600") as server:
        opened = [clients.enter_context(closing(connect(server, NEIGHBOUR))) for _ in range(5)]
        for raw in opened:
            raw.sendall(head("GET", "/livez"))
            assert read_answer(raw)[0].startswith("HTTP/1.1 200 ")
        opened[0].sendall(head("GET", "/livez"))  # so the second has waited longest
        assert read_answer(opened[0])[0].startswith("HTTP/1.1 200 ")
        assert open_socket(clients, server, NEIGHBOUR).startswith("HTTP/1.1 101 ")
        await until_closed(server, opened[1])
        opened[0].sendall(head("GET", "/livez"))
        assert read_answer(opened[0])[0].startswith("HTTP/1.1 200 ")


async def test_idle_connections_lock_nobody_out(
    kind: str, tmp_path: Path, clients: ExitStack
) -> None:
    """1,100 at 1,024 descriptors, as an attack on two servers went that had no bound."""
    with bounded(kind, tmp_path, f"DESCRIPTORS={DESCRIPTORS}") as server:
        assert LOW_WARNING in server.log
        async with v1(server.socket_url("lobby")) as alice:
            idle = [clients.enter_context(closing(connect(server))) for _ in range(IDLE)]
            for raw in idle[::2]:
                with suppress(ConnectionError):
                    raw.sendall(b"GET / HT")
            bob = clients.enter_context(closing(connect(server)))
            bob.sendall(head("GET", "/chat/lobby/"))
            assert read_head(bob).startswith("HTTP/1.1 200 ")
            await alice.say("still here")
        assert psutil.Process(server.process.pid).num_fds() < DESCRIPTORS


def test_a_server_takes_as_many_descriptors_as_it_may(kind: str, tmp_path: Path) -> None:
    with bounded(kind, tmp_path, "DESCRIPTORS_AT_FIRST=256") as server:
        soft, hard = psutil.Process(server.process.pid).rlimit(psutil.RLIMIT_NOFILE)
        assert soft == hard > 256
        assert "files" not in server.log
