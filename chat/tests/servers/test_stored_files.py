"""Files over the wire: parts of them, slow readers, and connections that break."""

import asyncio
import gzip
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psutil
import pytest
from django.core.files.base import ContentFile

from chat.files.storage.bucket import BucketStorage
from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.raw_http import connect, head, read_answer, read_head, read_rest
from chat.tests.support.s3_server import CREDENTIALS, S3Server
from chat.tests.support.servers import Server, serving
from mysite.environment import bucket

SETTINGS = {"DJANGO_SETTINGS_MODULE": "chat.tests.support.stored_files_settings"}
SECRET = CREDENTIALS["AWS_SECRET_ACCESS_KEY"]
KEY = "3f/3f9c2a"
PATH = f"/stored/{KEY}"
DATA = os.urandom(25 * 1024 * 1024)
SLOW_READERS = 50
GROWN_MAX_BYTES = 60 * 1024 * 1024  # 50 readers of 25 MB each


@pytest.fixture(scope="module")
def server(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("stored")
    with serving(kind, folder, **SETTINGS) as server:
        store(server, DATA)
        yield server
        assert "Traceback" not in server.log


def store(server: Server, data: bytes, key: str = KEY) -> Path:
    path = server.data_dir / "files" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def is_open(server: Server) -> bool:
    opened = psutil.Process(server.process.pid).open_files()
    return any(it.path.endswith(KEY) for it in opened)


async def until_closed(server: Server) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while is_open(server):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def test_a_file_arrives_whole_and_as_it_is(server: Server) -> None:
    with closing(connect(server)) as raw:
        raw.sendall(head("GET", PATH, "Accept-Encoding: gzip"))
        answer, body = read_answer(raw)
    assert answer.startswith("HTTP/1.1 200 ")
    assert "content-encoding" not in answer.lower()
    assert 'etag: "etag"' in answer.lower()
    assert body == DATA


def test_pages_are_compressed_as_before(server: Server) -> None:
    with closing(connect(server)) as raw:
        raw.sendall(head("GET", "/", "Accept-Encoding: gzip"))
        answer, body = read_answer(raw)
    assert "content-encoding: gzip" in answer.lower()
    assert b"room-name-input" in gzip.decompress(body)


def test_parts_and_conditions_share_a_connection(server: Server) -> None:
    with closing(connect(server)) as raw:
        for headers, status, body in (
            (["Range: bytes=100-299"], 206, DATA[100:300]),
            (["Range: bytes=-5"], 206, DATA[-5:]),
            (["Range: bytes=0-0", 'If-Range: "etag"'], 206, DATA[:1]),
        ):
            raw.sendall(head("GET", PATH, *headers))
            answer, read = read_answer(raw)
            assert answer.startswith(f"HTTP/1.1 {status} ")
            assert read == body
        for method, header, status in (
            ("HEAD", "Range: bytes=0-9", 200),
            ("GET", 'If-None-Match: "etag"', 304),
        ):
            raw.sendall(head(method, PATH, header))
            answer = read_head(raw)
            assert answer.startswith(f"HTTP/1.1 {status} ")
            assert f"content-length: {len(DATA)}" in answer.lower()
        raw.sendall(head("GET", PATH, "Range: bytes=99999999-", "Connection: close"))
        assert read_head(raw).startswith("HTTP/1.1 416 ")
        assert read_rest(raw) == b""


def test_headers_of_pages_do_not_replace_those_of_files(server: Server) -> None:
    with closing(connect(server)) as raw:
        raw.sendall(head("GET", PATH, "Range: bytes=0-0"))
        answer, _ = read_answer(raw)
    lines = answer.lower().split("\r\n")
    for header in (
        "content-security-policy: sandbox; default-src 'none'",
        "cross-origin-resource-policy: same-origin",
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
        "cache-control: private, no-cache",
        "accept-ranges: bytes",
        "content-type: image/png",
        "content-disposition: inline; filename=\"tea.png\"",
        "content-range: bytes 0-0/26214400",
    ):  # fmt: skip
        name = header.split(":")[0]
        assert [line for line in lines if line.startswith(f"{name}:")] == [header]


async def test_slow_readers_hold_neither_memory_nor_threads(server: Server) -> None:
    process = psutil.Process(server.process.pid)
    test_a_file_arrives_whole_and_as_it_is(server)  # what the first answer loads is loaded
    before = process.memory_info().rss
    with ExitStack() as stack:
        readers = [
            stack.enter_context(closing(connect(server, receive_bytes=4096)))
            for _ in range(SLOW_READERS)
        ]
        for raw in readers:
            raw.sendall(head("GET", PATH))
        for raw in readers:
            assert read_head(raw).startswith("HTTP/1.1 200 ")
        for _ in range(20):
            for raw in readers:
                assert raw.recv(2048)
        test_a_file_arrives_whole_and_as_it_is(server)
        test_pages_are_compressed_as_before(server)
        grown = process.memory_info().rss - before
    print(f"{server.kind}: {grown / 1024 / 1024:.1f} MB for {SLOW_READERS} slow readers")
    assert grown < GROWN_MAX_BYTES
    await until_closed(server)


@pytest.mark.parametrize("how", ["closed", "reset"])
async def test_a_reader_that_leaves_closes_the_file(server: Server, how: str) -> None:
    raw = connect(server, receive_bytes=4096)
    raw.sendall(head("GET", PATH))
    assert read_head(raw).startswith("HTTP/1.1 200 ")
    assert is_open(server)
    if how == "reset":
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    raw.close()
    await until_closed(server)


def test_a_file_that_has_gone_is_not_found(server: Server) -> None:
    with closing(connect(server)) as raw:
        raw.sendall(head("GET", "/stored/3f/gone?size=5"))
        assert read_head(raw).startswith("HTTP/1.1 404 ")


def test_a_file_that_ends_early_breaks_the_connection(server: Server) -> None:
    """The client would take the next answer for the rest of the file."""
    store(server, DATA[:100_000], "3f/short")
    with closing(connect(server)) as raw:
        raw.sendall(head("GET", "/stored/3f/short?size=200000") + head("GET", "/livez"))
        assert "content-length: 200000" in read_head(raw).lower()
        assert read_rest(raw) == DATA[:100_000]
    assert "File 3f/short ends early" in server.log


async def test_a_file_that_is_deleted_while_it_is_read_is_read_to_its_end(server: Server) -> None:
    path = store(server, DATA, "3f/deleted")
    with closing(connect(server, receive_bytes=4096)) as raw:
        raw.sendall(head("GET", "/stored/3f/deleted"))
        assert read_head(raw).startswith("HTTP/1.1 200 ")
        path.unlink()
        read = b""
        while len(read) < len(DATA):
            read += raw.recv(1024 * 1024)
    assert read == DATA


@pytest.fixture(scope="module")
def bucket_server(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    url = S3Server.shared().url()
    storage = BucketStorage(
        **bucket(url), access_key=CREDENTIALS["AWS_ACCESS_KEY_ID"], secret_key=SECRET
    )
    storage.save(KEY, ContentFile(DATA))
    folder = tmp_path_factory.mktemp("bucket")
    with serving(kind, folder, FILES_URL=url, **CREDENTIALS, **SETTINGS) as server:
        yield server
        assert "Traceback" not in server.log
        assert SECRET not in server.log


def test_a_bucket_serves_the_same(bucket_server: Server) -> None:
    test_a_file_arrives_whole_and_as_it_is(bucket_server)
    test_parts_and_conditions_share_a_connection(bucket_server)
    test_a_file_that_has_gone_is_not_found(bucket_server)


async def test_slow_readers_of_a_bucket_hold_no_memory_either(bucket_server: Server) -> None:
    await test_slow_readers_hold_neither_memory_nor_threads(bucket_server)
