"""The rows of one person, as the archive has them: what is in it. Nothing that others wrote is."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db.models import Prefetch, Q, QuerySet

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
Names = dict[UUID, str]  # of rooms, as the person sees them


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


@dataclass(frozen=True)
class Table:
    """The rows of one kind that are a person's, and how they stand in the archive."""

    of_members: Callable[[list[int]], "QuerySet[Any]"]
    row: Callable[[Any, Names], Row]
    rooms: Callable[[Sequence[Any]], Iterable[Room]] = lambda page: ()  # that a page names
    page_rows: int | None = None  # None: PAGE_ROWS

    def page(self, members: list[int], after: int) -> list[tuple[int, Row]]:
        """The next rows, with their primary keys; `after` is the last one before."""
        found = self.of_members(members).filter(pk__gt=after).order_by("pk")
        page = list(found[: self.page_rows or PAGE_ROWS])
        names = _room_names(self.rooms(page), members)
        return [(it.pk, self.row(it, names)) for it in page]


def _room_names(rooms: Iterable[Room], members: list[int]) -> Names:
    """The names of rooms, by uid; of a room that the person is not in, its id."""
    found = {it.pk: it for it in rooms}
    memberships = Membership.objects.filter(member__in=members, room__in=found)
    is_in = set(memberships.values_list("room", flat=True))
    direct_rooms.name_for(members, [it for it in found.values() if it.pk in is_in])
    return {
        it.uid: it.shown_name if it.is_open or it.pk in is_in else it.key for it in found.values()
    }


def _own_rooms(page: Sequence[Any]) -> list[Room]:
    return [it.room for it in page if it.room]


def _rooms_of_positions(page: Sequence[ProgramCursor]) -> Iterable[Room]:
    return Room.objects.filter(uid__in={uid for it in page for uid in it.positions})


def _member(it: Member, names: Names) -> Row:
    return {
        "id": it.uid,
        "name": it.name,
        "was_guest": it.claimed_by_id is not None,
        "status": it.status,
        "picture": it.picture_id,
        "time_zone": it.time_zone,
        "created_at": it.created_at,
    }


def _room(it: Subscription, names: Names) -> Row:
    return {
        "room": names[it.room.uid],
        "member": it.member.uid,
        "in_list_since": it.kept_at,
        "visited_at": it.visited_at,
        "read_up_to": it.read_seq,
        "changes_seen_up_to": it.seen_version,
        "muted_at": it.muted_at,
        "starred_at": it.starred_at,
        "notify": it.notify,
    }


def _message(it: Message, names: Names) -> Row:
    return {
        "room": names[it.room.uid],
        "number": it.seq,
        "member": it.author.uid,
        "sent_at": it.sent_at,
        "edited_at": it.edited_at,
        "deleted_at": it.deleted_at,
        "kind": it.kind,
        "text": it.text,
        "files": it.files,
        "reply_to": it.reply_to,
        "earlier_texts": [
            {"text": earlier.text, "written_at": earlier.written_at}
            for earlier in it.revision_set.all()
        ],
    }


def _held_message(it: HeldMessage, names: Names) -> Row:
    return {
        "room": names[it.room.uid],
        "member": it.member.uid,
        "sent_at": it.at,
        "kind": it.kind,
        "text": it.text,
        "reply_to": it.reply_to,
    }


def _file(it: File, names: Names) -> Row:
    return {
        "room": names[it.room.uid],
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
    }


def _reaction(it: Reaction, names: Names) -> Row:
    return {
        "room": names[it.message.room.uid],
        "number": it.message.seq,
        "member": it.member.uid,
        "emoji": it.emoji,
    }


def _invite(it: Invite, names: Names) -> Row:
    return {
        "room": names[it.room.uid],
        "member": it.made_by and it.made_by.uid,
        "note": it.note,
        "created_at": it.created_at,
        "expires_at": it.expires_at,
        "revoked_at": it.revoked_at,
        "uses": it.uses,
        "uses_max": it.uses_max,
        "for_guests": it.for_guests,
    }


def _token(it: Token, names: Names) -> Row:
    return {
        "member": it.member.uid,
        "name": it.name,
        "scopes": it.scopes,
        "rooms": it.rooms,
        "created_at": it.created_at,
        "expires_at": it.expires_at,
        "used_at": it.last_used_at,
        "revoked_at": it.revoked_at,
    }


