"""Receivers of webhooks on loopback, and what tests do with them."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db.models import F
from django.utils import timezone

from chat import runtime
from chat.journal import Post, database
from chat.journal.write.markup import mark_up
from chat.link_cards.network import GuardedNetwork, Resolve
from chat.models import Hears, Member, Message, Room, Webhook
from chat.tests.support.private_rooms import append
from chat.tests.support.push_service import HOST, LOOPBACK, PushService, Request
from chat.webhooks import making
from chat.webhooks.client import Client
from chat.webhooks.sending import Rest


class Receivers(PushService):
    """Receivers by their paths; each takes what comes until a test says otherwise."""

    def webhook_client(self, resolve: Resolve | None = None) -> Client:
        network = GuardedNetwork(
            lambda address: None, resolve or self.resolve, lambda it: it == LOOPBACK
        )
        return Client(network, self.trusting())


@dataclass
class Hook:
    """A webhook and its receiver."""

    pk: int
    path: str
    service: Receivers

    @property
    def requests(self) -> list[Request]:
        return [it for it in self.service.requests if it.path == self.path]

    @property
    def ids(self) -> list[str]:
        return [it.headers["webhook-id"] for it in self.requests]

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(it.body) for it in self.requests]

    @property
    def texts(self) -> list[str]:
        return [change["message"]["text"] for it in self.bodies for change in it["changes"]]

    def answer(self, answer: Any) -> None:
        self.service.answers[self.path] = answer

    async def row(self) -> Webhook:
        return await database.read(Webhook.objects.with_all().get, pk=self.pk)

    async def work(self) -> Rest | None:
        """Push what is due, as the process does that follows it."""
        return await runtime.current().webhooks.sending.work(self.pk)

    async def pass_time(self, span: timedelta) -> None:
        """All that was noted was so much earlier."""
        found = Webhook.objects.filter(pk=self.pk)
        moved = {
            it: F(it) - span for it in ("failing_since", "retry_at", "leased_until", "former_until")
        }
        await database.write(found.update, **moved)


def url_of(path: str) -> str:
    return f"https://{HOST}{path}"


def new_webhook(room: Room, maker: Member, path: str = "/hook", **terms: Any) -> Webhook:
    fields = {"name": "Reporter", "url": url_of(path), "hears": Hears.ALL, **terms}
    return making.make(maker, room, **fields)


async def post(room: Room, member: Member, text: str, reply_to: int | None = None) -> int:
    markup = await database.read(mark_up, room, text)
    change = Post(room.pk, member.pk, uuid4(), text, reply_to, markup=markup)
    return (await append(change)).entry.seq


def answering(status: int, body: bytes | str = b"", *headers: str) -> bytes:
    """A whole answer of HTTP."""
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Some words", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def saying(text: object) -> bytes:
    """An answer that is a reply."""
    return answering(200, json.dumps({"text": text}), "Content-Type: application/json")


def is_soon(moment: Any, span: timedelta) -> bool:
    """Whether a moment is so far ahead, give or take what the test takes."""
    left = moment - timezone.now()
    return bool(span - timedelta(seconds=30) < left <= span)


async def replies(room: Room) -> list[Message]:
    found = Message.objects.filter(room=room, author__is_bot=True).order_by("seq")
    return await database.read(list, found)
