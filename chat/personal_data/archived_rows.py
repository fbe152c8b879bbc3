"""The rows of one person, as the archive has them: what is in it. Nothing that others wrote is."""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db.models import Q

from accounts.models import User
from chat.models import (
    Bot,
    File,
    HeldMessage,
    Invite,
    Member,
    Membership,
    Message,
    ProgramCursor,
    PushDevice,
    PushSettings,
    Reaction,
    Report,
    Revision,
    Room,
    Subscription,
    Token,
    Webhook,
    direct_rooms,
)
from chat.personal_data import archived_files

PAGE_ROWS = 200  # read at once: 200 of the longest messages are some megabytes
PAGE_CURSORS = 10  # likewise: each has a position in some hundred rooms

Row = dict[str, Any]
ReadPage = Callable[[list[int], int], list[tuple[int, Row]]]  # takes members and the last key


def member_keys(user: User) -> list[int]:
    """The primary keys of those as whom the person has spoken."""
    return list(Member.objects.all_of_user(user).values_list("pk", flat=True))


def profile(user: User) -> Row:
    addresses = EmailAddress.objects.filter(user=user)
    sessions = UserSession.objects.filter(user=user)
    return {
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "email_addresses": list(addresses.values("email", "verified", "primary")),
        "joined_at": user.date_joined,
        "signed_in_at": user.last_login,
        "sessions": list(sessions.values("created_at", "ip", "user_agent")),
        "notifications": _notifications(user),
    }


def _notifications(user: User) -> Row:
    """What the person has chosen, and to which browsers something is pushed."""
    chosen = PushSettings.objects.filter(member__user=user)
    devices = PushDevice.objects.filter(member__user=user).order_by("pk")
    return {
        "chosen": chosen.values("shows_text", "quiet_from", "quiet_until", "time_zone").first(),
        "devices": list(devices.values("name", "endpoint", "created_at", "seen_at", "pushed_at")),
    }


def _members(members: list[int], after: int) -> list[tuple[int, Row]]:
    rows = Member.objects.filter(pk__in=members, pk__gt=after).order_by("pk")[:PAGE_ROWS]
    return [
        (
            it.pk,
            {
                "id": it.uid,
                "name": it.name,
                "was_guest": it.claimed_by_id is not None,
                "status": it.status,
                "picture": it.picture_id,
                "time_zone": it.time_zone,
                "created_at": it.created_at,
            },
        )
        for it in rows
    ]


def _rooms(members: list[int], after: int) -> list[tuple[int, Row]]:
    rows = Subscription.objects.filter(member__in=members, pk__gt=after).order_by("pk")
    page = list(rows.select_related("room", "member")[:PAGE_ROWS])
    names = _room_names((it.room for it in page), members)
    return [
        (
            it.pk,
            {
                "room": names[it.room_id],
                "member": it.member.uid,
                "in_list_since": it.kept_at,
                "visited_at": it.visited_at,
                "read_up_to": it.read_seq,
                "changes_seen_up_to": it.seen_version,
                "muted_at": it.muted_at,
                "starred_at": it.starred_at,
                "notify": it.notify,
            },
        )
        for it in page
    ]


def _room_names(rooms: Iterable[Room], members: list[int]) -> dict[int, str]:
    """The names of rooms, by primary key; of a room that the person is not in, its id."""
    found = {it.pk: it for it in rooms}
    memberships = Membership.objects.filter(member__in=members, room__in=found)
    is_in = set(memberships.values_list("room", flat=True))
    direct_rooms.name_for(members, [it for it in found.values() if it.pk in is_in])
    return {pk: it.shown_name if it.is_open or pk in is_in else it.key for pk, it in found.items()}


