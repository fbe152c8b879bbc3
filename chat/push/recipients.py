"""Which devices a message is pushed to: asked when its job runs, and again when the push goes out.

A message is for somebody who has its room in their list, as far as `Subscription.notify` says:

- mentions and replies, unless they chose nothing;
- in a direct room each message, unless they muted the room;
- @room and, for who chose all, each message: likewise.

Never for its author, nor from somebody they have blocked, nor in their quiet hours, nor once they
have read it: who looks at the room on any device has.
"""

from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from chat import access
from chat.models import (
    Job,
    Member,
    Mention,
    Message,
    Notify,
    PersonBlock,
    PushDevice,
    PushSettings,
    Room,
    Subscription,
)
from chat.policy import Action

OLD = timedelta(hours=12)  # this server, or a push service, was away
PAGE = 200  # devices that are looked up at once


class Wanted(NamedTuple):
    """A push that is still wanted: to which device, of which message, and how."""

    device: PushDevice
    message: Message
    room: Room  # as its member finds it: a direct room is named after its people
    settings: PushSettings
    is_mention: bool  # or a direct message: not only as the room is followed


def find_devices(room: int, seq: int, after: int) -> list[int]:
    """Some devices that a message may be for, by primary key, after one. Rights are asked later."""
    message = find_message(room, seq)
    if message is None:
        return []
    subscriptions = _subscriptions(message)
    asked = subscriptions.filter(member=OuterRef("member"))
    found = PushDevice.objects.filter(Exists(asked), pk__gt=after).order_by("pk")
    return list(found.values_list("pk", flat=True)[:PAGE])


def find_wanted(device: int, room: int, seq: int) -> Wanted | None:
    """The push, if the device's member may and would see the message now."""
    found = PushDevice.objects.filter(pk=device).select_related("member__user").first()
    message = find_message(room, seq)
    if found is None or message is None:
        return None
    subscription = _subscriptions(message).filter(member=found.member_id).first()
    room_found = _readable_room(found.member, message) if subscription else None
    if room_found is None:
        return None
    settings = settings_of(found.member)
    if settings.is_quiet(timezone.now()):
        return None
    is_mention = message.room.is_direct or _mentions(message).filter(_of(found.member)).exists()
    return Wanted(found, message, room_found, settings, is_mention)


def find_message(room: int, seq: int) -> Message | None:
    """The message, unless it is deleted, or too old for anybody to be told of now."""
    found = Message.objects.filter(room=room, seq=seq, deleted_at=None, room__deleted_at=None)
    found = found.filter(sent_at__gt=timezone.now() - OLD)
    return found.select_related("room", "author").first()


def settings_of(member: Member) -> PushSettings:
    """What the member has chosen, or the defaults."""
    return PushSettings.objects.filter(member=member).first() or PushSettings(member=member)


def add_sends(state: dict[str, Any], kind: str, devices: list[int]) -> None:
    """A job for each device, that is due at once."""
    states = [
        {"device": it, "room": state["room"], "seq": state["seq"], "tries": 0} for it in devices
    ]
    Job.objects.add_all_quietly(kind, states, timedelta())


def _subscriptions(message: Message) -> QuerySet[Subscription]:
    """Of those for whom the message is, and who have not read it."""
    unmuted = Q(notify=Notify.ALL)
    if message.room.is_direct or _mentions(message).filter(member=None).exists():
        unmuted = Q()
    mentioned = Exists(_mentions(message).filter(member=OuterRef("member")))
    blocked = PersonBlock.objects.filter(member=OuterRef("member"), blocked__in=_selves(message))
    found = Subscription.objects.filter(
        Q(mentioned) | Q(unmuted, muted_at=None),
        room=message.room,
        kept_at__isnull=False,
        read_seq__lt=message.seq,
    )
    return (
        found.exclude(notify=Notify.NOTHING)
        .exclude(member__in=_selves(message))
        .exclude(Exists(blocked))
    )


def _mentions(message: Message) -> QuerySet[Mention]:
    return Mention.objects.filter(room=message.room, seq=message.seq)


def _of(member: Member) -> Q:
    return Q(member=member) | Q(member=None)


def _selves(message: Message) -> list[int]:
    """The author, and the account that has claimed the author."""
    own = Member.objects.find_own([message.author])
    return [message.author_id, *(it.pk for it in own.values())]


def _readable_room(member: Member, message: Message) -> Room | None:
    """The room as the member finds it, if the member may read the message there."""
    found = access.find_in(member, message.room)
    if found is None or not found.may(member, Action.READ):
        return None
    return found.room if message.seq >= found.standing.visible_from else None
