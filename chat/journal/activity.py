"""What was posted where, in few words, for those who are in other rooms."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chat import bulletin
from chat.journal.changes import Appended
from chat.models import Message

POSTED = "posted"  # on the bulletin, by the room's primary key


@dataclass(frozen=True, slots=True)
class Posted:
    """A message, to those who do not read it now."""

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
        """As the bulletin carries it."""
        return [self.seq, self.author, self.mentions, self.at.isoformat()]


def tell(room_id: int, news: Iterable[Appended]) -> None:
    """Let every process know what was posted in the room."""
    posted = [Posted.of(it.post).pack() for it in news if it.post is not None]
    if posted:
        bulletin.here().tell(POSTED, str(room_id), posted)
