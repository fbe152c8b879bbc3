"""Answers with a file, whole or in part. A slow reader takes neither a thread nor much memory.

Whoever asks has been found to have the right. Nothing in a file runs as a page of ours.
"""

import asyncio
import logging
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import quote_etag

from chat.files import ranges
from chat.files.names import disposition
from chat.files.storage import files_storage

THREADS = 8  # pieces that are being read at once
FIRST_SECONDS = 2  # a page thread waits so long for the storage, to tell what is not there
RETRY_SECONDS = 5

SHOWN = ("audio/", "image/", "text/plain", "video/")  # types that may be inline
UNKNOWN = "application/octet-stream"

ALONE = "sandbox; default-src 'none'"
# A browser makes a page for media, which loads them again, from its origin. It runs no scripts.
PLAYED_ALONE = "sandbox allow-same-origin; default-src 'none'; media-src 'self'"

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="file")
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Served:
    """What is served: under which key it is stored, and what is said of it.

    `etag` stands for these bytes and no others, with quotes or without.
    """

    key: str
    name: str
    type: str
    size: int
    etag: str
    is_inline: bool


def respond(request: HttpRequest, file: Served) -> HttpResponseBase:
    """Answer GET and HEAD, with `?download=1` as attachment. Raises Http404 for what has gone."""
    if settings.FILES_ACCEL:
        response: HttpResponseBase = _left_to_proxy(file)
    else:
        response = _answer(request, file, quote_etag(file.etag))
    for name, value in _headers(request, file).items():
        response[name] = value
    return response


def _left_to_proxy(file: Served) -> HttpResponse:
    """The proxy knows about ranges and conditions itself."""
    response = HttpResponse()
    response["X-Accel-Redirect"] = f"{settings.FILES_ACCEL}/{quote(file.key)}"
    return response


def _answer(request: HttpRequest, file: Served, etag: str) -> HttpResponseBase:
    if ranges.is_unmatched(request, etag):
        return HttpResponse(status=HTTPStatus.PRECONDITION_FAILED)
    if ranges.is_known(request, etag):
        return _without_body(HTTPStatus.NOT_MODIFIED, file)
    try:
        part = ranges.requested(request, etag, file.size)
    except ranges.Unsatisfiable:
        response = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        response["Content-Range"] = f"bytes */{file.size}"
        return response
    return _body(request, file, part)


def _without_body(status: HTTPStatus, file: Served) -> HttpResponse:
    """What would have been the length is told, as RFC 9110 (8.6) asks."""
    return HttpResponse(status=status, headers={"Content-Length": str(file.size)})


def _body(request: HttpRequest, file: Served, part: range | None) -> HttpResponseBase:
    try:
        if request.method == "HEAD":
            _wait_briefly(_threads.submit(files_storage().size, file.key))
            return _without_body(HTTPStatus.OK, file)
        return _stream(file, part)
    except FileNotFoundError:
        raise Http404(f"The file {file.key} has gone.") from None
    except OSError as error:
        logger.error("File %s cannot be read: %s", file.key, error)
        return HttpResponse(
            status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(RETRY_SECONDS)}
        )


def _stream(file: Served, part: range | None) -> StreamingHttpResponse:
    sent = range(file.size) if part is None else part
    pieces = _Pieces(file.key, sent)
    _wait_briefly(pieces.reading)
    response = StreamingHttpResponse(pieces, headers={"Content-Length": str(len(sent))})
    if part is not None:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{file.size}"
    return response


def _wait_briefly(asked: Future[Any]) -> None:
    """Raise what goes wrong, if that is known soon. A storage that hangs holds no page thread."""
    wait([asked], FIRST_SECONDS)
    if asked.done():
        asked.result()


def _headers(request: HttpRequest, file: Served) -> dict[str, str]:
    is_shown = file.is_inline and file.type.startswith(SHOWN) and "xml" not in file.type
    is_media = file.type.startswith(("audio/", "video/"))
    kind = "inline" if is_shown and not request.GET.get("download") else "attachment"
    return {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",  # kept by browsers, and asked for each time
        "Content-Disposition": disposition(kind, file.name),
        "Content-Security-Policy": PLAYED_ALONE if is_shown and is_media else ALONE,
        "Content-Type": file.type if is_shown else UNKNOWN,
        "Cross-Origin-Resource-Policy": "same-origin",
        "ETag": quote_etag(file.etag),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


class _Pieces:
    """The body of an answer. While a client takes one piece, the next is read, and no more.

    Django calls `close` when the answer is over, or the client is gone.
    """

    def __init__(self, key: str, part: range) -> None:
        self._key, self._left = key, len(part)
        self._pieces = cast(
            Generator[bytes, None, None], files_storage().read(key, part.start, part.stop)
        )
        self.reading = self._read()

    def __aiter__(self) -> "_Pieces":
        return self

    async def __anext__(self) -> bytes:
        if not self._left:
            raise StopAsyncIteration
        piece = await self._piece()
        self._left -= len(piece)
        if self._left:
            self.reading = self._read()
        return piece

    def close(self) -> None:
        """Close the file, once no thread is reading it."""
        self.reading.add_done_callback(lambda _: self._pieces.close())

    def _read(self) -> Future[bytes]:
        return _threads.submit(next, self._pieces, b"")

    async def _piece(self) -> bytes:
        try:
            return await asyncio.wrap_future(self.reading)
        except OSError as error:
            logger.warning("File %s ends early: %s", self._key, error)
            # Django ends the answer as if the client had gone, and the server the connection:
            # more bytes are announced than there are.
            raise asyncio.CancelledError from None
