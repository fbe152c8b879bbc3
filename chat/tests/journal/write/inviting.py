"""Coming in by an invite, and what is stored of it."""

from django.test import Client

from accounts.models import User
from chat import guest_cookie
from chat.journal.roster_changes import Join
from chat.models import (
    Invite,
    Member,
    Membership,
    Room,
)
from chat.tests.support.private_rooms import (
    refusal,
)


def join(invite: Invite, member: Member) -> str | None:
    return refusal(Join(invite.room_id, member.pk, invite.pk))


def names_in(room: Room) -> set[str]:
    return set(Membership.objects.filter(room=room).values_list("member__name", flat=True))


def claim(guest: Member, account: Member) -> None:
    client = Client()
    client.force_login(account.user)  # type: ignore[arg-type]
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(guest.uid)
    client.post("/claim/", {"answer": "yes"})
    assert Member.objects.get(pk=guest.pk).claimed_by == account.user


def uses(invite: Invite) -> int:
    return Invite.objects.get(pk=invite.pk).uses


def set_active(member: Member, *, is_active: bool) -> None:
    user = User.objects.get(pk=member.user_id or 0)
    user.is_active = is_active
    user.save()