def _messages(members: list[int], after: int) -> list[tuple[int, Row]]:
    rows = Message.objects.filter(author__in=members, pk__gt=after).order_by("pk")
    page = list(rows.select_related("room", "author")[:PAGE_ROWS])
    earlier = _earlier_texts([it.pk for it in page if it.edited_at])
    names = _room_names((it.room for it in page), members)
    return [
        (
            it.pk,
            {
                "room": names[it.room_id],
                "number": it.seq,
                "member": it.author.uid,
                "sent_at": it.sent_at,
                "edited_at": it.edited_at,
                "deleted_at": it.deleted_at,
                "kind": it.kind,
                "text": it.text,
                "files": it.files,
                "reply_to": it.reply_to,
                "earlier_texts": earlier.get(it.pk, []),
            },
        )
        for it in page
    ]


def _earlier_texts(messages: list[int]) -> dict[int, list[Row]]:
    rows = Revision.objects.filter(message__in=messages).order_by("message", "version")
    return {
        message: [{"text": it.text, "written_at": it.written_at} for it in some]
        for message, some in groupby(rows, lambda it: it.message_id)
    }


def _reactions(members: list[int], after: int) -> list[tuple[int, Row]]:
    rows = Reaction.objects.filter(member__in=members, pk__gt=after).order_by("pk")
    page = list(rows.select_related("message__room", "member")[:PAGE_ROWS])
    names = _room_names((it.message.room for it in page), members)
    return [
        (
            it.pk,
            {
                "room": names[it.message.room_id],
                "number": it.message.seq,
                "member": it.member.uid,
                "emoji": it.emoji,
            },
        )
        for it in page
    ]


def _invites(members: list[int], after: int) -> list[tuple[int, Row]]:
    """Those that the person made. Who came in by them is about others."""
    rows = Invite.objects.filter(made_by__in=members, pk__gt=after).order_by("pk")
    page = list(rows.select_related("room", "made_by")[:PAGE_ROWS])
    names = _room_names((it.room for it in page), members)
    return [
        (
            it.pk,
            {
                "room": names[it.room_id],
                "member": it.made_by and it.made_by.uid,
                "note": it.note,
                "created_at": it.created_at,
                "expires_at": it.expires_at,
                "revoked_at": it.revoked_at,
                "uses": it.uses,
                "uses_max": it.uses_max,
                "for_guests": it.for_guests,
            },
        )
        for it in page
    ]


def _tokens(members: list[int], after: int) -> list[tuple[int, Row]]:
    """Those with which programs speak as the person, or as a bot for which the person made them.

    One that posts in one room is an incoming webhook. Their secrets are not stored.
    """
    own = Q(member__in=members) | Q(made_by__in=members)
    rows = Token.objects.filter(own, pk__gt=after).order_by("pk")
    page = list(rows.select_related("member")[:PAGE_ROWS])
    return [
        (
            it.pk,
            {
                "member": it.member.uid,
                "name": it.name,
                "scopes": it.scopes,
                "rooms": it.rooms,
                "created_at": it.created_at,
                "expires_at": it.expires_at,
                "used_at": it.last_used_at,
                "revoked_at": it.revoked_at,
            },
        )
        for it in page
    ]


def _bots(members: list[int], after: int) -> list[tuple[int, Row]]:
    """Those that the person made, and that nobody has removed."""
    rows = Bot.objects.filter(made_by__in=members, pk__gt=after).order_by("pk")
    page = list(rows.select_related("member", "room")[:PAGE_ROWS])
    names = _room_names((it.room for it in page if it.room), members)
    return [
        (
            it.pk,
            {
                "id": it.member.uid,
                "name": it.member.name,
                "room": it.room_id and names[it.room_id],
                "hears": it.hears,
                "hears_own": it.hears_own,
                "commands": it.commands,
            },
        )
        for it in page
    ]


