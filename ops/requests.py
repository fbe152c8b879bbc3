"""Counts the requests to pages, gives each an id, and logs each in a line where LOG_FORMAT is json.

The answer has the id as X-Request-ID. What a client sends under that name is not believed.
"""

import logging
import time
from secrets import token_hex
from typing import Any

from chat.transport.counters import counters
from chat.web import log_ids

ID_BYTES = 8

logger = logging.getLogger("lobby.requests")


class ObservedRequests:
    """An ASGI application around another."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        ids = log_ids.begin(token_hex(ID_BYTES))
        answer = _Answer(send, ids["request"])
        try:
            scope = {**scope, log_ids.SCOPE_KEY: ids}
            await self._application(scope, receive, answer.send)
        finally:
            answer.log(scope["method"], ids)


class _Answer:
    """Sends an answer on, and looks at its status and when it begins."""

    def __init__(self, send: Any, id: str) -> None:
        self._send, self._id = send, id
        self._begun = time.monotonic()
        self._status = 0  # the client went before there was an answer

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._count()
            header = b"x-request-id", self._id.encode()
            message = {**message, "headers": [*message.get("headers", []), header]}
        await self._send(message)

    def _count(self) -> None:
        counters.requests[self._status] += 1
        counters.request_seconds.observe(time.monotonic() - self._begun)

    def log(self, method: str, ids: dict[str, Any]) -> None:
        if logger.isEnabledFor(logging.INFO):
            fields = {
                "method": method,
                "page": ids.get("page", ""),
                "status": self._status,
                "seconds": round(time.monotonic() - self._begun, 4),
            }
            logger.info("request", extra={"ids": ids, "fields": fields})
