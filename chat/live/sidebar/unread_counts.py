"""A member's rooms with the counts of unread messages and mentions: the sidebar's badges."""

from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from msgspec import UNSET, UnsetType

from chat.models import Member, Mention, Message, Room, Subscription, direct_rooms
from chat.models.message import Kind
from chat.protocol import ListedRoom

LISTED_ROOMS = 50  # the latest visited
FURTHER_ROOMS = 100  # starred, and then archived
COUNT_MAX = 100  # a count stops there


class Count(Subquery):
    """How many rows a query finds; a limit of the query limits the count too."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"


def listed_rooms(member: Member) -> list[tuple[int, ListedRoom]]:
    """The member's rooms with their primary keys, the last active first. Two queries at most."""
    shown = Q(pk__in=_latest(member)) | Q(pk__in=_further(member))
    counted = Subscription.objects.filter(shown, member=member).select_related("room")
    counted = counted.annotate(unread=Count(_unread()), mentions=Count(_unread_mentions()))
    by_activity = sorted(counted.order_by("-visited_at"), key=_last_active, reverse=True)
    direct_rooms.name_for([member.pk], [it.room for it in by_activity])
    return [(it.room_id, _listed_room(it)) for it in by_activity]


def _latest(member: Member) -> QuerySet[Subscription, Any]:
    recent = Subscription.objects.recent(member).filter(room__archived_at=None)
    return recent.values("pk")[:LISTED_ROOMS]


def _further(member: Member) -> QuerySet[Subscription, Any]:
    """Rooms that are listed however long ago the visit was, and those that are out of the way."""
    is_further = Q(starred_at__isnull=False) | Q(room__archived_at__isnull=False)
    found = Subscription.objects.recent(member).filter(is_further)
    starred_first = F("starred_at").desc(nulls_last=True)
    return found.order_by(starred_first, "-visited_at").values("pk")[:FURTHER_ROOMS]


def _last_active(subscription: Subscription) -> datetime:
    return subscription.room.posted_at or subscription.visited_at


def _listed_room(subscription: Any) -> ListedRoom:
    room, muted = subscription.room, subscription.muted_at is not None
    is_for_me = room.is_direct and not muted  # each message, as if it mentioned the member
    return ListedRoom(
        id=str(room.uid),
        name=room.shown_name,
        topic=room.topic,
        posted_at=room.posted_at,
        muted=muted,
        seq=room.last_seq,
        read=subscription.read_seq,
        unread=subscription.unread,
        mentions=subscription.unread if is_for_me else subscription.mentions,
        kind=kind_of(room),
        starred=subscription.starred_at is not None or UNSET,
        archived=room.is_archived or UNSET,
        picture=str(room.shown_picture) if room.shown_picture else UNSET,
    )


def kind_of(room: Room) -> str | UnsetType:
    """The kind as events tell it."""
    return UNSET if room.is_open else room.kind


def _unread() -> QuerySet[Message, Any]:
    """The unread messages of the outer query's subscription."""
    messages = Message.objects.filter(_unread_range(), deleted_at=None).exclude(kind=Kind.EVENT)
    return messages.exclude(author=OuterRef("member_id")).values("pk")[:COUNT_MAX]


def _unread_mentions() -> QuerySet[Mention, Any]:
    """The seqs of unread messages that mention the member of the outer query's subscription."""
    muted_at = ExpressionWrapper(OuterRef("muted_at"), DateTimeField())
    mentions = Mention.objects.annotate(muted_at=muted_at).filter(
        _unread_range(), Q(member=OuterRef("member_id")) | Q(member=None, muted_at=None)
    )
    by_others = mentions.exclude(message__author=OuterRef("member_id"))
    return by_others.values("seq").distinct()[:COUNT_MAX]


def _unread_range() -> Q:
    # Up to the `seq` that the list names: a message posted since then arrives as news.
    return Q(
        room=OuterRef("room_id"),
        seq__gt=OuterRef("read_seq"),
        seq__lte=OuterRef("room__last_seq"),
    )
