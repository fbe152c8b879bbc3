"""Many uploads at once: none of them is whole in memory."""

import asyncio
from collections.abc import Iterator

import psutil
import pytest

from chat.tests.support.multipart import CONTENT_TYPE, file, form_body
from chat.tests.support.raw_http import MAY_POST, request
from chat.tests.support.servers import Server, serving

FILES, PART = b"/chat/a/files", b"/chat/a/files/0b0f2a5e-0000-4000-8000-000000000000"
UPLOADS = 40
PIECE = b"x" * 65_536
PIECES = 20 * 16  # 20 MB
GROWN_MAX_BYTES = 80 * 1024 * 1024  # for 800 MB
POLL_SECONDS = 0.02

FORM_HEAD, _, FORM_END = form_body(file(b"DATA")).partition(b"DATA")


@pytest.fixture(scope="module", params=["echoing daphne", "echoing uvicorn"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with serving(request.param, tmp_path_factory.mktemp("memory")) as server:
        yield server


async def send_file(server: Server) -> bytes:
    """The status line of the answer."""
    length = len(FORM_HEAD) + PIECES * len(PIECE) + len(FORM_END)
    headers = (b"Content-Type: " + CONTENT_TYPE, b"Content-Length: %d" % length)
    start = request(FILES, *MAY_POST, *headers, method=b"POST")
    return await send(server, start + FORM_HEAD, FORM_END)


async def send_part(server: Server) -> bytes:
    length = b"Content-Length: %d" % (PIECES * len(PIECE))
    return await send(server, request(PART, *MAY_POST, length, method=b"PATCH"), b"")


async def send(server: Server, start: bytes, end: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(start)
    for _ in range(PIECES):
        writer.write(PIECE)
        await writer.drain()
    writer.write(end)
    line = await reader.readline()
    writer.close()
    return line


async def test_forty_uploads_at_once_are_not_in_memory(server: Server) -> None:
    process = psutil.Process(server.process.pid)
    await asyncio.gather(send_file(server), send_part(server))  # what the first ones cost, all do
    before = most = process.memory_info().rss
    senders = [send_file, send_part] * (UPLOADS // 2)
    running = asyncio.ensure_future(asyncio.gather(*(it(server) for it in senders)))
    while not running.done():
        most = max(most, process.memory_info().rss)
        await asyncio.sleep(POLL_SECONDS)
    assert {*running.result()} == {b"HTTP/1.1 200 OK\r\n"}
    print(f"{server.kind}: {(most - before) / 1024 / 1024:.1f} MB for {UPLOADS} uploads")
    assert most - before < GROWN_MAX_BYTES
