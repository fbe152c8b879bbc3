"""The attackers' TCP connections and HTTP requests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bench.abuse.attack import Tally, Target

ANSWER_SECONDS = 60.0
TOKEN = "x" * 32


@asynccontextmanager
async def tcp(
    target: Target, host: str = "127.0.0.1"
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection from an address of this machine. Raises OSError."""
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port, local_addr=(host, 0))
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


def request(
    method: str, path: str, network: str, *headers: str, body: bytes = b"", close: bool = True
) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: localhost",
        f"X-Forwarded-For: {network}",
        *(["Connection: close"] if close else []),
        *([f"Content-Length: {len(body)}"] if body else []),
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def form(path: str, network: str, cookie: str, body: str) -> bytes:
    """A form that is sent with a CSRF token."""
    return request(
        "POST",
        path,
        network,
        f"Cookie: csrftoken={TOKEN}; {cookie}",
        f"X-CSRFToken: {TOKEN}",
        "Content-Type: application/x-www-form-urlencoded",
        body=body.encode(),
    )


async def fetch(target: Target, tally: Tally, sent: bytes) -> int:
    """Send a request and read its answer. Returns the status; 0 if there is none."""
    tally.tried += 1
    async with tcp(target) as (reader, writer), asyncio.timeout(ANSWER_SECONDS):
        writer.write(sent)
        status = await read_status(reader)
        with suppress(ConnectionError):
            await reader.read()
    count_status(tally, status)
    return status


async def read_status(reader: asyncio.StreamReader) -> int:
    line = await reader.readline()
    return int(line.split()[1]) if line.startswith(b"HTTP/1.1 ") else 0


def count_status(tally: Tally, status: int) -> None:
    if status >= 500 and status != 503:
        tally.problems.append(f"answered {status}")
    elif status >= 400:
        tally.refused[str(status)] += 1