def _cursor(it: ProgramCursor, names: Names) -> Row:
    return {
        "member": it.member.uid,
        "name": it.name,
        "moved_at": it.moved_at,
        "positions": [
            {"room": names.get(UUID(uid), uid), "read_up_to": version}
            for uid, (_, version) in it.positions.items()
        ],
    }


def _bot(it: Bot, names: Names) -> Row:
    return {
        "id": it.member.uid,
        "name": it.member.name,
        "room": it.room and names[it.room.uid],
        "hears": it.hears,
        "hears_own": it.hears_own,
        "commands": it.commands,
    }


def _webhook(it: Webhook, names: Names) -> Row:
    return {
        "bot": it.bot.member.uid,
        "name": it.name,
        "room": names[it.room.uid],
        "receiver": urlsplit(it.url).hostname,
        "created_at": it.created_at,
        "delivered_at": it.delivered_at,
        "paused_at": it.paused_at,
        "why_paused": it.why_paused,
    }


def _report(it: Report, names: Names) -> Row:
    return {
        "room": names[it.case.room.uid],
        "number": it.case.seq,
        "member": it.reporter.uid,
        "reason": it.why,
        "reported_at": it.at,
        "decided_at": it.case.decided_at,
        "verdict": it.case.verdict,
        "answer": it.case.answer,
    }


FILES = {
    "members": Table(
        lambda members: Member.objects.filter(pk__in=members),
        _member,
    ),
    "rooms": Table(
        lambda members: Subscription.objects.filter(member__in=members).select_related(
            "room", "member"
        ),
        _room,
        rooms=_own_rooms,
    ),
    "messages": Table(
        lambda members: (
            Message.objects.filter(author__in=members)
            .select_related("room", "author")
            .prefetch_related(Prefetch("revision_set", Revision.objects.order_by("version")))
        ),
        _message,
        rooms=_own_rooms,
    ),
    # Those that wait for a moderator. A rejected one has no text.
    "held_messages": Table(
        lambda members: (
            HeldMessage.objects.waiting()
            .filter(member__in=members)
            .select_related("room", "member")
        ),
        _held_message,
        rooms=_own_rooms,
    ),
    # Those that are there, sent or not. `path` is where the bytes are in the archive.
    "files": Table(
        lambda members: (
            File.objects.ready()
            .filter(member__in=members)
            .select_related("room", "member", "message")
        ),
        _file,
        rooms=_own_rooms,
    ),
    "reactions": Table(
        lambda members: Reaction.objects.filter(member__in=members).select_related(
            "message__room", "member"
        ),
        _reaction,
        rooms=lambda page: [it.message.room for it in page],
    ),
    # Those that the person made. Who came in by them is about others.
    "invites": Table(
        lambda members: Invite.objects.filter(made_by__in=members).select_related(
            "room", "made_by"
        ),
        _invite,
        rooms=_own_rooms,
    ),
    # Those with which programs speak as the person, or as a bot for which the person made them.
    # One that posts in one room is an incoming webhook. Their secrets are not stored.
    "tokens": Table(
        lambda members: Token.objects.filter(
            Q(member__in=members) | Q(made_by__in=members)
        ).select_related("member"),
        _token,
    ),
    # How far the person's programs have got, in each room.
    "cursors": Table(
        lambda members: ProgramCursor.objects.filter(member__in=members).select_related("member"),
        _cursor,
        rooms=_rooms_of_positions,
        page_rows=PAGE_CURSORS,
    ),
    # Those that the person made, and that nobody has removed.
    "bots": Table(
        lambda members: Bot.objects.filter(made_by__in=members).select_related("member", "room"),
        _bot,
        rooms=_own_rooms,
    ),
    # Those that the person made. Who knows more of an address than its host may post there.
    "webhooks": Table(
        lambda members: Webhook.objects.filter(made_by__in=members).select_related(
            "bot__member", "room"
        ),
        _webhook,
        rooms=_own_rooms,
    ),
    # What the person reported, and why. The reported texts are of others.
    "reports": Table(
        lambda members: Report.objects.filter(reporter__in=members).select_related(
            "case__room", "reporter"
        ),
        _report,
        rooms=lambda page: [it.case.room for it in page],
    ),
}
