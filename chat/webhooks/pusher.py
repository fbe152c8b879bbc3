"""One delivery: signed, and posted to its receiver."""

import time
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from chat.models.webhook import Trouble
from chat.push.worker import Worker
from chat.webhooks.client import Answer, Client, Unanswered, UnusableAddress, guarded, target
from chat.webhooks.deliveries import Delivery
from chat.webhooks.signing import headers


class Receiver(NamedTuple):
    """Where deliveries go, and with which secrets they are signed."""

    url: str
    secrets: list[str]


class Pusher:
    """Posts on a thread of its own, so neither signatures nor TLS hold chat up."""

    def __init__(self, client: Callable[[], Client] = lambda: Client(guarded())) -> None:
        self._new_client = client
        self._client: Client | None = None  # of the thread
        self._worker = Worker("webhooks")

    async def push(self, receiver: Receiver, delivery: Delivery) -> Answer:
        """Raises Unanswered."""
        return await self._worker.run(self._push(receiver, delivery))

    async def aclose(self) -> None:
        await self._worker.aclose(self._close())

    async def _push(self, receiver: Receiver, delivery: Delivery) -> Answer:
        try:
            to = target(receiver.url)
        except UnusableAddress:  # ALLOWED_HOSTS may have it since
            raise Unanswered(Trouble.ADDRESS) from None
        body = msgspec.json.encode(delivery.content)
        signed = headers(receiver.secrets, delivery.id, int(time.time()), body)
        self._client = self._client or self._new_client()
        return await self._client.post(to, signed, body)

    async def _close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None
