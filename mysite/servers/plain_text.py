"""Answers of one line, for requests that do not reach Django."""

from collections.abc import Iterable

from asgiref.typing import ASGISendCallable

Header = tuple[bytes, bytes]


async def answer(
    send: ASGISendCallable, status: int, line: str, headers: Iterable[Header] = ()
) -> None:
    body = f"{line}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *headers,
    ]
    await send(
        {"type": "http.response.start", "status": status, "headers": headers, "trailers": False}
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})
