"""Claiming: a signed-in user says which guest of the browser the user was."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from accounts.models import User
from chat import policy, runtime
from chat.models import (
    HeldMessage,
    HistoryBound,
    Invite,
    Knock,
    Member,
    Membership,
    Mention,
    PersonBlock,
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
from chat.web import guests, names
from chat.web.requests import next_path

CLAIMED_MAX = 100  # of an account: each page and connection lists them


def claimable_guest(request: HttpRequest, member: Member) -> Member | None:
    """The guest that a signed-in browser talked as before; asked for until the user answers."""
    guest = guests.guest_of(request.COOKIES)
    if member.user_id is None or guest in (None, member.uid):
        return None
    if len(member.claimed_uids) >= CLAIMED_MAX:
        return None
    return Member.objects.unclaimed(guest).first() if guest else None


@require_POST
@guests.guest_view
def claim(request: HttpRequest, member: Member) -> HttpResponse:
    """Claim the guest of the browser, or with answer=no forget the guest. Leads back to `next`."""
    if member.user_id is None or not policy.may_change(member):
        raise PermissionDenied
    guest = claimable_guest(request, member)
    if guest and request.POST.get("answer") == "yes":
        _claim(member.ensure_saved(), guest)
        runtime.publish_rooms_from_sync(member)
        names.tell_beside(member)
    response = HttpResponseRedirect(next_path(request))
    guests.set_cookie(response, member.uid)
    return response


@transaction.atomic
def _claim(member: Member, guest: Member) -> None:
    """Link a guest to the account of the member; tabs that speak as the guest come back.

    Raises PermissionDenied if the account is deleted or deactivated by now.
    """
    users = User.objects.select_for_update().filter(pk=member.user_id or 0, is_active=True)
    if users.first() is None:
        raise PermissionDenied
    if Member.objects.filter(claimed_by=member.user).count() >= CLAIMED_MAX:
        return
    Membership.objects.hold([guest.pk, member.pk], _private_rooms(guest))
    if Member.objects.unclaimed(guest.uid).update(claimed_by=member.user):
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
        Revocation.objects.append(Why.CLAIMED, member=guest.uid)


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
