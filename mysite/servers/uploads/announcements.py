"""Asks about uploads before their bodies are read: rights and bounds are told first."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from mysite.servers.received import ANNOUNCEMENT
from mysite.servers.short_answers import Header
from mysite.servers.uploads.application import no_body

ACCEPTED = 204
KEPT_HEADERS = {b"retry-after"}


class Refusal(NamedTuple):
    """Why nothing of an upload is read."""

    status: int
    code: str
    detail: str
    headers: Iterable[Header]


class Announcements:
    """Asks with the request as it is, but for its body: the view finds `is_announcement` set."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def refuse(self, scope: Any) -> Refusal | None:
        """What the application would refuse now."""
        answer = _Answer()
        await self._application({**scope, ANNOUNCEMENT: True}, no_body(), answer.take)
        return None if answer.status == ACCEPTED else answer.as_refusal()


class _Answer:
    def __init__(self) -> None:
        self.status = 0
        self._headers: list[Header] = []
        self._body = bytearray()

    async def take(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status, self._headers = message["status"], list(message["headers"])
        else:
            self._body += message.get("body", b"")

    def as_refusal(self) -> Refusal:
        headers = [it for it in self._headers if it[0].lower() in KEPT_HEADERS]
        try:
            body = json.loads(self._body)
            error = body.get("error", body)  # the API answers problems
            return Refusal(self.status, error["code"], error["detail"], headers)
        except (AttributeError, KeyError, TypeError, ValueError):  # a page for people
            return Refusal(self.status, "refused", "This file cannot be sent here.", headers)
