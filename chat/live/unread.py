"""What a person has not read in the room they open: the bar above its messages."""

from datetime import datetime
from typing import NamedTuple, TypedDict

from chat.journal.sql import as_datetime, database, fetch, table
from chat.models import Member, Mention, Message, Room, Subscription
from chat.models.message import Kind

COUNT_MAX = 500  # a count stops there
MENTIONS_MAX = 100  # the first ones


class Unread(TypedDict):
    """What others posted after the read pointer. `since` is when the first of it was sent.

    `more`: there is more than `count`. `mentions` are the seqs of messages that mention the person.
    """

    count: int
    more: bool
    since: datetime
    mentions: list[int]


JOINED_SEQS = {"sqlite": "GROUP_CONCAT(seq)", "postgresql": "STRING_AGG(seq::text, ',')"}

# Of the subscription, up to a version. `message` and `mention` are read from an index.
MESSAGES = f"""
    FROM {table(Message)} message
    WHERE message.room_id = subscription.room_id AND message.seq > subscription.read_seq
    AND message.seq <= %s AND message.deleted_at IS NULL
    AND message.author_id <> subscription.member_id AND message.kind <> '{Kind.EVENT}'
    ORDER BY message.seq"""
MENTIONS = f"""
    FROM {table(Mention)} mention JOIN {table(Message)} message ON message.id = mention.message_id
    WHERE mention.room_id = subscription.room_id AND mention.seq > subscription.read_seq
    AND mention.seq <= %s
    AND (mention.member_id = subscription.member_id OR mention.member_id IS NULL)
    AND message.author_id <> subscription.member_id
    ORDER BY mention.seq"""


class Read(NamedTuple):
    """How far a member has read, and the version of the room that the member had seen then."""

    read: int
    seen: int


def find_unread(member: Member, room: Room) -> tuple[Read, Unread | None]:
    """Return how far the member has read, and what is unread up to the room's version.

    One database query, written by hand: each room page asks. Nothing is unread for who has no
    subscription.
    """
    seqs = _seqs_in_direct() if room.is_direct else _mentioned_seqs()
    columns = [
        "subscription.read_seq",
        "subscription.seen_version",
        f"(SELECT COUNT(*) FROM (SELECT 1 {MESSAGES} LIMIT {COUNT_MAX + 1}) found)",  # noqa: S608
        f"(SELECT message.sent_at {MESSAGES} LIMIT 1)",
        f"(SELECT {JOINED_SEQS[database().vendor]} FROM ({seqs}) found)",  # noqa: S608
    ]
    source = (
        f"FROM {table(Subscription)} subscription"
        " WHERE subscription.member_id = %s AND subscription.room_id = %s"
    )
    params = sum(it.count("%s") for it in columns) * [room.version]
    rows = fetch(columns, source, [*params, member.pk, room.pk])
    if not rows:
        return Read(room.version, room.version), None
    [(seq, seen, count, since, mentions)] = rows
    return Read(seq, max(seq, seen)), _unread(count, since, mentions) if count else None


def _mentioned_seqs() -> str:
    return f"SELECT DISTINCT mention.seq {MENTIONS} LIMIT {MENTIONS_MAX}"


def _seqs_in_direct() -> str:
    """In a direct room, unless it is muted, each message counts as a mention."""
    return f"""
        SELECT seq FROM (SELECT message.seq {MESSAGES} LIMIT {MENTIONS_MAX}) posted
        WHERE subscription.muted_at IS NULL
        UNION SELECT seq FROM ({_mentioned_seqs()}) mentioned"""  # noqa: S608


def _unread(count: int, since: datetime | str, mentions: str | None) -> Unread:
    return Unread(
        count=min(count, COUNT_MAX),
        more=count > COUNT_MAX,
        since=as_datetime(since),
        mentions=sorted(map(int, mentions.split(","))) if mentions else [],
    )
