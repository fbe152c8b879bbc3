"""A member's rooms with the counts of unread messages and mentions: the sidebar's badges."""

from datetime import datetime

from django.db.models import Q

from chat.models import Member, Mention, Message, Subscription
from chat.protocol import ListedRoom

LISTED_ROOMS = 50  # the latest visited
COUNT_MAX = 100  # a count stops there


def listed_rooms(member: Member) -> list[tuple[int, ListedRoom]]:
    """The member's rooms with their primary keys, the last active first. Reads the database."""
    subscriptions = Subscription.objects.recent(member)[:LISTED_ROOMS]
    by_activity = sorted(subscriptions, key=_last_active, reverse=True)
    return [(it.room_id, _listed_room(it)) for it in by_activity]


def _last_active(subscription: Subscription) -> datetime:
    return subscription.room.posted_at or subscription.visited_at


def _listed_room(subscription: Subscription) -> ListedRoom:
    room = subscription.room
    has_unread = room.last_seq > subscription.read_seq
    return ListedRoom(
        id=str(room.uid),
        name=room.name,
        topic=room.topic,
        posted_at=room.posted_at,
        muted=subscription.muted_at is not None,
        seq=room.last_seq,
        read=subscription.read_seq,
        unread=_count_unread(subscription) if has_unread else 0,
        mentions=_count_mentions(subscription) if has_unread else 0,
    )


def _count_unread(subscription: Subscription) -> int:
    messages = Message.objects.filter(**_unread_range(subscription), deleted_at=None)
    return messages.exclude(author=subscription.member_id)[:COUNT_MAX].count()


def _count_mentions(subscription: Subscription) -> int:
    unread = _unread_range(subscription)
    of_member = Q(member=subscription.member_id)
    counted = of_member if subscription.muted_at else of_member | Q(member=None)
    own = Message.objects.filter(**unread, author=subscription.member_id)
    by_others = Mention.objects.filter(counted, **unread).exclude(seq__in=own.values("seq"))
    return by_others.values("seq").distinct()[:COUNT_MAX].count()


def _unread_range(subscription: Subscription) -> dict[str, int]:
    # Up to the `seq` that the list names: a message posted since then arrives as news.
    return {
        "room": subscription.room_id,
        "seq__gt": subscription.read_seq,
        "seq__lte": subscription.room.last_seq,
    }
