"""Bodies of requests: too large a one is refused before anything parses it, on every path."""

import socket
from collections.abc import Iterator
from contextlib import closing, suppress

import psutil
import pytest
from pytest_django.fixtures import Settings

from chat.tests.support.raw_http import connect, head, read_answer, read_head, read_rest
from chat.tests.support.servers import Server
from mysite.servers import bodies
from mysite.servers.bodies import BODY_MAX_BYTES

PATHS = ["/", "/chat/lobby/", "/name/", "/livez", "/static/nothing", "/nowhere/", "/admin/login/"]
ANNOUNCED = f"Content-Length: {300 * 1024 * 1024}"
CHUNKED = "Transfer-Encoding: chunked"
FORM = "Content-Type: multipart/form-data; boundary=x"
FILE = b"/chat/a/files/0b0f2a5e-0000-4000-8000-000000000000"
SENT_MAX_BYTES = 64 * 1024 * 1024  # above what a test sends before it is told
GROWN_MAX_BYTES = 20 * 1024 * 1024


@pytest.fixture(scope="module", params=["daphne", "uvicorn", "plain uvicorn"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(shared_server: Server) -> Iterator[Server]:
    """A server that has no error to log."""
    before = len(shared_server.log)
    yield shared_server
    news = shared_server.log[before:]
    assert "Traceback" not in news
    assert "ERROR" not in news


@pytest.fixture
def raw(server: Server) -> Iterator[socket.socket]:
    with closing(connect(server)) as raw:
        yield raw


@pytest.mark.parametrize("path", PATHS)
def test_a_body_that_is_announced_too_large_is_refused_before_it_comes(
    raw: socket.socket, path: str
) -> None:
    raw.sendall(head("POST", path, FORM, ANNOUNCED))
    answer_head, _ = read_answer(raw)
    assert answer_head.startswith("HTTP/1.1 413 ")
    assert "connection: close" in answer_head.lower()
    assert read_rest(raw) == b""


@pytest.mark.parametrize("path", PATHS)
def test_a_body_that_does_not_say_its_size_is_cut_off(raw: socket.socket, path: str) -> None:
    raw.sendall(head("POST", path, FORM, CHUNKED))
    send_until_told(raw, b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
    assert read_head(raw).startswith("HTTP/1.1 413 ")


def send_until_told(raw: socket.socket, chunk: bytes) -> None:
    raw.setblocking(False)
    sent = 0
    told = False
    while not told:
        with suppress(BlockingIOError):
            sent += raw.send(chunk[sent % len(chunk) :])
        with suppress(BlockingIOError):
            told = bool(raw.recv(1, socket.MSG_PEEK))
        assert sent < SENT_MAX_BYTES
    raw.settimeout(30)


@pytest.mark.parametrize(
    ("size", "is_taken"), [(BODY_MAX_BYTES, True), (BODY_MAX_BYTES + 1, False)]
)
def test_a_body_may_have_so_many_bytes_and_not_one_more(
    server: Server, size: int, is_taken: bool
) -> None:
    body = b"x" * size
    middle = size // 2
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(it), it) for it in (body[:middle], body[middle:]))
    for sent in (
        head("POST", "/name/", f"Content-Length: {size}") + body,
        head("POST", "/name/", CHUNKED) + chunks + b"0\r\n\r\n",
    ):
        with closing(connect(server)) as raw:
            raw.sendall(sent)
            assert read_head(raw).startswith("HTTP/1.1 403 " if is_taken else "HTTP/1.1 413 ")


def test_who_asks_before_sending_a_body_is_told_at_once(raw: socket.socket) -> None:
    raw.sendall(head("POST", "/name/", ANNOUNCED, "Expect: 100-continue"))
    assert read_head(raw).startswith("HTTP/1.1 413 ")


def test_a_connection_serves_on_up_to_a_body_that_is_too_large(raw: socket.socket) -> None:
    """And takes nothing in that body for a request."""
    for _ in range(2):
        raw.sendall(head("POST", "/name/", "Content-Length: 3") + b"x=y")
        assert read_answer(raw)[0].startswith("HTTP/1.1 403 ")
    raw.sendall(head("POST", "/name/", ANNOUNCED) + head("GET", "/livez") * 100)
    assert read_answer(raw)[0].startswith("HTTP/1.1 413 ")
    raw.sendall(head("GET", "/livez"))
    assert read_rest(raw) == b""


@pytest.mark.parametrize(
    ("root", "stripped", "method", "target", "takes_files"),
    [
        ("", False, b"POST", b"/chat/a/files", True),
        ("", False, b"POST", b"/chat/%C3%A4/files?x=/y", True),
        ("", False, b"POST", b"/chat/%C3%A4%2F/files", False),
        ("", False, b"POST", b"/%63hat/a/fil%65s", True),  # as Django reads it
        ("", False, b"POST", b"/chat/a/fil%2565s", False),
        ("", False, b"POST", b"/elsewhere?x=/chat/a/files", False),
        ("", False, b"POST", b"/chat/a/files/", False),
        ("", False, b"POST", b"/chat/a/b/files", False),
        ("", False, b"PUT", b"/chat/a/files", False),
        ("", False, b"post", b"/chat/a/files", True),
        ("", False, b"POST", FILE, False),
        ("", False, b"PATCH", FILE, True),
        ("", False, b"PATCH", b"/chat/a/files", False),
        ("", False, b"PATCH", b"/chat/a/files/b", False),
        ("/lobby", False, b"POST", b"/lobby/chat/a/files", True),
        ("/lobby", False, b"POST", b"/chat/a/files", False),
        ("/lobby", False, b"POST", b"/lobbyist/chat/a/files", False),
        ("/lobby", True, b"POST", b"/chat/a/files", True),
        ("/lobby", True, b"POST", b"/lobby/chat/a/files", False),
    ],
)
def test_a_path_that_takes_files_takes_them_under_a_root_path(
    root: str,
    stripped: bool,
    method: bytes,
    target: bytes,
    takes_files: bool,
    settings: Settings,
) -> None:
    settings.ROOT_PATH, settings.ROOT_PATH_STRIPPED = root, stripped
    settings.FILE_MAX_BYTES = 1_000_000
    expected = BODY_MAX_BYTES + 1_000_000 if takes_files else BODY_MAX_BYTES
    assert bodies.max_bytes(method, target) == expected


def test_a_large_upload_costs_no_memory(server: Server, raw: socket.socket) -> None:
    process = psutil.Process(server.process.pid)
    before = process.memory_info().rss
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
    raw.sendall(head("POST", "/", FORM, ANNOUNCED) + part)
    with suppress(ConnectionError, TimeoutError):
        for _ in range(1_000):
            raw.sendall(b"x" * 65_536)  # the server reads on for a while, so that it is heard
    assert process.memory_info().rss - before < GROWN_MAX_BYTES
