"""Events for the sidebars in every process: messages posted and taken back, rooms listed."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from chat.journal.changes import Appended, Settled, Withdrawn
from chat.models import Message
from chat.transport.event_bus import EventBus

POSTED = "posted"  # topic on the event bus; its key is the room's primary key
WITHDRAWN = "withdrawn"  # another one
LISTED = "listed"  # a room is new in a member's list, or gone from it; the key is the member's id
ROOM_CHANGED = "room"  # what a room is, or who is in it; the key is the room's primary key
REJECTED = "rejected"  # a held message; the key is the room's primary key
CHANGED = "changed"  # a message, in whatever way; the key is the room's primary key
EXPIRED = "expired"  # up to which seq messages are gone; the key is the room's primary key
REVOKED = "revoked"  # rights were taken away: processes read the revocations


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


def publish(bus: EventBus, room_id: int, settled: Iterable[Settled]) -> None:
    """Publish what is new and taken back in these changes of a room, and whose list changes.

    Also that the room has changed, and that rights were taken away.
    """
    settled = list(settled)
    if any(isinstance(it, Appended) for it in settled):
        bus.publish(CHANGED, str(room_id), [True])
    _publish_messages(bus, room_id, [it for it in settled if isinstance(it, Appended)])
    for member in {it for one in settled for it in one.listed_for}:
        bus.publish(LISTED, member, [True])
    if any(it.changes_room for it in settled):
        bus.publish(ROOM_CHANGED, str(room_id), [True])
    if rejected := [list(astuple(it.rejected)) for it in settled if it.rejected]:
        bus.publish(REJECTED, str(room_id), rejected)
    if any(it.has_revoked for it in settled):
        bus.publish(REVOKED, "", [True])


def _publish_messages(bus: EventBus, room_id: int, appended: Iterable[Appended]) -> None:
    appended = list(appended)
    posted = [Posted.of(it.post).pack() for it in appended if it.post is not None]
    if posted:
        bus.publish(POSTED, str(room_id), posted)
    withdrawn = [it.withdrawn for it in appended if it.withdrawn is not None]
    if withdrawals := [list(astuple(it)) for it in withdrawn if it.mentions or it.is_deleted]:
        bus.publish(WITHDRAWN, str(room_id), withdrawals)


def unpack_withdrawn(packed: list[Any]) -> Withdrawn:
    return Withdrawn(*packed)
