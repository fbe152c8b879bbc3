"""The reads of the journal behind pages, cursors and feeds.

Each read of messages is one query on an index, however long the room is. Only a page of more than
READ_MESSAGES messages takes several.
"""

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet

from chat.journal.entry import Entry, encode
from chat.models import Member, Message, Reaction, Room

PAGE_BYTES = 256 * 1024  # of messages in a page, which ends early then; but never before the first
READ_MESSAGES = 64  # read at once: a page of large messages reads few that it leaves out


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


def has_posted(member: Member) -> bool:
    """Whether the member has posted in any room."""
    return member.is_saved and Message.objects.filter(author=member).exists()


def posts(room_id: int, after: int, limit: int) -> list[Entry]:
    """Return the messages posted after the seq `after` and not deleted since, in seq order."""
    found = _messages(room_id).filter(seq__gt=after, deleted_at__isnull=True)
    return [encode(message) for message in found.order_by("seq")[:limit]]


def page(
    room_id: int,
    limit: int,
    before: int | None = None,
    as_of: int | None = None,
    size: int = PAGE_BYTES,
) -> tuple[list[Entry], bool]:
    """Return the last messages before the seq `before`, ascending, and whether there are older.

    They are `limit` messages and `size` bytes at most. `as_of` leaves out messages that changed
    after that version: a cursor there will bring them.
    """
    found = _messages(room_id)
    if before is not None:
        found = found.filter(seq__lt=before)
    if as_of is not None:
        # By seq: a database might use the index on version, and sort the whole room.
        found = found.filter(seq__lte=as_of)
    entries, more = _fitting(_read(found, "-seq", limit + 1), limit, size)
    kept = [it for it in reversed(entries) if as_of is None or it.version <= as_of]
    return kept, more


def page_after(
    room_id: int, limit: int, after: int, size: int = PAGE_BYTES
) -> tuple[list[Entry], bool]:
    """Return the first messages after the seq `after`, ascending, and whether there are newer.

    They are `limit` messages and `size` bytes at most.
    """
    found = _messages(room_id).filter(seq__gt=after)
    return _fitting(_read(found, "seq", limit + 1), limit, size)


def page_around(
    room_id: int, limit: int, seq: int, size: int = PAGE_BYTES
) -> tuple[list[Entry], bool, bool]:
    """Return the messages around `seq`, ascending, and whether there are older, and newer."""
    older, more = page(room_id, (limit + 1) // 2, seq + 1, size=size // 2)
    newer, is_more_new = page_after(room_id, limit // 2, seq, size=size // 2)
    return [*older, *newer], more, is_more_new


def at_seqs(room_id: int, seqs: Iterable[int], size: int = PAGE_BYTES) -> tuple[list[Entry], bool]:
    """Return the messages at these seqs, in seq order, and whether some of the last did not fit.

    Seqs without a message are left out.
    """
    wanted = list(seqs)
    found = _messages(room_id).filter(seq__in=wanted)
    return _fitting(_read(found, "seq", len(wanted)), len(wanted), size)


def reacted(member_id: int, room_id: int, entries: Iterable[Entry]) -> list[tuple[int, str]]:
    """Return the member's reactions, as seq and emoji, whose entries do not name everybody."""
    unnamed = {entry.seq: entry.unnamed for entry in entries if entry.unnamed}
    if not unnamed:
        return []
    found = Reaction.objects.filter(
        member=member_id, message__room=room_id, message__seq__in=list(unnamed)
    )
    rows = found.order_by("message__seq", "pk").values_list("message__seq", "emoji")
    return [(seq, emoji) for seq, emoji in rows if emoji in unnamed[seq]]


def _read(found: QuerySet[Message], order: str, limit: int) -> Iterator[Message]:
    """Read the first messages in the order of `seq` or `-seq`, READ_MESSAGES at once."""
    beyond = "seq__lt" if order.startswith("-") else "seq__gt"
    while limit > 0:
        some = list(found.order_by(order)[: min(limit, READ_MESSAGES)])
        yield from some
        if len(some) < READ_MESSAGES:
            return
        limit -= len(some)
        found = found.filter(**{beyond: some[-1].seq})


def _fitting(messages: Iterable[Message], limit: int, size: int) -> tuple[list[Entry], bool]:
    """Encode the first messages, `limit` and `size` bytes at most, and say whether more follow."""
    entries: list[Entry] = []
    for message in messages:
        entry = encode(message)
        size -= entry.size
        if len(entries) == limit or (entries and size < 0):
            return entries, True
        entries.append(entry)
    return entries, False


def _messages(room_id: int) -> QuerySet[Message]:
    return Message.objects.filter(room_id=room_id).select_related("author")
