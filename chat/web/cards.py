"""The card of a person: what others may know about a member."""

from datetime import date
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from chat.models import Member, Membership, Message, PersonBlock, Reaction, Room, Subscription
from chat.models.member import NOT_SHOWN


class Card(Struct):
    """`since` is the day of the account, or of the guest's first visit. All of UTC.

    `username` and `time_zone` are null where there are none, or none to show.
    """

    id: str  # of the member who is shown: the account's own for a guest whom it claimed
    name: str
    guest: bool
    former: bool
    username: str | None
    since: date
    status: str
    time_zone: str | None
    blocked: bool | UnsetType = UNSET  # true if who looks has blocked the person


def find(room: Room, uid: UUID, viewer: Member) -> Card | None:
    """The card of the member with this uid for a viewer, if the member is or was in the room."""
    member = Member.objects.select_related("user", "claimed_by").filter(uid=uid).first()
    if member is None or not _was_in(room, member):
        return None
    return _card(_account_of(member), viewer)


def _was_in(room: Room, member: Member) -> bool:
    """Whether the member has been, spoken or reacted here: an id alone opens nothing."""
    if Subscription.objects.filter(room=room, member=member).exists():
        return True
    if not room.is_open and Membership.objects.filter(room=room, member=member).exists():
        return True
    if Message.objects.filter(room=room, author=member).exists():
        return True
    return Reaction.objects.filter(message__room=room, member=member).exists()


def _account_of(member: Member) -> Member:
    """The account's own member for a claimed guest, else the member."""
    if member.claimed_by_id is None:
        return member
    found = Member.objects.select_related("user").filter(user=member.claimed_by_id).first()
    return found or member


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
        blocked=PersonBlock.objects.has_blocked(viewer, member) or UNSET,
    )
