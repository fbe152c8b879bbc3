"""Pushes what is due for a webhook: one delivery at a time, by one process at a time."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from chat.journal import Journal, Refused, database
from chat.live import bot_owners
from chat.live.rates import Rates, TooFast
from chat.live.speaking import Speaking
from chat.models import ProgramCursor, Webhook
from chat.models.webhook import Trouble, Why
from chat.protocol import InvalidText, Translatable
from chat.transport.counters import counters
from chat.webhooks.client import CONNECTIONS_MAX, Answer, Unanswered
from chat.webhooks.deliveries import START, Delivery, Look, look, reply_id, trial
from chat.webhooks.pusher import Pusher, Receiver
from chat.webhooks.replies import text_in

REPLY_SECONDS = 10.0  # a reply waits so long for the rates
FOR_NOW = {"busy", "unavailable"}
TAKEN, FAILED, ENDED = "taken", "failed", "gone"  # as the counter has them
OUTCOMES = (TAKEN, FAILED, ENDED)
WORDS = {  # to the owner
    Why.FAILING: Translatable(
        "My receiver has not taken a delivery for three days, so I am paused. What happens"
        " meanwhile waits: resume me in the settings of “%(room)s”, under “Outgoing webhooks”."
    ),
    Why.GONE: Translatable(
        "My receiver wants nothing more (410), so I am paused. What happens meanwhile waits:"
        " resume or delete me in the settings of “%(room)s”, under “Outgoing webhooks”."
    ),
}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rest:
    """What to wait for: a change of these rooms after these versions, or a time."""

    rooms: dict[int, int]
    wait: timedelta | None = None


class Sending:
    """The deliveries of one event loop."""

    def __init__(self, journal: Journal, rates: Rates, pusher: Pusher) -> None:
        self.pusher = pusher
        self._journal, self._rates = journal, rates
        self._free = asyncio.Semaphore(CONNECTIONS_MAX)  # fair: who waits longest is next
        self._last_rooms: dict[int, int] = {}  # of the last deliveries, by webhook

    async def work(self, pk: int) -> Rest | None:
        """Push what is due. Returns what to wait for; None: nothing more is to be pushed."""
        while True:
            seen = await self._look(pk)
            if seen is None or (seen.webhook.is_paused and not _wants_test(seen)):
                self._last_rooms.pop(pk, None)
                return None
            if not _is_due(seen):
                return Rest(seen.rooms, _wait_of(seen))
            async with self._free:
                if not await self._push_next(pk):
                    return Rest(seen.rooms)  # another process pushes

    async def aclose(self) -> None:
        await self.pusher.aclose()

    async def _look(self, pk: int) -> Look | None:
        """What is to be pushed, past what is not for the webhook."""
        while True:
            seen = await database.read(look, pk, self._last_rooms.get(pk, START))
            if seen is None:
                return None
            if not seen.keeps:
                await database.write(_pause, seen.webhook, Why.OWNER)
            elif seen.passed:
                await database.write(ProgramCursor.objects.move, seen.webhook.cursor, seen.passed)
            if seen.keeps and (seen.delivery or not seen.more):
                return seen

    async def _push_next(self, pk: int) -> bool:
        """Push what comes next now. Returns False where another process pushes."""
        lease = await database.write(Webhook.objects.take, pk)
        if lease is None:
            return False
        try:
            seen = await self._look(pk)  # the other process may have pushed meanwhile
            if seen and _wants_test(seen):
                await self._push_test(seen.webhook)
            elif seen and seen.delivery and _is_due(seen):
                await self._push(seen.webhook, lease, seen.delivery)
        finally:
            await database.write(Webhook.objects.release, pk, lease)
        return True

    async def _push_test(self, webhook: Webhook) -> None:
        trouble, status = "", None
        try:
            answer = await self.pusher.push(_receiver(webhook), trial())
            if not answer.is_taken:
                trouble, status = answer.trouble, answer.status
        except Unanswered as error:
            trouble = error.trouble
        await database.write(Webhook.objects.note_test, webhook.pk, trouble, status)

    async def _push(self, webhook: Webhook, lease: UUID, delivery: Delivery) -> None:
        try:
            answer = await self.pusher.push(_receiver(webhook), delivery)
        except Unanswered as error:
            await self._fail(webhook, lease, error.trouble)
            return
        if not answer.is_taken:
            await self._fail(webhook, lease, answer.trouble, answer)
            return
        trouble = await self._reply(webhook, delivery, answer)
        note = Webhook.objects.note_taken
        await database.write(note, webhook, lease, delivery.positions, trouble)
        counters.webhook_deliveries[TAKEN] += 1
        if delivery.room:
            self._last_rooms[webhook.pk] = delivery.room.pk

    async def _fail(
        self, webhook: Webhook, lease: UUID, trouble: Trouble, answer: Answer | None = None
    ) -> None:
        is_gone = answer is not None and answer.is_gone
        counters.webhook_deliveries[ENDED if is_gone else FAILED] += 1
        status = answer.status if answer else None
        logger.info("a webhook's delivery was not taken: %s %s", trouble.value, status or "")
        await database.write(_note_failure, webhook, lease, trouble, answer)

    async def _reply(self, webhook: Webhook, delivery: Delivery, answer: Answer) -> str:
        """Post the reply, if the answer has one. Returns what is wrong with it.

        Raises Refused where it may work when the delivery is tried again.
        """
        text = text_in(answer.body)
        if text is None or delivery.room is None:
            return ""
        member = webhook.bot.member
        speaking = Speaking(self._journal, self._rates, delivery.room, member, None)
        try:
            await _post(speaking, reply_id(webhook, delivery), text, delivery.reply_to)
        except (TooFast, InvalidText):
            return Trouble.REPLY
        except Refused as refusal:
            if refusal.code in FOR_NOW:
                raise
            return Trouble.REPLY
        return ""


async def _post(speaking: Speaking, id: UUID, text: str, reply_to: int | None) -> None:
    """Post, once more where the rates let it soon. Raises TooFast, InvalidText and Refused."""
    try:
        await speaking.post(id, text, reply_to)
    except TooFast as error:
        if error.retry_after > REPLY_SECONDS:
            raise
        await asyncio.sleep(error.retry_after)
        await speaking.post(id, text, reply_to)


def _receiver(webhook: Webhook) -> Receiver:
    return Receiver(webhook.url, webhook.secrets(timezone.now()))


def _wants_test(seen: Look) -> bool:
    return seen.webhook.test_asked_at is not None


def _is_due(seen: Look) -> bool:
    if _wants_test(seen):
        return True
    is_running = not seen.webhook.is_paused and not seen.webhook.is_resting(timezone.now())
    return is_running and seen.delivery is not None


def _wait_of(seen: Look) -> timedelta | None:
    """How long the receiver is left alone."""
    retry_at = seen.webhook.retry_at
    return max(retry_at - timezone.now(), timedelta()) if retry_at and seen.delivery else None


@transaction.atomic
def _note_failure(webhook: Webhook, lease: UUID, trouble: Trouble, answer: Answer | None) -> None:
    status, asked = (answer.status, answer.retry_after) if answer else (None, None)
    why = Webhook.objects.note_failure(webhook, lease, trouble, status, asked)
    if why:
        text = Translatable(WORDS[why].text, room=webhook.room.shown_name)
        bot_owners.tell(webhook.bot, f"webhook {why.value}", text)


def _pause(webhook: Webhook, why: Why) -> None:
    Webhook.objects.pause(webhook.pk, why)
