"""What hangs on a message in rows of its own: reactions, mentions, earlier wordings.

They follow the message: whoever enters a change holds its room's lock.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from chat.journal.changes import Markup, React
from chat.models import Mention, Message, Reaction, Revision

Place = tuple[int, int]  # a room's primary key, and a seq in it
Pressed = tuple[int, int, int, str]  # room, seq, member, emoji


class Leaves:
    """The rows of one transaction: gathered as changes are entered, stored at once."""

    def __init__(self, reacts: Sequence[React]) -> None:
        self._before = self._find(reacts)
        self._pressed = set(self._before)
        self._mentions: dict[Place, set[int | None]] = {}
        self._stale: set[Place] = set()  # whose mentions are others now
        self._wiped: set[Place] = set()
        self._revisions: list[Revision] = []

    def react(self, change: React) -> bool:
        """Take a reaction in, or out. Returns whether that changed anything."""
        pressed = change.room_id, change.seq, change.member_id, change.emoji
        if (pressed in self._pressed) == change.on:
            return False
        (self._pressed.add if change.on else self._pressed.discard)(pressed)
        return True

    def mention(self, message: Message, markup: Markup) -> None:
        """From now on the message means these people."""
        place = message.room_id, message.seq
        if message.version != message.seq or message.pk:
            self._stale.add(place)
        if markup.member_ids or place in self._mentions:
            self._mentions[place] = markup.member_ids

    def keep(self, message: Message) -> None:
        """Remember how the message reads before it is edited."""
        written_at = message.edited_at or message.sent_at
        self._revisions.append(
            Revision(
                room_id=message.room_id,
                seq=message.seq,
                version=message.version,
                text=message.text,
                written_at=written_at,
            )
        )

    def wipe(self, message: Message) -> None:
        """Nothing of what it said, and of what was said to it, stays."""
        place = message.room_id, message.seq
        self._wiped.add(place)
        self._stale.add(place)
        self._mentions.pop(place, None)
        self._pressed = {it for it in self._pressed if it[:2] != place}
        self._revisions = [it for it in self._revisions if (it.room_id, it.seq) != place]

    def store(self) -> None:
        self._store_reactions()
        self._store_mentions()
        if self._wiped:
            _at(Revision.objects.all(), self._wiped).delete()
        Revision.objects.bulk_create(self._revisions)

    def _store_reactions(self) -> None:
        if gone := self._before - self._pressed:
            Reaction.objects.filter(_any(self._row(it) for it in gone)).delete()
        if new := self._pressed - self._before:
            Reaction.objects.bulk_create(Reaction(**self._row(it)) for it in new)
        if self._wiped:
            _at(Reaction.objects.all(), self._wiped).delete()

    def _store_mentions(self) -> None:
        if self._stale:
            _at(Mention.objects.all(), self._stale).delete()
        if self._mentions:
            Mention.objects.bulk_create(
                Mention(room_id=room, seq=seq, member_id=member)
                for (room, seq), members in self._mentions.items()
                for member in members
            )

    @staticmethod
    def _row(pressed: Pressed) -> dict[str, int | str]:
        return dict(zip(("room_id", "seq", "member_id", "emoji"), pressed, strict=True))

    def _find(self, reacts: Sequence[React]) -> set[Pressed]:
        """Which of these are there already."""
        if not reacts:
            return set()
        asked = {(it.room_id, it.seq, it.member_id, it.emoji) for it in reacts}
        found = Reaction.objects.filter(_any(self._row(it) for it in asked))
        return set(found.values_list("room_id", "seq", "member_id", "emoji"))


def _any(rows: Iterable[dict[str, int | str]]) -> Q:
    either = Q()
    for row in rows:
        either |= Q(**row)
    return either


def _at(rows: QuerySet[Any], places: set[Place]) -> QuerySet[Any]:
    return rows.filter(_any({"room_id": room, "seq": seq} for room, seq in places))
