"""Health for machines: `/livez` and `/readyz`, answered before Django, whatever the Host header,
and also where ROOT_PATH is not in the request's path.

A process is alive while its event loop answers, and ready while it admits people and its database
answers. Redis is no part of that: without Redis messages are late, and nothing is lost.
"""

import asyncio
import json
from typing import Any

from django.conf import settings
from django.db import connection

from chat import runtime
from chat.journal import database
from ops.doctor.seen import seen

DATABASE_SECONDS = 2.0  # then the database counts as away

ALIVE = 200, "alive"
READY = 200, "ready"
SHUTTING_DOWN = 503, "shutting down"
NO_DATABASE = 503, "the database does not answer"
METHODS = {"GET", "HEAD"}


class HealthEndpoints:
    """An ASGI application around another: answers the health checks, passes on the rest."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._probe: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"].removeprefix(settings.ROOT_PATH) if scope["method"] in METHODS else ""
        if path == "/livez":
            await _answer(send, *ALIVE, **seen(scope))
        elif path == "/readyz":
            await _answer(send, *await self._readiness())
        else:
            await self._application(scope, receive, send)

    async def _readiness(self) -> tuple[int, str]:
        if runtime.current().journal.is_closing:
            return SHUTTING_DOWN
        try:
            async with asyncio.timeout(DATABASE_SECONDS):
                await asyncio.shield(self._shared_probe())
        except Exception:  # TimeoutError, or whatever the database's driver raises
            return NO_DATABASE
        return READY

    def _shared_probe(self) -> "asyncio.Task[None]":
        """One probe at a time: checks of a database that hangs must not pile up."""
        if self._probe is None or self._probe.done():
            self._probe = asyncio.create_task(database.read(_query_database))
        return self._probe


def _query_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


async def _answer(send: Any, status: int, text: str, **more: Any) -> None:
    body = json.dumps({"status": text, **more}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
