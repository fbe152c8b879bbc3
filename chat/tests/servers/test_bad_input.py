"""Hostile and broken clients, on the wire: a clear answer, and no traceback in the log."""

import asyncio
import contextlib
import json
import socket
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

import psutil
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chat.tests.support import raw_http
from chat.tests.support.clients import TIMEOUT_SECONDS, v1
from chat.tests.support.servers import Server

NAMES = [
    "%FF",
    "%0A",
    "a%0Ab",
    "%00",
    "%F0%9F%8E%89",
    "x" * 65,
    "%20",
    "%2e%2e",
    "%ED%A0%80",
    "<b>",
]
HEAD_OF_2_MIB = b"\x82\xff" + (2 * 1024 * 1024).to_bytes(8) + b"mask"
TOO_LARGE = (1009).to_bytes(2)  # in a close frame
FRAMES_NO_BUFFER_HOLDS = 200  # of 60 kB: above what the kernel keeps for both sides together


@pytest.fixture
def server(shared_server: Server) -> Iterator[Server]:
    """A server that is still well at the end, and whose log of the test is read."""
    before = len(shared_server.log)
    yield shared_server
    with urlopen(f"{shared_server.url}/chat/lobby/") as answer:
        assert answer.status == 200
    news = shared_server.log[before:]
    assert "Traceback" not in news
    assert " ERROR " not in news


async def test_what_is_no_room(server: Server) -> None:
    base = f"ws://127.0.0.1:{server.port}"
    paths = [f"/ws/chat/{name}/" for name in NAMES]
    for path in [*paths, "/ws/chat/", "/ws/chat/a%2Fb/", "/ws/chat/lobby", "/", "/nowhere/"]:
        async with connect(f"{base}{path}") as client:
            with pytest.raises(ConnectionClosed):
                await client.recv()
            assert client.close_code == 4404, path
    for name in NAMES:
        assert status(f"{server.url}/chat/{name}/") == 404, name
        assert status(f"{server.url}/chat/{name}/messages") == 404, name


