"""The cards of one transaction's links: asked for by posts, given later, taken away by edits.

Nothing is stored, and no job added, where no message has a link or LINK_CARDS is off.
"""

from typing import Any

from django.conf import settings

from chat.formatting.first_link import first_link
from chat.journal.changes import SetCard
from chat.models import CardPicture, Job, Message, stored_bytes
from chat.models.message import Kind

FETCH = "fetch link card"  # the kind of the job
TAKEN_AWAY: dict[str, Any] = {}  # by its author: no job gives the message another one

KINDS = (Kind.TEXT, Kind.ACTION)  # of messages that show cards


class LinkCards:
    """No query where nothing of the transaction has a link."""

    def __init__(self) -> None:
        self._wanted: list[Message] = []
        self._given: list[tuple[Message, CardPicture]] = []
        self._changed: list[Message] = []
        self._without_picture: list[Message] = []
        self._unused: list[CardPicture] = []  # whose card goes in the transaction that gives it

    def look_at(self, message: Message) -> None:
        """Ask for the card of a message's first link, if it has one."""
        is_wanted = settings.LINK_CARDS and message.kind in KINDS
        if is_wanted and first_link(message.html) is not None:
            self._wanted.append(message)

    def give(self, message: Message, change: SetCard) -> None:
        """Give a stored message its card."""
        card: dict[str, Any] = {"url": change.url, **change.card}
        if picture := change.picture:
            shown = {"uid": str(picture.uid), "width": picture.width, "height": picture.height}
            card["picture"] = shown
            self._given.append((message, picture))
        message.card = card
        self._changed.append(message)

    def take_away(self, message: Message) -> None:
        """Remove a card for good: its author does not want it."""
        self._remove(message)
        message.card = TAKEN_AWAY

    def edit(self, message: Message, html_before: str, *, keeps_card: bool) -> None:
        """A card stays with its link. Another link gets another one."""
        if message.card is None and not settings.LINK_CARDS:
            return
        is_same = first_link(message.html) == first_link(html_before)
        if not keeps_card:
            self.take_away(message)
        elif not is_same:
            self.forget(message)
            self.look_at(message)

    def forget(self, message: Message) -> None:
        """Remove the card of a message that is deleted, or has another link."""
        if message.card is not None:
            self._remove(message)
            message.card = None

    def _remove(self, message: Message) -> None:
        self._changed.append(message)
        self._unused += [picture for it, picture in self._given if it is message]
        self._given = [it for it in self._given if it[0] is not message]
        if message.card and "picture" in message.card:
            self._without_picture.append(message)

    def store(self) -> None:
        """Store the cards, once the messages are stored."""
        if stored := [it for it in self._changed if it.pk]:  # new ones are stored with theirs
            Message.objects.bulk_update(stored, ["card"])
        for message in self._without_picture:
            CardPicture.objects.filter(message=message).remove()
        if self._unused:
            stored_bytes.remove(it.key for it in self._unused)
        for message, picture in self._given:
            picture.message = message
            picture.save(force_insert=True)
        for message in self._wanted:
            if not message.is_deleted:
                Job.objects.add(FETCH, room=message.room_id, seq=message.seq)
