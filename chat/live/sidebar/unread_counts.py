"""The rooms of a member with their unread counts: what the badges of the sidebar show."""

from datetime import datetime

from django.db.models import Q

from chat.models import Member, Mention, Message, Subscription
from chat.protocol import ListedRoom

LISTED_ROOMS = 50
COUNT_MAX = 100  # messages; a higher number says nothing more


def listed(member: Member) -> list[tuple[int, ListedRoom]]:
    """The member's rooms with their primary keys, the last active first."""
    subscriptions = Subscription.objects.recent(member)[:LISTED_ROOMS]
    by_activity = sorted(subscriptions, key=_last_active, reverse=True)
    return [(it.room_id, _listed(it)) for it in by_activity]


def _last_active(subscription: Subscription) -> datetime:
    return subscription.room.posted_at or subscription.visited_at


def _listed(subscription: Subscription) -> ListedRoom:
    room = subscription.room
    has_news = room.last_seq > subscription.read_seq
    return ListedRoom(
        id=str(room.uid),
        name=room.name,
        topic=room.topic,
        posted_at=room.posted_at,
        muted=subscription.muted_at is not None,
        seq=room.last_seq,
        read=subscription.read_seq,
        unread=_unread(subscription) if has_news else 0,
        mentions=_mentions(subscription) if has_news else 0,
    )


def _unread(subscription: Subscription) -> int:
    messages = Message.objects.filter(room=subscription.room_id, **_since(subscription))
    others = messages.filter(deleted_at=None).exclude(author=subscription.member_id)
    return others[:COUNT_MAX].count()


def _mentions(subscription: Subscription) -> int:
    of_me = Q(member=subscription.member_id)
    counted = of_me if subscription.muted_at else of_me | Q(member=None)
    mine = Message.objects.filter(
        room=subscription.room_id, author=subscription.member_id, **_since(subscription)
    )
    mentions = Mention.objects.filter(counted, room=subscription.room_id, **_since(subscription))
    by_others = mentions.exclude(seq__in=mine.values("seq"))
    return by_others.values("seq").distinct()[:COUNT_MAX].count()


def _since(subscription: Subscription) -> dict[str, int]:
    """The seqs to count: a message posted meanwhile arrives as news."""
    return {"seq__gt": subscription.read_seq, "seq__lte": subscription.room.last_seq}