@pytest.mark.parametrize("origin", ["http://[", "http://a:b", "null", "https://evil.example"])
async def test_an_origin_that_is_not_ours(server: Server, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        await connect(server.socket_url("lobby"), additional_headers={"Origin": origin})
    assert refusal.value.response.status_code in {400, 403}  # daphne's parser comes before ours


async def test_frames_that_are_none(server: Server, room: str) -> None:
    async with v1(server.socket_url(room)) as client:
        for frame in ("", "{", "[" * 60_000, "[]", '{"type":"dance"}', b"\x00\xff"):
            await client.socket.send(frame)
        await client.until(lambda: len(client.errors) == 6)
        await client.send(type="message.send", id="not a uuid", text="hi")
        await client.until(lambda: client.errors[-1]["id"] == "not a uuid")
        await client.socket.send('{"type":"message.send","id":"' + "0" * 32 + '","text":"\\ud800"}')
        await client.until(lambda: len(client.errors) == 8)
        assert (await client.say("all well"))["text"] == "all well"
        for _ in range(10):
            await client.socket.send("{")
        assert await client.until_closed() == 4400


async def test_a_client_that_reads_only_when_all_is_sent_learns_why_it_was_closed(
    server: Server, room: str
) -> None:
    """The server must read on after its close frame: resetting the connection loses the code."""
    async with v1(server.socket_url(room)) as client:
        client.socket.transport.pause_reading()
        for _ in range(FRAMES_NO_BUFFER_HOLDS):
            await client.socket.send(b"x" * 60_000)  # waits where the server does not read
        client.socket.transport.resume_reading()
        assert await client.until_closed() == 4400


async def test_a_frame_that_is_too_large(server: Server, room: str) -> None:
    async with v1(server.socket_url(room)) as client:
        await client.send(type="message.send", id="x", text="x" * 70_000)
        assert await client.until_closed() == 1009


async def test_a_message_in_too_many_fragments(server: Server, room: str) -> None:
    async with v1(server.socket_url(room)) as alice:
        frame = {"type": "message.send", "id": str(uuid4()), "text": "a" * 500}
        await alice.socket.send(list(json.dumps(frame)))
        await alice.until(lambda: alice.texts == ["a" * 500])
    async with v1(server.socket_url(room)) as bob:
        with contextlib.suppress(ConnectionClosed):
            await bob.socket.send([" "] * 1_001)
        expected = (
            (1006, 1009) if server.kind == "daphne" else (1009,)
        )  # daphne cuts the connection
        assert await bob.until_closed() in expected


def test_a_client_that_goes_on_sending_learns_that_its_frame_is_too_large(
    server: Server, room: str
) -> None:
    is_cut = server.kind == "daphne"
    with contextlib.closing(raw_http.connect(server)) as raw:
        raw.sendall(raw_http.handshake(room))
        raw_http.read_head(raw)
        raw.sendall(HEAD_OF_2_MIB)
        with pytest.raises(ConnectionResetError) if is_cut else contextlib.nullcontext():
            read = b""
            while TOO_LARGE not in read:
                read += raw.recv(10_000)
            raw.sendall(b"x" * 20_000)
            raw.shutdown(socket.SHUT_WR)
            while raw.recv(10_000):
                pass


async def test_who_misbehaves_in_bulk_leaves_no_work_behind(server: Server, room: str) -> None:
    async def misbehave() -> None:
        async with v1(server.socket_url(room)) as client:
            for _ in range(300):
                await client.socket.send("{")
            assert await client.until_closed() == 4400

    process = psutil.Process(server.process.pid)
    await asyncio.gather(*(misbehave() for _ in range(30)))
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while is_connected(process):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    before = sum(process.cpu_times()[:2])
    await asyncio.sleep(2)
    assert sum(process.cpu_times()[:2]) - before < 0.2  # seconds; a timer each would take more


def is_connected(process: psutil.Process) -> bool:
    return any(it.status != psutil.CONN_LISTEN for it in process.net_connections("tcp"))


async def test_a_client_that_vanishes_in_the_middle_of_everything(
    server: Server, room: str
) -> None:
    async with v1(server.socket_url(room)) as alice:
        for number in range(5):
            async with v1(server.socket_url(room)) as bob:
                await bob.send(type="message.send", id=f"{number:032x}", text=str(number))
                bob.socket.transport.abort()
        await alice.say("still here")


def test_requests_that_are_none(server: Server) -> None:
    assert status(server.url, Host="evil.example") == 400
    assert status(f"{server.url}/", Cookie="lobby_guest=x; csrftoken=\x7f") == 200
    for query in ("limit=0", "limit=201", "limit=x", "before=0", f"before={2**63}", "before=%00"):
        assert status(f"{server.url}/chat/lobby/messages?{query}") == 400, query
    assert status(f"{server.url}/", data=b"name=x&room=y") == 403
    assert status(f"{server.url}/name/", data=b"\xff" * 100) == 403
    assert status(f"{server.url}/name/") == 405
    assert status(f"{server.url}/static/../manage.py") == 404
    with contextlib.closing(socket.create_connection(("127.0.0.1", server.port))) as raw:
        raw.sendall(b"GET /chat/\xff/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert raw.recv(20).startswith(b"HTTP/1.1 4")


PART = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nAl\xff\r\n--x--\r\n'
NO_CHARSET = "hex zlib rot13 idna undefined punycode".split()  # codecs, but none of a text


@pytest.mark.parametrize("charset", [*NO_CHARSET, "utf-16"])
def test_a_form_in_an_odd_charset_is_refused(server: Server, charset: str) -> None:
    for content_type in ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        header = f"{content_type}; charset={charset}".encode()
        assert raw_http.status(server, raw_http.form(b"/name/", header, PART)) in {400, 422}


@pytest.mark.parametrize("media", ["text/plain", "multipart/form-data", "a/b"])
@pytest.mark.parametrize(
    "parameter",
    [
        "x*=nocodec''%41",
        "boundary*0*=nocodec''a",
        "charset*=nope''%ff",
        "charset*=hex''a; x; charset*1*=\"a",
        "boundary*=idna''%ff",
    ],
)
def test_a_content_type_that_cannot_be_read_is_refused(
    server: Server, media: str, parameter: str
) -> None:
    """Its parameters have a charset of their own (RFC 2231)."""
    headers = {"Content-Type": f"{media}; {parameter}"}
    for data in (None, b"name=x&room=y"):
        assert status(f"{server.url}/", data, **headers) == 400


def test_a_page_is_shown_whatever_charset_its_request_names(server: Server) -> None:
    for media in ("text/plain", "multipart/form-data", "application/x-www-form-urlencoded"):
        headers = {"Content-Type": f"{media}; charset=nocodec"}
        assert status(f"{server.url}/", None, **headers) == 200
        assert status(f"{server.url}/", data=b"name=x&room=y", **headers) in {400, 403}


ODD_HEADERS = [
    b"Cookie: lobby_guest=\xff; sessionid=\xff; csrftoken=\xff; django_language=\xff",
    b"Accept-Language: de;q=1e9999, \xff, " + b"a-" * 1_000,
    b"Accept-Encoding: gzip;q=\xff",
    b'If-None-Match: \xff"',
    b"If-Modified-Since: Foo, 99 Bar 99999 99:99:99 GMT",
    b"Range: bytes=5-1,99999999999999999999-",
    b"X-Forwarded-For: \xff, [::1, a:b\r\nX-Forwarded-Proto: \xff",
    b"X-Forwarded-Host: \xff\r\nForwarded: for=[",
]


@pytest.mark.parametrize("header", ODD_HEADERS)
def test_an_odd_header_is_ignored(server: Server, header: bytes) -> None:
    for target in (b"/", b"/service-worker.js", b"/static/chat/icon.svg", b"/admin/login/"):
        assert raw_http.status(server, raw_http.request(target, header)) == 200


ODD_HANDSHAKES = [
    b"Sec-WebSocket-Protocol: chat.v1\xff",
    b"Sec-WebSocket-Protocol: %ff, @, ,",
    b'Sec-WebSocket-Extensions: \xff; =, permessage-deflate; x="',
    b"Origin: http://\xff",
    b"Origin: null",
    b"Accept-Language: \xff",
    b"Cookie: lobby_guest=\xff:\xff:\xff",
    b"Sec-WebSocket-Key: \xff",
]


@pytest.mark.parametrize("header", ODD_HANDSHAKES)
def test_an_odd_handshake_is_accepted_or_refused(server: Server, header: bytes) -> None:
    handshake = raw_http.request(b"/ws/chat/lobby/", *raw_http.HANDSHAKE, header)
    assert raw_http.status(server, handshake) in {101, 400, 403}


ODD_TARGETS = [b"*", b"http://evil.example/", b"//evil.example/x", b"//[", b"/%00", b"/?%ff=%zz"]


@pytest.mark.parametrize("target", ODD_TARGETS)
def test_an_odd_target_is_answered(server: Server, target: bytes) -> None:
    assert raw_http.status(server, raw_http.request(target)) in {200, 400, 404}
    handshake = raw_http.request(target, *raw_http.HANDSHAKE)
    assert raw_http.status(server, handshake) in {101, 400}


def test_a_wrong_host_is_one_line_in_the_log(server: Server) -> None:
    with contextlib.closing(raw_http.connect(server, "127.0.0.77")) as raw:  # a fresh network
        raw.sendall(b"GET / HTTP/1.1\r\nHost: wrong.example\r\n\r\n")
        assert raw_http.read_head(raw).startswith("HTTP/1.1 400 ")
    [line] = [it for it in server.log.splitlines() if "wrong.example" in it]
    assert " INFO " in line


def test_a_refused_page_says_what_is_wrong(server: Server) -> None:
    with pytest.raises(HTTPError) as refusal:
        urlopen(f"{server.url}/chat/%F0%9F%8E%89/")
    assert "1 to 64 characters" in refusal.value.read().decode()
    with pytest.raises(HTTPError) as refusal:
        urlopen(f"{server.url}/chat/lobby/messages?limit=999")
    assert "limit" in json.load(refusal.value)["errors"]


def status(url: str, data: bytes | None = None, **headers: str) -> int:
    try:
        with urlopen(Request(url, data=data, headers=headers)) as answer:
            code: int = answer.status
            return code
    except HTTPError as error:
        return error.code
