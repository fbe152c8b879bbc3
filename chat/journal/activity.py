"""The event "posted": announces new messages to the sidebars in every process."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chat.journal.changes import Appended
from chat.models import Message
from chat.transport.event_bus import EventBus

POSTED = "posted"  # topic on the event bus; its key is the room's primary key


@dataclass(frozen=True, slots=True)
class Posted:
    """A new message, without its text."""

    seq: int
    author: str  # the member's id
    mentions: list[str]
    at: datetime

    @classmethod
    def of(cls, message: Message) -> "Posted":
        return cls(message.seq, str(message.author.uid), message.mentions, message.sent_at)

    @classmethod
    def unpack(cls, packed: list[Any]) -> "Posted":
        seq, author, mentions, at = packed
        return cls(seq, author, mentions, datetime.fromisoformat(at))

    def pack(self) -> list[Any]:
        """Convert to what the event bus carries."""
        return [self.seq, self.author, self.mentions, self.at.isoformat()]


def publish(bus: EventBus, room_id: int, appended: Iterable[Appended]) -> None:
    """Publish the new messages among these changes of a room."""
    posted = [Posted.of(it.post).pack() for it in appended if it.post is not None]
    if posted:
        bus.publish(POSTED, str(room_id), posted)
