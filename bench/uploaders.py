"""People who send files, in a process of their own: they do not delay those who talk."""

import asyncio
import multiprocessing
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from uuid import uuid4

from bench.targets import Running
from chat.tests.support.multipart import CONTENT_TYPE, field, file, form_body

PIECE_BYTES = 64 * 1024  # sent at once
NICE = 15  # the load generator, on the same core, goes first
FINISH_SECONDS = 20  # for what is under way at the end: what comes next begins without it
TOKEN = "x" * 32  # against CSRF


@dataclass
class Sent:
    """What came of the files."""

    bytes: int = 0
    taken: int = 0
    refused: int = 0


@asynccontextmanager
async def sending_files(
    running: Running, room: str, content: bytes, people: int
) -> AsyncIterator[dict[str, float]]:
    """So many people send a file each, again and again: all have begun when the block does.

    Afterwards, the figures say how many were taken, and how much was sent.
    """
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    clients = [(_port(running, it), running.cookie()) for it in range(people)]
    process = spawn.Process(target=_run, args=(there, clients, room, content), daemon=True)
    process.start()
    figures: dict[str, float] = {}
    try:
        await asyncio.to_thread(here.recv)
        yield figures
        here.send("stop")
        figures |= await asyncio.to_thread(here.recv)
        await asyncio.to_thread(here.recv)
    finally:
        process.kill()
        process.join()


def _port(running: Running, client: int) -> int:
    return running.ports[client % len(running.ports)]


# --- in the process -----------------------------------------------------------------------------


def _run(parent: Connection, clients: list[tuple[int, str]], room: str, content: bytes) -> None:
    os.nice(NICE)
    asyncio.run(_send_all(parent, clients, room, content))


async def _send_all(
    parent: Connection, clients: list[tuple[int, str]], room: str, content: bytes
) -> None:
    sent = Sent()
    people = [Uploader(*it, room, content, sent) for it in clients]
    tasks = [asyncio.create_task(it.send_again_and_again()) for it in people]
    await asyncio.gather(*(it.has_begun.wait() for it in people))
    before, start = replace(sent), time.perf_counter()
    parent.send("all have begun")
    await asyncio.to_thread(parent.recv)
    seconds = time.perf_counter() - start
    parent.send(
        {
            "uploads_per_second": (sent.taken - before.taken) / seconds,
            "upload_mib_per_second": (sent.bytes - before.bytes) / seconds / 2**20,
            "refused": sent.refused + sum(it.done() for it in tasks),
        }
    )
    for person in people:
        person.is_last = True
    await asyncio.wait(tasks, timeout=FINISH_SECONDS)
    parent.send("done")


class Uploader:
    """One person, who sends the file again once it is taken."""

    def __init__(self, port: int, cookie: str, room: str, content: bytes, sent: Sent) -> None:
        self._port, self._cookie, self._room, self._content = port, cookie, room, content
        self._sent = sent
        self.has_begun = asyncio.Event()
        self.is_last = False  # the file under way

    async def send_again_and_again(self) -> None:
        while not self.is_last:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            request = memoryview(_request(self._cookie, self._room, self._content))
            for start in range(0, len(request), PIECE_BYTES):
                piece = request[start : start + PIECE_BYTES]
                writer.write(piece)
                await writer.drain()
                self._sent.bytes += len(piece)
                self.has_begun.set()
            is_taken = (await reader.readline()).startswith(b"HTTP/1.1 201 ")
            self._sent.taken += is_taken
            self._sent.refused += not is_taken
            writer.close()


def _request(cookie: str, room: str, content: bytes) -> bytes:
    body = form_body(field(b"id", str(uuid4()).encode()), file(content))
    head = [
        f"POST /chat/{room}/files HTTP/1.1",
        "Host: localhost",
        "Connection: close",
        f"Cookie: csrftoken={TOKEN}; {cookie}",
        f"X-CSRFToken: {TOKEN}",
        f"Content-Type: {CONTENT_TYPE.decode()}",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body
