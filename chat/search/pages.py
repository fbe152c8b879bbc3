"""Where a page of results ends: at a message that the member may read.

A primary key would tell how much is said in all rooms together.
"""

from dataclasses import dataclass
from uuid import UUID

from chat.access import Found
from chat.models import Message, Room
from chat.search.index import KEY_MAX
from chat.search.rooms import Readable


class NoSuchPlace(ValueError):
    """The text names no message that the member may read."""


@dataclass(frozen=True, slots=True)
class Place:
    """A message: the next page has what was said before it. `room` is None in a search of one."""

    seq: int
    room: UUID | None = None

    def __str__(self) -> str:
        return f"{self.room}.{self.seq}" if self.room else str(self.seq)

    @classmethod
    def parse(cls, text: str) -> "Place":
        """Raises NoSuchPlace."""
        room, dot, seq = text.rpartition(".")
        if not (seq.isascii() and seq.isdecimal()) or not 0 < int(seq[:20]) <= KEY_MAX:
            raise NoSuchPlace(text)
        try:
            return cls(int(seq), UUID(room) if dot else None)
        except ValueError:
            raise NoSuchPlace(text) from None


def place_of(room_id: int, seq: int, room: Found | None) -> Place:
    """The place of a message, in a search of one room or of all."""
    if room is not None:
        return Place(seq)
    return Place(seq, Room.objects.values_list("uid", flat=True).get(pk=room_id))


def key_at(place: Place, room: Found | None, rooms: Readable) -> int | None:
    """The primary key of the message at a place. None for one that is yet to come, in one room.

    Raises NoSuchPlace for a message that the member may not read, as for one that never was.
    """
    if room is not None:
        return _first_key(room.room.pk, place.seq)
    if place.room is None:
        raise NoSuchPlace(str(place))
    found = Room.objects.filter(uid=place.room).values_list("pk", flat=True).first()
    visible_from = rooms.get(found) if found is not None else None
    key = _first_key(found or 0, place.seq)
    if visible_from is None or place.seq < visible_from or key is None:
        raise NoSuchPlace(str(place))
    return key


def _first_key(room_id: int, seq: int) -> int | None:
    """Of the first message at a seq, or after it."""
    following = Message.objects.filter(room=room_id, seq__gte=seq).order_by("seq")
    return following.values_list("pk", flat=True).first()
