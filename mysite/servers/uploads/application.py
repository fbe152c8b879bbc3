"""An ASGI application around the pages, which takes the files that people send.

Django would store a body whole, and the file in it once more. Here it goes to disk as it comes, in
threads; while those are behind, no more of it is read. Django gets what came with the scope: a form
as `lobby.form`, another body as `lobby.body`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeVar

from mysite.servers import bodies, short_answers
from mysite.servers.connections import bounded_network
from mysite.servers.received import BODY, FORM
from mysite.servers.short_answers import Header
from mysite.servers.uploads.forms import FormBody, boundary_of
from mysite.servers.uploads.pace import Pace
from mysite.servers.uploads.slots import UploadSlots
from mysite.servers.uploads.temporary_files import TemporaryFile
from mysite.servers.uploads.turns import Turns
from mysite.servers.uploads.unacceptable import Unacceptable

THREADS = 4  # that write
PIECE_BYTES = 128 * 1024  # written at once

NO_FORM = (
    "Send a file as multipart/form-data, or begin a resumable upload with a request without a body."
)

T = TypeVar("T")


class Refusal(Protocol):
    """Why nothing of an upload is read."""

    @property
    def status(self) -> int: ...

    @property
    def code(self) -> str: ...

    @property
    def detail(self) -> str: ...

    @property
    def headers(self) -> Iterable[Header]: ...


Refuse = Callable[[Any], Awaitable[Refusal | None]]  # asked with the scope


class Sink(Protocol):
    """Where a body goes. Its methods block."""

    def write(self, data: bytes, /) -> None: ...

    def close(self) -> None: ...

    def abandon(self) -> None: ...


class Uploads:
    """Hands requests on, those with files once these are on disk."""

    def __init__(self, application: Any, refuse: Refuse) -> None:
        self._application = application
        self._refuse = refuse
        self._slots = UploadSlots()
        self._pace = Pace()
        self._turns = Turns()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if not is_upload(scope):
            await self._application(scope, receive, send)
        elif refusal := await self._refuse(scope):
            tell = teller(scope)
            await tell(send, refusal.status, refusal.code, refusal.detail, refusal.headers)
        elif not has_body(scope):
            await self._application(scope, receive, send)
        else:
            await self._take(scope, receive, send)

    async def _take(self, scope: Any, receive: Any, send: Any) -> None:
        take = self._take_form if scope["method"].upper() == "POST" else self._take_part
        try:
            with self._slots.hold(_network_of(scope)):
                await take(scope, receive, send)
        except Unacceptable as error:
            await _answer(scope, send, error)

    async def _take_form(self, scope: Any, receive: Any, send: Any) -> None:
        boundary = boundary_of(header(scope, b"content-type"))
        if boundary is None:
            raise Unacceptable(415, "bad_form", NO_FORM)
        async with closing(FormBody(boundary)) as body:
            if await self._read(receive, body):
                form = await in_thread(body.finish)
                await self._work_on({**scope, FORM: form}, send)

    async def _take_part(self, scope: Any, receive: Any, send: Any) -> None:
        """Take a part of a resumable upload: of a connection that broke, what has arrived."""
        async with closing(await in_thread(TemporaryFile)) as body:
            is_whole = await self._read(receive, body)
            if is_whole or body.size:
                body.file.seek(0)
                await self._work_on({**scope, BODY: body.file}, send if is_whole else to_nobody)

    async def _work_on(self, scope: Any, send: Any) -> None:
        """Hand on what has arrived."""
        async with self._turns.take(_network_of(scope)):
            await self._application(scope, no_body(), send)

    async def _read(self, receive: Any, sink: Sink) -> bool:
        """Write a body while it arrives. Return whether all of it has; raise Unacceptable."""
        unwritten = bytearray()
        is_open = True
        while is_open:
            message = await receive()
            unwritten += message.get("body", b"")
            is_open = message.get("more_body", False)
            if len(unwritten) >= PIECE_BYTES or not is_open:
                piece, unwritten = bytes(unwritten), bytearray()
                await in_thread(sink.write, piece)
                await self._pace.keep(len(piece))
        return bool(message["type"] == "http.request")


def is_upload(scope: Any) -> bool:
    path = scope.get("raw_path") or scope["path"].encode()
    return bodies.is_upload(scope["method"].encode(), path)


def _network_of(scope: Any) -> str | None:
    client = scope.get("client")
    return bounded_network(client[0]) if client else None


def has_body(scope: Any) -> bool:
    is_announced = header(scope, b"content-length") not in {"", "0"}
    return is_announced or header(scope, b"transfer-encoding") != ""


def header(scope: Any, wanted: bytes) -> str:
    """The value of a header; empty if there is none."""
    values = (value.decode("latin-1") for name, value in scope["headers"] if name == wanted)
    return next(values, "")


@asynccontextmanager
async def closing(sink: Any) -> AsyncIterator[Any]:
    """Close a body at the end; leave it open to a view whose thread may still read it."""
    try:
        yield sink
    except asyncio.CancelledError:
        sink.abandon()
        raise
    except BaseException:
        await in_thread(sink.close)
        raise
    else:
        await in_thread(sink.close)


def no_body() -> Callable[[], Awaitable[Any]]:
    """For an application to receive: an upload that has arrived is worked off, whoever is gone."""
    is_given = False

    async def receive() -> Any:
        nonlocal is_given
        if is_given:
            await asyncio.Event().wait()
        is_given = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive


async def to_nobody(message: Any) -> None:
    """Drop an answer: its client is gone."""


async def in_thread(work: Callable[..., T], *args: Any) -> T:
    running = asyncio.get_running_loop().run_in_executor(_threads, work, *args)
    return await asyncio.shield(running)


def teller(scope: Any) -> Callable[..., Awaitable[None]]:
    """How an error is told there."""
    is_api = bodies.is_of_api(scope.get("raw_path") or scope["path"].encode())
    return short_answers.problem if is_api else short_answers.error


async def _answer(scope: Any, send: Any, error: Unacceptable) -> None:
    headers = []
    if error.retry_after is not None:
        headers.append((b"retry-after", str(error.retry_after).encode()))
    await teller(scope)(send, error.status, error.code, error.detail, headers)


_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="upload")
