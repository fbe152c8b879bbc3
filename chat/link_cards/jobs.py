"""The job that gives a message the card of its first link."""

import asyncio
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile

from chat.files import uploads
from chat.files.storage import files_storage
from chat.formatting.first_link import first_link
from chat.journal import Journal, Refused, database
from chat.journal.changes import BUSY, UNAVAILABLE, SetCard
from chat.journal.write.link_cards import FETCH
from chat.link_cards.fetching import Card, Fetcher, TooOften
from chat.models import CardPicture, Job, Message

TRIES_MAX = 3
TRIED_AGAIN = timedelta(minutes=1)
FOR_NOW = {BUSY[0], UNAVAILABLE[0]}

State = dict[str, Any]  # of a job


class CardJobs:
    """The steps of the job, for one event loop."""

    def __init__(self, journal: Journal, fetcher: Fetcher) -> None:
        self._journal, self._fetcher = journal, fetcher

    async def step(self, state: State) -> State | None:
        """Fetch a card, and append it to the journal. Raises Refused where that may work later."""
        message = await database.read(_find, state) if settings.LINK_CARDS else None
        url = first_link(message.html) if message else None
        if message and url:
            try:
                card = await self._fetcher.card(url, str(message.author.uid))
            except TooOften:
                await database.write(_try_again, state)
                return None
            if card:
                await self._give(message, url, card)
        return None

    async def _give(self, message: Message, url: str, card: Card) -> None:
        has_space = await database.read(_has_space_for, card)
        picture = await asyncio.to_thread(_stored, card) if has_space else None
        shown = {"title": card.title, "text": card.text, "site": card.site}
        change = SetCard(message.room_id, message.author_id, message.seq, url, shown, picture)
        is_given = False
        try:
            is_given = not (await self._journal.append(change)).is_duplicate
        except Refused as refusal:
            if refusal.code in FOR_NOW:
                raise
        except asyncio.CancelledError:
            is_given = True  # perhaps: the sweep finds bytes that belong to no card
            raise
        finally:
            if picture and not is_given:
                await asyncio.to_thread(files_storage().delete, picture.key)


def _find(state: State) -> Message | None:
    """The message, unless it has a card, or its author took one away."""
    found = Message.objects.filter(room=state["room"], seq=state["seq"], deleted_at=None)
    message = found.select_related("author").first()
    return message if message and message.card is None else None


def _try_again(state: State) -> None:
    tries = state.get("tries", 0) + 1
    if tries < TRIES_MAX:
        Job.objects.add_later(FETCH, TRIED_AGAIN, **{**state, "tries": tries})


def _stored(card: Card) -> CardPicture | None:
    """Store the bytes of a picture. The write door adds its row."""
    preview = card.preview
    if preview is None:
        return None
    picture = CardPicture.begin(
        etag=preview.etag, size=len(preview.bytes), width=preview.width, height=preview.height
    )
    files_storage().save(picture.key, ContentFile(preview.bytes))
    return picture


def _has_space_for(card: Card) -> bool:
    try:
        uploads.ensure_space(len(card.preview.bytes) if card.preview else 0)
    except Refused:
        return False
    return True
