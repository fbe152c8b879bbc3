"""Uploads on real servers: streamed as they come, refused early, and nothing left behind."""

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path
from select import select
from typing import Any

import psutil
import pytest

from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.multipart import CONTENT_TYPE, field, file, form_body
from chat.tests.support.raw_http import (
    MAY_POST,
    TOKEN,
    connect,
    form,
    head,
    read_answer,
    read_head,
    read_rest,
    request,
)
from chat.tests.support.servers import Server, serving
from mysite.servers.uploads.application import PIECE_BYTES

FILES = b"/chat/a/files"
PART = b"/chat/a/files/0b0f2a5e-0000-4000-8000-000000000000"
FILE_MAX_BYTES = 8 * 1024 * 1024
FILE_SIZE = 4 * 1024 * 1024  # that the operating system of the full disk allows
PICTURE = bytes(range(256)) * 12_000  # 3 MB
GOT = [len(PICTURE), sha256(PICTURE).hexdigest()]
CHUNKED = b"Transfer-Encoding: chunked"
POLL_SECONDS = 0.02
STALL_SECONDS = 1  # without room to send more
BEHIND_MAX_BYTES = 8 * 1024 * 1024


@pytest.fixture(scope="module", params=["echoing daphne", "echoing uvicorn"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def shared_server(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("shared")
    bounds = f"BODY_SECONDS=2 BODY_STALL_SECONDS=2 FILE_SIZE={FILE_SIZE}"
    with serving(kind, folder, FILE_MAX_BYTES=str(FILE_MAX_BYTES), BOUNDS=bounds) as server:
        yield server


@pytest.fixture
async def server(shared_server: Server) -> Any:
    """A server that has no error to log, and no file left."""
    before = len(shared_server.log)
    yield shared_server
    await until(lambda: files_in(shared_server) == [])
    news = shared_server.log[before:]
    assert "Traceback" not in news
    assert "ERROR" not in news
    assert "multipart" not in news


@pytest.fixture
def raw(server: Server) -> Iterator[socket.socket]:
    with closing(connect(server)) as raw:
        yield raw


def files_in(server: Server) -> list[Path]:
    return list((server.data_dir / "uploads").iterdir())


def sizes_of_files(server: Server) -> list[int]:
    """Of two uploads, once both have begun."""
    files = files_in(server)
    return [it.stat().st_size for it in files] if len(files) == 2 else []


def got(server: Server) -> list[Any]:
    """What the view got, oldest first."""
    path = server.data_dir / "got"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


async def until(is_so: Any) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(POLL_SECONDS)


def an_upload(data: bytes = PICTURE) -> bytes:
    return form(FILES, CONTENT_TYPE, form_body(field(b"id", b"42"), file(data)))


def a_part(data: bytes = PICTURE) -> bytes:
    return request(PART, *MAY_POST, method=b"PATCH", body=data)


def chunks(data: bytes, size: int) -> bytes:
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(it), it) for it in pieces) + b"0\r\n\r\n"


def answer(raw: socket.socket) -> tuple[int, Any]:
    answer_head, answer_body = read_answer(raw)
    return int(answer_head.split()[1]), json.loads(answer_body)


def refusal(raw: socket.socket) -> tuple[int, str]:
    """The status and the code of an answer that ends the connection."""
    status, content = answer(raw)
    assert read_rest(raw) == b""
    return status, content["error"]["code"]


# --- what arrives -------------------------------------------------------------------------------


def test_connections_serve_on_after_uploads(raw: socket.socket) -> None:
    expected = {
        "fields": {"id": ["42"]},
        "files": {"file": ["a.png", "image/png", *GOT, len(PICTURE), True]},
        "part": None,
    }
    for _ in range(2):
        raw.sendall(an_upload())
        assert answer(raw) == (200, expected)
        raw.sendall(a_part())
        assert answer(raw) == (200, {"fields": {}, "files": {}, "part": GOT})
    raw.sendall(head("GET", "/livez"))
    assert read_answer(raw)[0].startswith("HTTP/1.1 200 ")


def test_requests_may_follow_an_upload_at_once(raw: socket.socket) -> None:
    raw.sendall(an_upload() + a_part() + an_upload(b"x") + head("GET", "/livez"))
    assert [answer(raw)[0] for _ in range(3)] == [200] * 3
    assert read_answer(raw)[0].startswith("HTTP/1.1 200 ")


@pytest.mark.parametrize("size", [1_000, 100_000])
def test_a_body_that_does_not_say_its_size_is_taken(raw: socket.socket, size: int) -> None:
    start = request(PART, *MAY_POST, CHUNKED, method=b"PATCH")
    raw.sendall(start + chunks(PICTURE, size) + head("GET", "/livez"))
    assert answer(raw)[1]["part"] == GOT
    assert read_answer(raw)[0].startswith("HTTP/1.1 200 ")


def test_a_file_may_have_all_the_bytes_there_are_for_it(raw: socket.socket) -> None:
    data = b"x" * FILE_SIZE
    raw.sendall(an_upload(data))
    assert answer(raw)[1]["files"]["file"][2] == FILE_SIZE


async def test_a_body_is_on_disk_before_it_is_through(server: Server, raw: socket.socket) -> None:
    raw.sendall(an_upload()[:-1_000_000])
    await until(lambda: [it for it in files_in(server) if it.stat().st_size > 1_000_000])
    raw.sendall(an_upload()[-1_000_000:])
    assert answer(raw)[0] == 200


async def test_a_client_waits_for_a_server_that_is_behind(kind: str, tmp_path: Path) -> None:
    data = b"x" * 24_000_000  # more than the kernel keeps for both sides
    unsent = memoryview(request(PART, *MAY_POST, b"X-Wait: yes", method=b"PATCH", body=data))
    with serving(kind, tmp_path) as server, closing(connect(server)) as raw:
        before = psutil.Process(server.process.pid).memory_info().rss
        raw.setblocking(False)
        while select([], [raw], [], STALL_SECONDS)[1]:
            unsent = unsent[raw.send(unsent) :]
        assert unsent
        assert psutil.Process(server.process.pid).memory_info().rss - before < BEHIND_MAX_BYTES
        (tmp_path / "go").touch()
        raw.settimeout(TIMEOUT_SECONDS)
        raw.sendall(unsent)
        assert answer(raw)[1]["part"][0] == len(data)


def test_a_form_may_bring_its_token_in_a_field(raw: socket.socket) -> None:
    body = form_body(field(b"csrfmiddlewaretoken", TOKEN), file(b"x"))
    headers = (b"Content-Type: " + CONTENT_TYPE, b"Cookie: csrftoken=" + TOKEN)
    raw.sendall(request(FILES, *headers, method=b"POST", body=body))
    assert answer(raw)[0] == 200


@pytest.mark.parametrize(("method", "path"), [(b"POST", FILES), (b"PATCH", PART)])
def test_an_upload_without_a_token_is_forged(
    raw: socket.socket, method: bytes, path: bytes
) -> None:
    headers = (b"Content-Type: " + CONTENT_TYPE,)
    raw.sendall(request(path, *headers, method=method, body=form_body(file(PICTURE))))
    assert read_answer(raw)[0].startswith("HTTP/1.1 403 ")


# --- refusals -----------------------------------------------------------------------------------


def test_who_asks_before_sending_is_told_to_go_on(raw: socket.socket) -> None:
    start, _, body = an_upload().partition(b"\r\n\r\n")
    raw.sendall(start + b"\r\nExpect: 100-continue\r\n\r\n")
    assert read_head(raw).startswith("HTTP/1.1 100 ")
    raw.sendall(body)
    assert answer(raw)[0] == 200


def test_who_asks_before_sending_is_refused_at_once(raw: socket.socket) -> None:
    start, _, _ = an_upload().partition(b"\r\n\r\n")
    raw.sendall(start + b"\r\nExpect: 100-continue\r\nX-Refuse: 403\r\n\r\n")
    assert refusal(raw) == (403, "not_allowed")


@pytest.mark.parametrize("connection", [b"keep-alive", b"close"])
def test_a_refusal_reaches_who_is_still_sending(
    raw: socket.socket, server: Server, connection: bytes
) -> None:
    headers = (b"X-Refuse: 403", b"Connection: " + connection, b"Content-Type: " + CONTENT_TYPE)
    whole = request(FILES, *headers, method=b"POST", body=form_body(file(b"x" * 6_000_000)))
    raw.sendall(whole)
    answer_head, body = read_answer(raw)
    assert answer_head.startswith("HTTP/1.1 403 ")
    assert "connection: close" in answer_head.lower()
    assert "x-content-type-options: nosniff" in answer_head.lower()
    assert b"not_allowed" in body
    raw.sendall(head("GET", "/livez"))
    assert read_rest(raw) == b""


def test_a_body_that_is_announced_too_large_is_refused_before_it_comes(raw: socket.socket) -> None:
    length = FILE_MAX_BYTES + 64 * 1024 + 1
    raw.sendall(request(PART, b"Content-Length: %d" % length, method=b"PATCH"))
    assert read_answer(raw)[0].startswith("HTTP/1.1 413 ")
    assert read_rest(raw) == b""


async def test_a_file_is_refused_as_soon_as_it_is_too_large(tmp_path: Path, kind: str) -> None:
    with serving(kind, tmp_path, FILE_MAX_BYTES="1000000") as server:
        with closing(connect(server)) as raw:
            raw.sendall(an_upload(b"x" * 1_050_000))
            assert answer(raw)[1]["error"]["code"] == "too_large"
        with closing(connect(server)) as raw:
            raw.sendall(request(FILES, *MAY_POST, CHUNKED, method=b"POST"))
            with suppress(ConnectionError):
                raw.sendall(chunks(b"x" * 2_000_000, 50_000))
            assert read_head(raw).split()[1] in {"413", "415"}
        with closing(connect(server)) as raw:
            raw.sendall(request(PART, *MAY_POST, CHUNKED, method=b"PATCH"))
            with suppress(ConnectionError):
                raw.sendall(chunks(b"x" * 2_000_000, 50_000))
            assert read_head(raw).split()[1] == "413"
        await until(lambda: files_in(server) == [])
        assert "Traceback" not in server.log


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"no form" * 100_000, (400, "bad_form")),
        (form_body(field(b"a", b"x" * 100_000), file(PICTURE)), (400, "bad_form")),
        (form_body(file(b"x"), file(PICTURE)), (422, "bad_form")),
    ],
)
def test_what_is_no_form_is_refused(
    raw: socket.socket, body: bytes, expected: tuple[int, str]
) -> None:
    raw.sendall(form(FILES, CONTENT_TYPE, body))
    status, content = answer(raw)
    assert (status, content["error"]["code"]) == expected


