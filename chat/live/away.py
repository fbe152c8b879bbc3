"""While you were away: what has happened in a room since a member left off."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q

from chat.formatting.first_link import LINK
from chat.journal.read.view import View
from chat.live.unread import Read
from chat.models import Member, Message, Room, Subscription
from chat.models.message import EVERYBODY, DeletedBy, Kind

CHANGES_MAX = 1_000  # the latest ones: what was changed before them is not looked at
LISTED_MAX = 25  # of a kind, the latest ones

Row = dict[str, Any]  # a message without its text

COLUMNS = ["seq", "author_id", "kind", "mentions", "reply_to", "files", "edited_version"]
COLUMNS += ["deleted_at", "deleted_by", "version", "has_link"]
HAS_LINK = ExpressionWrapper(Q(html__contains=LINK), output_field=BooleanField())


@dataclass
class Away:
    """The seqs of messages, each in one list, the latest first. Nothing is the member's own.

    `mentions`, `replies`, `files` and `links` are new ones, `others` the number of all other new
    messages. `edited` and `deleted` had been read before. `more`: there is more than is told.
    """

    mentions: list[int] = field(default_factory=list)
    replies: list[int] = field(default_factory=list)
    edited: list[int] = field(default_factory=list)
    deleted: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    others: int = 0
    more: bool = False

    @property
    def lists(self) -> dict[str, list[int]]:
        return {name: it for name, it in vars(self).items() if isinstance(it, list)}

    @property
    def seqs(self) -> set[int]:
        """Of all that is listed."""
        return {seq for it in self.lists.values() for seq in it}


def left_off(member: Member, room: Room) -> Read:
    """Where the member left off; the present state for who was never in the room."""
    found = Subscription.objects.find(member, room) if member.is_saved else None
    if found is None:
        return Read(room.version, room.version)
    return Read(found.read_seq, max(found.read_seq, found.seen_version))


def find_away(member: Member, room: Room, since: Read, view: View) -> Away:
    """What has happened since the member had read up to `since.read`, and seen `since.seen`.

    One query on the index of versions, and one for the messages that replies answer.
    """
    changed = Message.objects.filter(
        room=room, version__gt=min(since), seq__gte=view.visible_from
    ).exclude(kind=Kind.EVENT)
    latest = changed.order_by("-version").annotate(has_link=HAS_LINK).values(*COLUMNS)
    rows: list[Row] = list(latest[: CHANGES_MAX + 1])
    away = Away(more=len(rows) > CHANGES_MAX)
    me = _Me(member, room)
    me.learn_answered(rows, view)
    for row in sorted(rows[:CHANGES_MAX], key=lambda it: -it["seq"]):
        _tell(away, row, me, since)
    return away


def _tell(away: Away, row: Row, me: "_Me", since: Read) -> None:
    kind = _kind_of_new(row, me) if row["seq"] > since.read else _kind_of_read(row, me, since)
    if kind == "others":
        away.others += 1
    elif kind is not None:
        listed = away.lists[kind]
        away.more |= len(listed) == LISTED_MAX
        if len(listed) < LISTED_MAX:
            listed.append(row["seq"])


def _kind_of_new(row: Row, me: "_Me") -> str | None:
    """The list of a message that the member had not read."""
    if row["deleted_at"] or me.wrote(row):
        return None
    if row["reply_to"] in me.answered:
        return "replies"
    if me.is_mentioned(row):
        return "mentions"
    if row["files"]:
        return "files"
    return "links" if row["has_link"] else "others"


def _kind_of_read(row: Row, me: "_Me", since: Read) -> str | None:
    """The list of a message that the member had read, if it is another one since."""
    if row["version"] <= since.seen:
        return None
    if row["deleted_at"]:
        is_own = me.wrote(row) and row["deleted_by"] != DeletedBy.MODERATOR
        return None if is_own else "deleted"
    is_edited = (row["edited_version"] or 0) > since.seen
    return "edited" if is_edited and not me.wrote(row) else None


class _Me:
    """The member, and the guests whom the member's account has claimed."""

    def __init__(self, member: Member, room: Room) -> None:
        self._room = room
        self._uids = {str(it) for it in (member.uid, *member.claimed_uids)} | {EVERYBODY}
        claimed = Member.objects.claimed_by(member) if member.claimed_uids else []
        self._pks = {member.pk, *claimed}
        self.answered: Collection[int] = ()  # the seqs of own messages that others answer

    def learn_answered(self, rows: Iterable[Row], view: View) -> None:
        seqs = {seq for it in rows if self.is_mentioned(it) for seq in _answered(it, view)}
        own = Message.objects.filter(room=self._room, seq__in=seqs, author__in=self._pks)
        self.answered = set(own.values_list("seq", flat=True)) if seqs else ()

    def wrote(self, row: Row) -> bool:
        return row["author_id"] in self._pks

    def is_mentioned(self, row: Row) -> bool:
        return not self._uids.isdisjoint(row["mentions"])


def _answered(row: Row, view: View) -> Iterator[int]:
    """What a message answers, where the member sees that."""
    if row["reply_to"] is not None and row["reply_to"] >= view.visible_from:
        yield row["reply_to"]
