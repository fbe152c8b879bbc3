"""The card of a person: what others may know about a member."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

import msgspec
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from msgspec import UNSET, Struct, UnsetType

from chat import access, policy
from chat.access import Found
from chat.models import Member, Membership, Message, PersonBlock, Reaction, Room, Subscription
from chat.models.member import NOT_SHOWN
from chat.policy import Action
from chat.web import doors
from chat.web.caching import no_cache
from chat.web.guests import guest_view

SEEN_MESSAGES = 5_000  # of a room, the latest: so long a card is found of who has left


class Card(Struct):
    """`since` is the day of the account, or of the guest's first visit. All of UTC.

    `username` and `time_zone` are null where there are none, or none to show. The last three are
    for who may mute and ban the person: whether they may, and until when the person is that here.
    """

    id: str  # of the member who is shown: the account's own for a guest whom it claimed
    name: str
    guest: bool
    former: bool
    username: str | None
    since: date
    status: str
    time_zone: str | None
    picture: str | UnsetType = UNSET  # a UUID; absent where there is none
    bot: bool | UnsetType = UNSET  # true for a program
    blocked: bool | UnsetType = UNSET  # true if who looks has blocked the person
    kept: bool | UnsetType = UNSET
    muted: datetime | UnsetType = UNSET
    banned: datetime | UnsetType = UNSET


@no_cache
@require_safe
@guest_view
def card(request: HttpRequest, member: Member, room_name: str, uid: UUID) -> HttpResponse:
    """The card of a person who is or was in the room, or 404."""
    _, found = doors.find(member, room_name)
    shown = find(found, uid, member) if found else None
    if shown is None:
        raise Http404("There is no such person in this room.")
    answer = HttpResponse(msgspec.json.encode(shown), content_type="application/json")
    return doors.forgettable(answer, found)


def find(found: Found, uid: UUID, viewer: Member) -> Card | None:
    """The card of the member with this uid, if the member is in the room or is seen there.

    `viewer` is who looks. Of a room that is not open, they learn who was there since they see its
    messages.
    """
    member = Member.objects.select_related("user", "claimed_by").filter(uid=uid).first()
    if member is None:
        return None
    shown = _account_of(member)
    is_known = _has_been_in(found.room, {member, shown}) or _is_seen_in(found, member)
    return _kept(_card(shown, viewer), shown, found, viewer) if is_known else None


def _has_been_in(room: Room, members: Collection[Member]) -> bool:
    """Whether one of the members has been here, and has not left: an id alone opens nothing."""
    people = Subscription.objects if room.is_open else Membership.objects
    return people.filter(room=room, member__in=members).exists()


def _is_seen_in(found: Found, member: Member) -> bool:
    """Whether the member has spoken or reacted in the latest messages."""
    room, first = found.room, found.standing.visible_from
    latest = Message.objects.filter(room=room, seq__gt=room.last_seq - SEEN_MESSAGES)
    reacted = Reaction.objects.filter(message=OuterRef("pk"), member=member)
    # Counted: for the first of many, PostgreSQL would rather try the whole table.
    by_member = Q(author=member) | Exists(reacted)
    return latest.filter(by_member, seq__gte=first).count() > 0


def _account_of(member: Member) -> Member:
    """The account's own member for a claimed guest, else the member."""
    if member.claimed_by_id is None:
        return member
    found = Member.objects.select_related("user").filter(user=member.claimed_by_id).first()
    return found or member


def _kept(card: Card, member: Member, found: Found, viewer: Member) -> Card:
    """The card, with what moderators know of those whom they may mute and ban."""
    if not found.may(viewer, Action.MUTE):
        return card
    standing = access.standing_of(member, found.room)
    if policy.may_sanction(viewer, found.standing, member, standing):
        card.kept = True
        card.muted = (standing.is_muted and standing.muted_until) or UNSET
        card.banned = (standing.is_banned and standing.banned_until) or UNSET
    return card


def _card(member: Member, viewer: Member) -> Card:
    user = None if member.is_former else member.user
    return Card(
        id=str(member.uid),
        name=member.name,
        guest=member.is_guest,
        former=member.is_former,
        username=user.username if user else None,
        since=(user.date_joined if user else member.created_at).date(),
        status=member.status,
        time_zone=None if member.time_zone in {"", NOT_SHOWN} else member.time_zone,
        picture=str(member.picture_id) if member.picture_id else UNSET,
        bot=member.is_bot or UNSET,
        blocked=PersonBlock.objects.has_blocked(viewer, member) or UNSET,
    )
