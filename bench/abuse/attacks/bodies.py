"""Bodies of requests that are too large."""

import asyncio
from contextlib import suppress

from bench.abuse.attack import Attack, Networks, Scale, Tally, Target, repeat
from bench.abuse.requests import count_status, read_status, request, tcp

PATHS = ["/", "/chat/lobby/", "/name/", "/livez", "/admin/login/", "/nowhere/"]
BYTES = 300 * 1024 * 1024
FORM = "Content-Type: multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
PIECE = b"x" * 65_536
PIECES_MAX = BYTES // len(PIECE)
ANSWER_SECONDS = 30.0
WORKERS = 20


async def _send(target: Target, tally: Tally, path: str, head: str, piece: bytes) -> None:
    """Send a body until the server answers or cuts the connection."""
    tally.tried += 1
    network = Networks(many=True).next()
    async with tcp(target) as (reader, writer), asyncio.timeout(ANSWER_SECONDS):
        status = asyncio.create_task(read_status(reader))
        writer.write(request("POST", path, network, FORM, head, close=False) + piece)
        with suppress(ConnectionError):
            for _ in range(PIECES_MAX):
                if status.done():
                    break
                writer.write(piece)
                await writer.drain()
        count_status(tally, await status)


async def announced(target: Target, scale: Scale, tally: Tally) -> None:
    paths = iter(PATHS * 100_000)

    async def act() -> None:
        await _send(target, tally, next(paths), f"Content-Length: {BYTES}", PART + PIECE)

    await repeat(scale, tally, WORKERS, act)


async def streamed(target: Target, scale: Scale, tally: Tally) -> None:
    paths = iter(PATHS * 100_000)
    chunk = b"%x\r\n%b\r\n" % (len(PIECE), PIECE)

    async def act() -> None:
        await _send(target, tally, next(paths), "Transfer-Encoding: chunked", chunk)

    await repeat(scale, tally, WORKERS, act)


ATTACKS = [
    Attack("bodies: 300 MB announced", announced, is_refused=True),
    Attack("bodies: 300 MB in chunks", streamed, is_refused=True),
]
