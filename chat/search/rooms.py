"""Which rooms a member may read, and from where on.

It says what `policy` says, as conditions of one query; each hit is asked of `policy` besides.
"""

from typing import Any

from django.utils import timezone

from chat import policy
from chat.access import Found
from chat.journal.sql import database, fetch, table
from chat.models import (
    BannedNetwork,
    Knock,
    Member,
    Membership,
    Room,
    RoomKind,
    Sanction,
    SanctionKind,
    Subscription,
)

Readable = dict[int, int]  # the first seq that a member sees, by a room's primary key

LISTED = (
    f"room.id IN (SELECT room_id FROM {table(Subscription)}"  # noqa: S608
    " WHERE member_id = %s AND kept_at IS NOT NULL"
    f" UNION SELECT room_id FROM {table(Membership)} WHERE member_id = %s)"
)
# Guests keep no open room: access.py.
JOINED = (
    f"FROM {table(Room)} room LEFT JOIN {table(Membership)} membership"
    " ON membership.room_id = room.id AND membership.member_id = %s"
)
LET_IN = (
    "(NOT room.needs_knock OR membership.id IS NOT NULL"  # noqa: S608
    f" OR EXISTS (SELECT 1 FROM {table(Knock)} knock WHERE knock.room_id = room.id"
    " AND knock.member_id = %s AND knock.let_in_at IS NOT NULL))"
)
BANNED = (
    f"EXISTS (SELECT 1 FROM {table(Sanction)} ban WHERE ban.room_id = room.id"  # noqa: S608
    f" AND ban.kind = '{SanctionKind.BAN}' AND ban.until > %s AND (ban.member_id = %s"
    f" OR EXISTS (SELECT 1 FROM {table(BannedNetwork)} network"
    " WHERE network.ban_id = ban.id AND network.digest = %s)))"
)
IS_IN = (
    f"(membership.id IS NOT NULL OR (room.kind = '{RoomKind.OPEN}' AND {{let_in}}))"
    f" AND room.deleted_at IS NULL AND NOT {BANNED}"
)
VISIBLE_FROM = f"CASE room.kind WHEN '{RoomKind.OPEN}' THEN 0 ELSE membership.visible_from END"


def readable(member: Member, room: Found | None) -> Readable:
    """What the member may read: of their rooms, or of one room. One query; none for who may not.

    A member's rooms are those in the list, and those where the member has a membership.
    """
    if not policy.may_enter(member) or (room is None and not member.is_saved):
        return {}
    pk = member.pk or 0
    chosen, of_choice = (LISTED, [pk, pk]) if room is None else ("room.id = %s", [room.room.pk])
    is_in, values = _is_in(member)
    rows = fetch(
        ["room.id", VISIBLE_FROM],
        f"{JOINED} WHERE {chosen} AND {is_in}",
        [pk, *of_choice, *values],
    )
    return {pk: seq for pk, seq in rows}  # noqa: C416


def _is_in(member: Member) -> tuple[str, list[Any]]:
    """The condition that the member may read the room, and its values."""
    pk, now = member.pk or 0, database().ops.adapt_datetimefield_value(timezone.now())
    network = member.network_digest if member.is_guest else ""
    if policy.is_operator(member):  # in open rooms, operators are let in everywhere
        return IS_IN.format(let_in="TRUE"), [now, pk, network]
    return IS_IN.format(let_in=LET_IN), [pk, now, pk, network]