@pytest.mark.parametrize("whole", [an_upload(b"x" * 6_000_000), a_part(b"x" * 6_000_000)])
def test_a_full_disk_is_told(raw: socket.socket, whole: bytes) -> None:
    with suppress(ConnectionError):
        raw.sendall(whole)
    status, content = answer(raw)
    assert (status, content["error"]["code"]) == (507, "no_space")


def test_a_connection_that_would_be_a_websocket_is_an_upload(raw: socket.socket) -> None:
    upgrade = (b"Connection: Upgrade", b"Upgrade: nothing")
    raw.sendall(request(PART, *MAY_POST, *upgrade, method=b"PATCH", body=PICTURE))
    assert answer(raw)[1]["part"] == GOT


# --- connections that break ---------------------------------------------------------------------


async def test_a_form_that_breaks_off_leaves_nothing(server: Server) -> None:
    before = len(got(server))
    with closing(connect(server)) as raw:
        raw.sendall(an_upload()[:-1_000_000])
        await until(lambda: files_in(server))
    await until(lambda: files_in(server) == [])
    assert len(got(server)) == before


async def test_what_arrived_of_a_part_before_it_broke_off_counts(server: Server) -> None:
    before = len(got(server))
    with closing(connect(server)) as raw:
        raw.sendall(a_part()[:-1_000_000])
    await until(lambda: len(got(server)) > before)
    arrived = PICTURE[:-1_000_000]
    assert got(server)[before]["part"] == [len(arrived), sha256(arrived).hexdigest()]


async def test_a_part_that_stalls_is_cut_off_and_counts(server: Server, raw: socket.socket) -> None:
    before = len(got(server))
    raw.sendall(a_part()[:-1_000_000])
    assert read_rest(raw) == b""
    await until(lambda: len(got(server)) > before)
    assert got(server)[before]["part"][0] == len(PICTURE) - 1_000_000


async def test_uploads_under_way_end_with_the_server(tmp_path: Path, kind: str) -> None:
    with serving(kind, tmp_path) as server:
        with closing(connect(server)) as ada, closing(connect(server)) as bob:
            ada.sendall(an_upload()[:-1_000_000])
            bob.sendall(a_part()[:-1_000_000])
            written = len(PICTURE) - 1_000_000 - PIECE_BYTES  # the rest waits for a whole piece
            await until(lambda: min(sizes_of_files(server), default=0) >= written)
            server.terminate()
        assert files_in(server) == []
        [part] = [it["part"][0] for it in got(server)]
        assert part >= written
        assert "Traceback" not in server.log
