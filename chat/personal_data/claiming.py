"""Claiming: what a guest, or somebody who came over, has written becomes an account's."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from chat.models import (
    HeldMessage,
    HistoryBound,
    ImportedPerson,
    Invite,
    Knock,
    Member,
    Membership,
    Mention,
    PersonBlock,
    PushDevice,
    PushSettings,
    Removal,
    Report,
    Revocation,
    RoomKind,
    Sanction,
    Subscription,
    direct_rooms,
)
from chat.models.revocation import Why
from chat.personal_data.handing_over import find_heirs, hand_over

CLAIMED_MAX = 100  # of an account: each page and connection lists them


@transaction.atomic
def claim(member: Member, guest: Member) -> bool:
    """Link a guest to the account of the member; tabs that speak as the guest come back.

    Returns False if an account has the guest, or the account has too many.

    Raises PermissionDenied if the account is deleted or deactivated by now.
    """
    users = User.objects.select_for_update().filter(pk=member.user_id or 0, is_active=True)
    if users.first() is None:
        raise PermissionDenied
    if Member.objects.filter(claimed_by=member.user).count() >= CLAIMED_MAX:
        return False
    Membership.objects.hold([guest.pk, member.pk], _private_rooms(guest))
    if not Member.objects.unclaimed(guest.uid).update(claimed_by=member.user):
        return False
    Subscription.objects.move(guest, member)
    Mention.objects.move(guest, member)
    _move_memberships(guest, member)
    if find_heirs(member.pk):
        hand_over(member)
    PersonBlock.objects.move(guest, member)
    Invite.objects.move(guest, member)
    Removal.objects.move(guest, member)
    HistoryBound.objects.move(guest, member)
    Sanction.objects.move(guest, member)
    banned = Sanction.objects.rooms_banned_from(member)
    Subscription.objects.filter(member=member, room__in=banned).delete()
    Report.objects.move(guest, member)
    if guest.has_news:
        Member.objects.filter(pk=member.pk).tell_decision()
    HeldMessage.objects.move(guest, member)
    Knock.objects.move(guest, member)
    PushDevice.objects.filter(member=guest).delete()  # its browsers register again as the account
    PushSettings.objects.filter(member=guest).delete()
    Revocation.objects.append(Why.CLAIMED, member=guest.uid)
    ImportedPerson.objects.filter(member=guest).delete()
    return True


def _move_memberships(guest: Member, member: Member) -> None:
    of_guest = Membership.objects.filter(member=guest)
    _drop_removed(of_guest, member)
    rooms = list(of_guest.values_list("room", flat=True))
    Membership.objects.move(guest, member)
    direct_rooms.find_again(rooms)


def _drop_removed(of_guest: "QuerySet[Membership]", member: Member) -> None:
    """Take the guest out of rooms that the account was removed from since the guest was let in."""
    banned = Sanction.objects.rooms_banned_from(member)
    for it in of_guest.select_related("room", "invite"):
        let_in = it.invite.version if it.invite else it.since
        if it.room_id in banned or Removal.objects.has(member, it.room, after=let_in):
            it.delete()
            Subscription.objects.filter(member=member, room=it.room).delete()


def _private_rooms(guest: Member) -> list[str]:
    """The keys of the rooms that are not open, and that the guest is in."""
    found = Membership.objects.filter(member=guest).exclude(room__kind=RoomKind.OPEN)
    return list(found.values_list("room__key", flat=True))
