"""Whom invites let in, and who makes and revokes invites.

An invite holds as long as its maker may invite people into the room: none does while the room is
archived. The journal and `chat.signals` revoke the invites of a maker who is no moderator any more,
is out of the room or deactivated, so that none of them holds again.
"""

from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from chat import policy
from chat.models import (
    ActKind,
    History,
    Invite,
    Member,
    Membership,
    ModerationAct,
    Removal,
    Room,
    Sanction,
)
from chat.policy import Action, Standing

OPEN_MAX = 100  # invites of a room that are not revoked, expired or used up
ENDED_MAX = 200  # others that are kept


class NotAllowed(Exception):
    """The member may not do this with invites into the room."""


class TooManyInvites(Exception):
    """The room has OPEN_MAX open invites."""


def admits(invite: Invite, room: Room, member: Member) -> bool:
    """Whether the invite lets in this member, who is not in the room."""
    return takes(invite, member) and holds(invite, room, member)


def takes(invite: Invite, member: Member) -> bool:
    """Whether the invite is for such a member: an account, or a guest."""
    return policy.may_change(member) and (invite.for_guests or not member.is_guest)


def holds(invite: Invite, room: Room, member: Member) -> bool:
    """Whether the invite lets anybody in, and was made after somebody removed the member."""
    maker = invite.made_by
    if maker is None or not invite.is_open:
        return False
    if not policy.may(maker, Action.INVITE, room, _standing(maker, room)):
        return False
    if _is_banned(member, room):
        return False
    return not Removal.objects.has(member, room, after=invite.version)


def shows_history(invite: Invite, room: Room) -> bool:
    """Whether who comes in now sees what was said before.

    The choice of an invite holds as long as its maker may choose.
    """
    maker = invite.made_by
    may_choose = maker and policy.may(maker, Action.SET_HISTORY, room, _standing(maker, room))
    if invite.sees_history is None or not may_choose:
        return room.history == History.START
    return invite.sees_history


@transaction.atomic
def make(member: Member, room: Room, **terms: Any) -> Invite:
    """Store an invite with these fields. Raises NotAllowed and TooManyInvites."""
    room = Room.objects.select_for_update(no_key=True).get(pk=room.pk)
    _lock_account(member)
    standing = _standing(member, room)
    needed = [Action.INVITE] + [Action.SET_HISTORY] * (terms.get("sees_history") is not None)
    if not all(policy.may(member, it, room, standing) for it in needed):
        raise NotAllowed
    of_room = Invite.objects.filter(room=room)
    if of_room.open().count() >= OPEN_MAX:
        raise TooManyInvites
    _forget_old(room)
    return Invite.objects.create(room=room, made_by=member, version=room.version, **terms)


@transaction.atomic
def revoke(member: Member, room: Room, uid: UUID) -> bool:
    """Returns whether the room has such an invite. Raises NotAllowed."""
    room = Room.objects.select_for_update(no_key=True).get(pk=room.pk)
    if not policy.may(member, Action.INVITE, room, _standing(member, room)):
        raise NotAllowed
    found = Invite.objects.filter(room=room, uid=uid)
    if not found.revoke():
        return found.exists()
    made_by = found.get().made_by
    act = ModerationAct(kind=ActKind.REVOKE_INVITE, room=room, by=member, member=made_by)
    ModerationAct.objects.log([act])
    return True


def _lock_account(member: Member) -> None:
    """Let nobody deactivate the account before the invite is stored, which is revoked then.

    Raises NotAllowed.
    """
    users = User.objects.select_for_update(no_key=True).filter(
        pk=member.user_id or 0, is_active=True
    )
    if users.first() is None:
        raise NotAllowed


def _forget_old(room: Room) -> None:
    """Keep the last ENDED_MAX of the invites that are not open."""
    of_room = Invite.objects.filter(room=room)
    ended = of_room.exclude(pk__in=of_room.open().values("pk")).order_by("-pk")
    old = list(ended.values_list("pk", flat=True)[ENDED_MAX : ENDED_MAX + OPEN_MAX])
    Invite.objects.filter(pk__in=old).delete()


def _is_banned(member: Member, room: Room) -> bool:
    """Whether the member, or the network of this guest, is banned from the room."""
    if not room.has_sanctions:
        return False
    digests = [member.network_digest] if member.network_digest else []
    pks = [member.pk] if member.is_saved else []
    found = Sanction.objects.in_rooms([room.pk], pks, digests)
    return any(it.is_ban and it.is_meant(member) for it in found)


def _standing(member: Member, room: Room) -> Standing:
    return Standing.of(Membership.objects.filter(member=member.pk, room=room).first())
