"""One push: encrypted, signed, and handed to the push service of a browser."""

import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from chat.link_cards.network import GuardedNetwork
from chat.link_cards.targets import Target
from chat.push.client import Answer, Client, endpoint_of
from chat.push.encryption import encoded, encrypt, padded
from chat.push.vapid import Vapid
from chat.push.worker import Worker

KEPT_SECONDS = 24 * 3_600  # by the push service, for a device that is off
TOPIC_CHARACTERS = 32  # RFC 8030


class Push(NamedTuple):
    """What goes to a browser. Of an equal `topic`, a service keeps the last one only."""

    endpoint: str
    p256dh: str
    auth: str
    content: dict[str, Any]  # JSON
    is_urgent: bool = True
    topic: str = ""


def _new_client() -> Client:
    return Client(GuardedNetwork(lambda address: None))


class Pusher:
    """Pushes on a thread of its own."""

    def __init__(self, client: Callable[[], Client] = _new_client) -> None:
        self._new_client = client
        self._client: Client | None = None  # of the thread
        self._worker = Worker("push")

    async def push(self, push: Push, vapid: Vapid) -> Answer:
        """Raises Unanswered, UnusableEndpoint, UnusableKeys."""
        return await self._worker.run(self._push(push, vapid))

    async def aclose(self) -> None:
        await self._worker.aclose(self._close())

    async def _push(self, push: Push, vapid: Vapid) -> Answer:
        target = endpoint_of(push.endpoint)
        body = encrypt(padded(msgspec.json.encode(push.content)), push.p256dh, push.auth)
        self._client = self._client or self._new_client()
        return await self._client.post(target, _headers(push, target, vapid), body)

    async def _close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None


def _headers(push: Push, target: Target, vapid: Vapid) -> dict[str, str]:
    headers = {
        "Authorization": vapid.authorization(f"{target.scheme}://{target.authority}"),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_SECONDS),
        "Urgency": "high" if push.is_urgent else "normal",
    }
    if push.topic:
        digest = encoded(hashlib.sha256(push.topic.encode()).digest())
        headers["Topic"] = digest[:TOPIC_CHARACTERS]
    return headers
