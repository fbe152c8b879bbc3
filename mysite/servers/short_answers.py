"""Short answers to requests that do not reach Django."""

import json
from collections.abc import Iterable
from http import HTTPStatus

from asgiref.typing import ASGISendCallable

Header = tuple[bytes, bytes]


async def line(
    send: ASGISendCallable, status: int, text: str, headers: Iterable[Header] = ()
) -> None:
    """Answer one line of text."""
    await _answer(send, status, b"text/plain; charset=utf-8", f"{text}\n", headers)


async def error(
    send: ASGISendCallable, status: int, code: str, detail: str, headers: Iterable[Header] = ()
) -> None:
    """Answer an error as Lobby's views do, in JSON."""
    text = json.dumps({"error": {"code": code, "detail": detail}})
    await _answer(send, status, b"application/json", text, headers)


async def problem(
    send: ASGISendCallable, status: int, code: str, detail: str, headers: Iterable[Header] = ()
) -> None:
    """Answer an error as the API does (RFC 9457)."""
    title = HTTPStatus(status).phrase
    text = json.dumps({"title": title, "status": status, "code": code, "detail": detail})
    await _answer(send, status, b"application/problem+json", text, headers)


async def _answer(
    send: ASGISendCallable, status: int, type: bytes, text: str, headers: Iterable[Header]
) -> None:
    body = text.encode()
    headers = [
        (b"content-type", type),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *headers,
    ]
    await send(
        {"type": "http.response.start", "status": status, "headers": headers, "trailers": False}
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})
