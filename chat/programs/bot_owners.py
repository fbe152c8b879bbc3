"""Posts the words that chat/live/bot_owners.py leaves, as direct messages of the bot's."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from chat.journal import Journal, Post, Refused, database
from chat.journal.changes import NOTHING_CHANGES
from chat.journal.roster_changes import Begin
from chat.live.jobs import Later
from chat.models import Bot, PersonBlock, Room

logger = logging.getLogger(__name__)

FOR_NOW = {"busy", "unavailable"}
WAIT = timedelta(seconds=10)


class Telling:
    """The step of the job that posts the word. No rate counts it: the bot may be stopped by one."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def step(self, state: dict[str, Any]) -> Later | None:
        """Raises nothing that a person could not mend: a word that nobody can get is logged."""
        word = await database.write(_word, state)
        if word is None:
            logger.warning("The bot %s has nobody to be told: %s", state["bot"], state["text"])
            return None
        try:
            await self._say(word)
        except Refused as refusal:
            if refusal.code in FOR_NOW:
                return Later(WAIT, state)
            logger.warning("The owner of the bot %s was not told (%s)", state["bot"], refusal.code)
        return None

    async def _say(self, word: "_Word") -> None:
        try:  # in the owner's name: bots begin no rooms
            await self._journal.append(Begin(word.room, word.owner, (word.bot,)))
        except Refused as refused:
            if refused.code != NOTHING_CHANGES[0]:  # the room has begun before
                raise
        await self._journal.append(Post(word.room, word.bot, word.id, word.text))


@dataclass(frozen=True, slots=True)
class _Word:
    """Rooms and members are primary keys. `id` is the same when a step runs again."""

    room: int
    bot: int
    owner: int
    id: UUID
    text: str


def _word(state: dict[str, Any]) -> _Word | None:
    """None where nobody is to be told: the owner is gone, or has blocked the bot."""
    bot = Bot.objects.select_related("member", "made_by__user").filter(pk=state["bot"]).first()
    owner = bot.made_by if bot else None
    if bot is None or owner is None or not owner.is_active:
        return None
    if PersonBlock.objects.filter(member=owner.pk, blocked=bot.member.pk).exists():
        return None
    room = Room.objects.ensure_direct([bot.member, owner])
    id = uuid5(NAMESPACE_OID, f"{bot.member.uid} {state['at']} {state['text']}")
    return _Word(room.pk, bot.member.pk, owner.pk, id, state["text"])
