"""The reads of the journal behind pages, cursors and feeds.

Each read of messages is one query on an index, however long the room is. Only a page of more than
READ_MESSAGES messages takes several.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from chat.journal.entry import Entry
from chat.journal.read import message_rows
from chat.journal.read.message_rows import Conditions
from chat.journal.read.view import ALL, View
from chat.journal.sql import placeholders
from chat.models import Member, Message, Reaction, Room, Subscription
from chat.models.message import Kind

PAGE_BYTES = 256 * 1024  # of messages in a page, which ends early then; but never before the first
LATELY = timedelta(days=1)
LATEST_MESSAGES = 500  # of a room: who spoke before them has not spoken lately
VISITED_ROOMS = 50  # of a member, the last: the others are not looked at
READ_MESSAGES = 64  # read at once: a page of large messages reads few that it leaves out


class Head(NamedTuple):
    """Where a journal ends, and up to which seq its messages are gone."""

    version: int = 0
    expired_seq: int = 0


def head(room_id: int) -> int:
    """Return the version of the room's last change; 0 before the first."""
    return Room.objects.values_list("version", flat=True).get(pk=room_id)


def heads(room_ids: Iterable[int]) -> dict[int, Head]:
    """Return the heads of many rooms, by primary key."""
    rooms = Room.objects.filter(pk__in=list(room_ids))
    found = rooms.values_list("pk", "version", "expired_seq")
    return {pk: Head(version, expired) for pk, version, expired in found}


def changes(room_id: int, after: int, limit: int, up_to: int | None = None) -> list[Entry]:
    """Return the messages changed after the version `after`, up to `up_to`, in version order."""
    conditions: Conditions = {"message.version > %s": [after]}
    if up_to is not None:
        conditions = {**conditions, "message.version <= %s": [up_to]}
    return message_rows.read(room_id, conditions, "message.version", limit)


def version_of(room_id: int, seq: int) -> int | None:
    """The version of a message's last change; None if there is no such message."""
    message = Message.objects.filter(room=room_id, seq=seq)
    return message.values_list("version", flat=True).first()


def has_posted(member: Member) -> bool:
    """Whether the member, or a guest whom the account has claimed, has posted in any room."""
    authors = Member.objects.filter(pk=member.pk)
    if member.user_id is not None:
        authors |= Member.objects.filter(claimed_by=member.user_id)
    return member.is_saved and Message.objects.filter(author__in=authors).exists()


def rooms_spoken_in(member: Member, limit: int) -> list[Room]:
    """The rooms where the member has spoken lately, the last visited first. One database query."""
    since = timezone.now() - LATELY
    spoken = Message.objects.filter(
        room=OuterRef("room"),
        seq__gt=OuterRef("room__last_seq") - LATEST_MESSAGES,
        author=member,
        sent_at__gt=since,
    ).exclude(kind=Kind.EVENT)
    active = Subscription.objects.recent(member).filter(room__posted_at__gt=since)
    visited = Subscription.objects.recent(member).filter(pk__in=active.values("pk")[:VISITED_ROOMS])
    return [it.room for it in visited.filter(Exists(spoken))[:limit]]


def posts(room_id: int, after: int, limit: int) -> list[Entry]:
    """Return the messages posted after the seq `after` and not deleted since, in seq order."""
    conditions: Conditions = {"message.seq > %s": [after], "message.deleted_at IS NULL": []}
    return message_rows.read(room_id, conditions, "message.seq", limit)


def page(
    room_id: int,
    limit: int,
    before: int | None = None,
    as_of: int | None = None,
    size: int = PAGE_BYTES,
    view: View = ALL,
) -> tuple[list[Entry], bool]:
    """Return the last messages before the seq `before`, ascending, and whether there are older.

    They are `limit` messages and `size` bytes at most. `as_of` leaves out messages that changed
    after that version: a cursor there will bring them. Here as below, `view` is what is seen.
    """
    # By seq: a database might use the index on version, and sort the whole room.
    bounds = [it for it in (before and before - 1, as_of) if it is not None]
    conditions = {"message.seq <= %s": [min(bounds)]} if bounds else {}
    found = _read(room_id, conditions, "message.seq DESC", limit + 1, view)
    entries, more = _fitting(found, limit, size)
    kept = [it for it in reversed(entries) if as_of is None or it.version <= as_of]
    return kept, more