def _webhooks(members: list[int], after: int) -> list[tuple[int, Row]]:
    """Those that the person made. Who knows more of an address than its host may post there."""
    rows = Webhook.objects.filter(made_by__in=members, pk__gt=after).order_by("pk")
    page = list(rows.select_related("bot__member", "room")[:PAGE_ROWS])
    names = _room_names((it.room for it in page), members)
    return [
        (
            it.pk,
            {
                "bot": it.bot.member.uid,
                "name": it.name,
                "room": names[it.room_id],
                "receiver": urlsplit(it.url).hostname,
                "created_at": it.created_at,
                "delivered_at": it.delivered_at,
                "paused_at": it.paused_at,
                "why_paused": it.why_paused,
            },
        )
        for it in page
    ]


def _cursors(members: list[int], after: int) -> list[tuple[int, Row]]:
    """How far the person's programs have got, in each room."""
    rows = ProgramCursor.objects.filter(member__in=members, pk__gt=after).order_by("pk")
    page = list(rows.select_related("member")[:PAGE_CURSORS])
    rooms = list(Room.objects.filter(uid__in={uid for it in page for uid in it.positions}))
    by_pk = _room_names(rooms, members)
    names = {str(it.uid): by_pk[it.pk] for it in rooms}
    return [
        (
            it.pk,
            {
                "member": it.member.uid,
                "name": it.name,
                "moved_at": it.moved_at,
                "positions": [
                    {"room": names.get(uid, uid), "read_up_to": version}
                    for uid, (_, version) in it.positions.items()
                ],
            },
        )
        for it in page
    ]


def _reports(members: list[int], after: int) -> list[tuple[int, Row]]:
    """What the person reported, and why. The reported texts are of others."""
    rows = Report.objects.filter(reporter__in=members, pk__gt=after).order_by("pk")
    page = list(rows.select_related("case__room", "reporter")[:PAGE_ROWS])
    names = _room_names((it.case.room for it in page), members)
    return [
        (
            it.pk,
            {
                "room": names[it.case.room_id],
                "number": it.case.seq,
                "member": it.reporter.uid,
                "reason": it.why,
                "reported_at": it.at,
                "decided_at": it.case.decided_at,
                "verdict": it.case.verdict,
                "answer": it.case.answer,
            },
        )
        for it in page
    ]


def _held_messages(members: list[int], after: int) -> list[tuple[int, Row]]:
    """Those that wait for a moderator. A rejected one has no text."""
    rows = HeldMessage.objects.waiting().filter(member__in=members, pk__gt=after).order_by("pk")
    page = list(rows.select_related("room", "member")[:PAGE_ROWS])
    names = _room_names((it.room for it in page), members)
    return [
        (
            it.pk,
            {
                "room": names[it.room_id],
                "member": it.member.uid,
                "sent_at": it.at,
                "kind": it.kind,
                "text": it.text,
                "reply_to": it.reply_to,
            },
        )
        for it in page
    ]


def _files(members: list[int], after: int) -> list[tuple[int, Row]]:
    """Those that are there, sent or not. `path` is where the bytes are in the archive."""
    rows = File.objects.ready().filter(member__in=members, pk__gt=after).order_by("pk")
    page = list(rows.select_related("room", "member", "message")[:PAGE_ROWS])
    names = _room_names((it.room for it in page), members)
    return [
        (
            it.pk,
            {
                "room": names[it.room_id],
                "number": it.message and it.message.seq,
                "member": it.member.uid,
                "begun_at": it.created_at,
                "name": it.name,
                "type": it.type,
                "size": it.size,
                "width": it.width,
                "height": it.height,
                "alt": it.alt,
                "path": archived_files.path_of(it),
            },
        )
        for it in page
    ]


FILES: dict[str, ReadPage] = {
    "members": _members,
    "rooms": _rooms,
    "messages": _messages,
    "held_messages": _held_messages,
    "files": _files,
    "reactions": _reactions,
    "invites": _invites,
    "tokens": _tokens,
    "cursors": _cursors,
    "bots": _bots,
    "webhooks": _webhooks,
    "reports": _reports,
}
