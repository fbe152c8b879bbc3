"""What a person has not read in the room they open: the bar above its messages."""

from datetime import datetime
from typing import Any, TypedDict

from django.db.models import OuterRef, Q, QuerySet, Subquery, TextField

from chat.live.sidebar.unread_counts import Count
from chat.models import Member, Mention, Message, Room, Subscription

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


class Seqs(Subquery):
    """The seqs that a query finds, joined by commas; None: there are none."""

    template = "(SELECT GROUP_CONCAT(seq) FROM (%(subquery)s) AS found)"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "(SELECT STRING_AGG(seq::text, ',') FROM (%(subquery)s) AS found)"
        return self.as_sql(compiler, connection, template=template, **context)


def find_unread(member: Member, room: Room) -> tuple[int, Unread | None]:
    """Return how far the member has read, and what is unread up to the room's version.

    One database query. Nothing is unread for who has no subscription.
    """
    messages, mentions = _messages(room.version), _mentions(room.version)
    found = Subscription.objects.filter(member=member, room=room).annotate(
        unread=Count(messages.values("pk")[: COUNT_MAX + 1]),
        since=Subquery(messages.values("sent_at")[:1]),
        mentions=Seqs(mentions.values("seq").distinct()[:MENTIONS_MAX]),
    )
    subscription: Any = found.first()
    if subscription is None:
        return room.version, None
    return subscription.read_seq, _unread(subscription) if subscription.unread else None


def _unread(subscription: Any) -> Unread:
    seqs = subscription.mentions.split(",") if subscription.mentions else []
    count = min(subscription.unread, COUNT_MAX)
    return Unread(
        count=count,
        more=subscription.unread > count,
        since=subscription.since,
        mentions=sorted(map(int, seqs)),
    )


def _messages(up_to: int) -> QuerySet[Message]:
    """The unread messages of the outer query's subscription."""
    messages = Message.objects.filter(_range(up_to), deleted_at=None)
    return messages.exclude(author=OuterRef("member_id")).order_by("seq")


def _mentions(up_to: int) -> QuerySet[Mention]:
    """The unread mentions of the member of the outer query's subscription."""
    mentions = Mention.objects.filter(
        _range(up_to), Q(member=OuterRef("member_id")) | Q(member=None)
    )
    return mentions.exclude(message__author=OuterRef("member_id")).order_by("seq")


def _range(up_to: int) -> Q:
    return Q(room=OuterRef("room_id"), seq__gt=OuterRef("read_seq"), seq__lte=up_to)