def page_after(
    room_id: int, limit: int, after: int, size: int = PAGE_BYTES, view: View = ALL
) -> tuple[list[Entry], bool]:
    """Return the first messages after the seq `after`, ascending, and whether there are newer.

    They are `limit` messages and `size` bytes at most.
    """
    conditions = {"message.seq > %s": [after]}
    return _fitting(_read(room_id, conditions, "message.seq", limit + 1, view), limit, size)


def page_around(
    room_id: int, limit: int, seq: int, size: int = PAGE_BYTES, view: View = ALL
) -> tuple[list[Entry], bool, bool]:
    """Return the messages around `seq`, ascending, and whether there are older, and newer."""
    older, more = page(room_id, (limit + 1) // 2, seq + 1, size=size // 2, view=view)
    newer, is_more_new = page_after(room_id, limit // 2, seq, size=size // 2, view=view)
    return [*older, *newer], more, is_more_new


def first_seq_since(room: Room, moment: datetime, view: View = ALL) -> int | None:
    """Return the seq of the first message that was sent at a moment or later.

    Seqs ascend with time: a binary search on their index finds it, however long the room is.
    """
    first, last, found = max(1, view.visible_from), room.version, None
    messages = Message.objects.filter(room=room).order_by("seq").values_list("seq", "sent_at")
    while first <= last:
        middle = (first + last) // 2
        seq, sent_at = messages.filter(seq__gte=middle).first() or (None, None)
        if seq is None or sent_at is None or sent_at >= moment:
            found, last = seq or found, middle - 1
        else:
            first = seq + 1
    return found


def at_seqs(
    room_id: int, seqs: Iterable[int], size: int = PAGE_BYTES, view: View = ALL
) -> tuple[list[Entry], bool]:
    """Return the messages at these seqs, in seq order, and whether some of the last did not fit.

    Seqs without a message are left out.
    """
    wanted = list(seqs)
    conditions = {f"message.seq IN ({placeholders(wanted)})": wanted}
    found = _read(room_id, conditions, "message.seq", len(wanted), view)
    return _fitting(found, len(wanted), size)


def reacted(member: Member, room_id: int, entries: Iterable[Entry]) -> list[tuple[int, str]]:
    """Return the member's reactions, as seq and emoji, whose entries do not name everybody.

    And those of guests whom the member's account has claimed.
    """
    unnamed = {entry.seq: entry.unnamed for entry in entries if entry.unnamed}
    if not unnamed:
        return []
    own = Q(member=member.pk)
    if member.user_id is not None:
        own |= Q(member__claimed_by=member.user_id)
    found = Reaction.objects.filter(own, message__room=room_id, message__seq__in=list(unnamed))
    rows = found.order_by("message__seq", "pk").values_list("message__seq", "emoji")
    return [(seq, emoji) for seq, emoji in dict.fromkeys(rows) if emoji in unnamed[seq]]


def _read(
    room_id: int, conditions: Conditions, order: str, limit: int, view: View
) -> Iterator[Entry]:
    """Read the first messages in the order of seq, up or down, READ_MESSAGES at once."""
    if view.visible_from:
        conditions = {**conditions, "message.seq >= %s": [view.visible_from]}
    beyond = "message.seq < %s" if order.endswith("DESC") else "message.seq > %s"
    while limit > 0:
        some = message_rows.read(room_id, conditions, order, min(limit, READ_MESSAGES))
        yield from view.of_entries(some)
        if len(some) < READ_MESSAGES:
            return
        limit -= len(some)
        conditions = {**conditions, beyond: [some[-1].seq]}


def _fitting(found: Iterable[Entry], limit: int, size: int) -> tuple[list[Entry], bool]:
    """Return the first entries, `limit` and `size` bytes at most, and whether more follow."""
    entries: list[Entry] = []
    for entry in found:
        size -= entry.size
        if len(entries) == limit or (entries and size < 0):
            return entries, True
        entries.append(entry)
    return entries, False
