"""The reads of the journal behind pages, cursors and feeds.

Each read of messages is one query on an index, however long the room is.
"""

from collections.abc import Iterable

from django.db.models import QuerySet

from chat.journal.entry import Entry, encode
from chat.models import Message, Room


def head(room_id: int) -> int:
    """Return the version of the room's last change; 0 before the first."""
    return Room.objects.values_list("version", flat=True).get(pk=room_id)


def heads(room_ids: Iterable[int]) -> dict[int, int]:
    """Return the heads of many rooms, by primary key."""
    return dict(Room.objects.filter(pk__in=list(room_ids)).values_list("pk", "version"))


def changes(room_id: int, after: int, limit: int, up_to: int | None = None) -> list[Entry]:
    """Return the messages changed after the version `after`, up to `up_to`, in version order."""
    found = _messages(room_id).filter(version__gt=after)
    if up_to is not None:
        found = found.filter(version__lte=up_to)
    return [encode(message) for message in found.order_by("version")[:limit]]


def posts(room_id: int, after: int, limit: int) -> list[Entry]:
    """Return the messages posted after the seq `after` and not deleted since, in seq order."""
    found = _messages(room_id).filter(seq__gt=after, deleted_at__isnull=True)
    return [encode(message) for message in found.order_by("seq")[:limit]]


def page(
    room_id: int, limit: int, before: int | None = None, as_of: int | None = None
) -> tuple[list[Entry], bool]:
    """Return the last messages before the seq `before`, ascending, and whether there are older.

    `as_of` leaves out messages that changed after that version: a cursor there will bring them.
    """
    found = _messages(room_id)
    if before is not None:
        found = found.filter(seq__lt=before)
    if as_of is not None:
        # By seq: a database might use the index on version, and sort the whole room.
        found = found.filter(seq__lte=as_of)
    newest_first = list(found.order_by("-seq")[: limit + 1])
    messages = [it for it in newest_first[:limit] if as_of is None or it.version <= as_of]
    return [encode(it) for it in reversed(messages)], len(newest_first) > limit


def page_after(room_id: int, limit: int, after: int) -> tuple[list[Entry], bool]:
    """Return the first messages after the seq `after`, ascending, and whether there are newer."""
    found = list(_messages(room_id).filter(seq__gt=after).order_by("seq")[: limit + 1])
    return [encode(it) for it in found[:limit]], len(found) > limit


def at_seqs(room_id: int, seqs: Iterable[int]) -> list[Entry]:
    """Return the messages at these seqs, in seq order; seqs without a message are left out."""
    return [encode(it) for it in _messages(room_id).filter(seq__in=list(seqs)).order_by("seq")]


def _messages(room_id: int) -> QuerySet[Message]:
    return Message.objects.filter(room_id=room_id).select_related("author")
