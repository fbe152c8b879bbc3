"""Permissions: what a member may do, in one table.

`TABLE` has each action in a room, and who may: in a room of each kind, and in which states.
Whoever stores a change asks in its transaction, under the room's lock, for what is true then;
whoever reads asks before. `docs/rooms.md` shows the table.

Before all of it come the account and `settings.GUESTS`: deactivated users and who is banned may
nothing, and guests only what the setting leaves them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.utils import timezone

from chat.models import Member, Membership, Message, Role, Room, Sanction


class Position(StrEnum):
    """Who somebody is in a room. Those of a membership come after the others."""

    GUEST = "guest"  # nobody in the room
    ACCOUNT = "account"  # likewise
    OPERATOR = "operator"  # likewise; keeps all open rooms
    MEMBER = "member"
    MODERATOR = "moderator"
    OWNER = "owner"


class Action(StrEnum):
    """What a member does in a room."""

    FIND = "find the room by its address"
    READ = "read messages"
    SEE_PEOPLE = "see who is in the room"
    SEE_SETTINGS = "open the settings of the room"
    POST = "post messages"
    POST_FILES = "send files"
    REACT = "react to messages"
    CHANGE_OWN = "edit and delete own messages"
    SET_TOPIC = "set the topic"
    REPORT = "report messages to moderators"
    DELETE_OF_OTHERS = "delete messages of others"
    MUTE = "mute people, and lift that"
    BAN = "ban people, and lift that"
    LOCK = "lock the room, so that moderators alone post, and unlock it"
    SET_SLOW = "set how long a person waits between two posts"
    POST_AT_ONCE = "post without waiting in slow mode"
    SET_GUEST_FILES = "set whether guests send files"
    SET_FILTER = "set which messages wait for a moderator"
    POST_UNFILTERED = "post what would wait for a moderator"
    SET_KNOCK = "make newcomers knock, and let them in"
    SEE_LOG = "see what moderators did in the room"
    SEE_REPORTS = "see what was reported in the room, and decide about that"
    ADD_PEOPLE = "add people"
    INVITE = "make and revoke invites"
    SET_PROGRAMS = "make, stop and remove bots and outgoing webhooks"
    REMOVE_PEOPLE = "remove people"
    SET_ROLES = "give and take roles"
    JOIN_AS_OPERATOR = "come in as an operator, which everybody in the room sees"
    LEAVE = "leave"
    RENAME = "rename the room"
    SET_PICTURE = "set the picture of the room"
    SET_HISTORY = "choose what newcomers see"
    SET_RETENTION = "set how long messages are kept"
    ARCHIVE = "archive the room, and open it again"
    DELETE_ROOM = "delete the room"


ALL = frozenset(Position)
IN_IT = frozenset({Position.MEMBER, Position.MODERATOR, Position.OWNER})
MODERATORS = frozenset({Position.MODERATOR, Position.OWNER})
OWNERS = frozenset({Position.OWNER})
OUTSIDE = frozenset({Position.GUEST, Position.ACCOUNT})  # those who may have to knock
NOBODY: frozenset[Position] = frozenset()
OPERATORS = frozenset({Position.OPERATOR})


@dataclass(frozen=True, slots=True)
class Row:
    """Who may do an action in a room of each kind.

    `in_archive`: also in an archived room. `when_locked`: who may in a locked room, of those who
    may otherwise. `when_muted`, `when_shut_out`, `when_banned`: also who is that;
    who knocks may do what who is banned may.
    """

    open: frozenset[Position]
    members: frozenset[Position]
    direct: frozenset[Position]
    in_archive: bool = False
    when_locked: frozenset[Position] = ALL
    when_muted: bool = True
    when_shut_out: bool = True
    when_banned: bool = False

    def of(self, kind: str) -> frozenset[Position]:
        allowed: frozenset[Position] = getattr(self, kind)  # fields are named as the kinds are
        return allowed


KEEPERS = MODERATORS | OPERATORS  # of open rooms: one that a guest opened has operators alone


def _reading(open: frozenset[Position] = ALL, *, when_banned: bool = False) -> Row:
    return Row(open, IN_IT, IN_IT, in_archive=True, when_banned=when_banned)


def _speaking() -> Row:
    return Row(ALL, IN_IT, IN_IT, when_locked=KEEPERS, when_muted=False, when_shut_out=False)


def _keeping(*, in_archive: bool = False) -> Row:
    return Row(KEEPERS, MODERATORS, NOBODY, in_archive=in_archive)


TABLE: Mapping[Action, Row] = {
    Action.FIND: _reading(when_banned=True),  # only of open rooms: elsewhere nobody banned is in it
    Action.READ: _reading(),
    Action.SEE_PEOPLE: _reading(),
    Action.SEE_SETTINGS: _reading(KEEPERS),
    Action.POST: _speaking(),
    Action.POST_FILES: _speaking(),  # guests where the operator and the room let them
    Action.REACT: _speaking(),
    Action.CHANGE_OWN: _speaking(),
    Action.SET_TOPIC: _speaking(),
    Action.REPORT: _reading(),  # also who is muted, or in an archived room
    Action.DELETE_OF_OTHERS: _keeping(),
    Action.MUTE: _keeping(in_archive=True),
    Action.BAN: _keeping(in_archive=True),
    Action.LOCK: _keeping(),
    Action.SET_SLOW: _keeping(),
    Action.POST_AT_ONCE: _keeping(),
    Action.SET_GUEST_FILES: _keeping(),
    Action.SET_FILTER: _keeping(),
    Action.POST_UNFILTERED: _keeping(),
    Action.SET_KNOCK: _keeping(in_archive=True),
    Action.SEE_LOG: _keeping(in_archive=True),
    Action.SEE_REPORTS: _keeping(in_archive=True),  # operators may more: see chat/reports.py
    Action.ADD_PEOPLE: Row(NOBODY, MODERATORS, IN_IT, when_shut_out=False),
    Action.INVITE: Row(NOBODY, MODERATORS, NOBODY),
    Action.SET_PROGRAMS: Row(KEEPERS, MODERATORS, NOBODY, in_archive=True),
    Action.REMOVE_PEOPLE: Row(NOBODY, MODERATORS, NOBODY, in_archive=True),
    Action.SET_ROLES: Row(OWNERS | OPERATORS, OWNERS, NOBODY, in_archive=True),
    Action.JOIN_AS_OPERATOR: Row(NOBODY, OPERATORS, OPERATORS, in_archive=True),
    Action.LEAVE: Row(NOBODY, IN_IT, NOBODY, in_archive=True),
    Action.RENAME: Row(OWNERS | OPERATORS, OWNERS, NOBODY),
    Action.SET_PICTURE: Row(KEEPERS, MODERATORS, NOBODY),
    Action.SET_HISTORY: Row(NOBODY, OWNERS, NOBODY),
    Action.SET_RETENTION: Row(OWNERS | OPERATORS, OWNERS, NOBODY, in_archive=True),
    Action.ARCHIVE: Row(OWNERS | OPERATORS, OWNERS, NOBODY, in_archive=True),
    Action.DELETE_ROOM: Row(OWNERS | OPERATORS, OWNERS, NOBODY, in_archive=True),
}

RANKS = {Role.MEMBER: 0, Role.MODERATOR: 1, Role.OWNER: 2}

# Of whom each may sanction those before; guests, accounts and members may sanction nobody.
ORDER = [
    Position.GUEST,
    Position.ACCOUNT,
    Position.MEMBER,
    Position.MODERATOR,
    Position.OWNER,
    Position.OPERATOR,
]

# Who may not change anything may do these.
READING = frozenset(
    {
        Action.FIND,
        Action.READ,
        Action.SEE_PEOPLE,
        Action.SEE_SETTINGS,
        Action.SEE_LOG,
        Action.SEE_REPORTS,
    }
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member is in a room: the membership, and what was done to the member there.

    The member came in at the version `since`, and sees the messages from the seq `visible_from`.
    Mutes and bans have a time until which they are in force, and perhaps a reason.
    """

    role: Role | None = None
    since: int = 0
    visible_from: int = 0
    muted_until: datetime | None = None
    banned_until: datetime | None = None
    why_muted: str = ""
    why_banned: str = ""
    is_waiting: bool = False  # to be let into a room where newcomers knock
    is_shut_out: bool = False  # of a direct room, by a block of the only other person in it

    @classmethod
    def of(
        cls,
        membership: Membership | None,
        sanctions: Iterable[Sanction] = (),
        *,
        is_shut_out: bool = False,
        is_waiting: bool = False,
    ) -> "Standing":
        found: dict[str, Any] = {}
        for it in sorted(sanctions, key=lambda it: it.until):
            kind = "banned" if it.is_ban else "muted"
            found |= {f"{kind}_until": it.until, f"why_{kind}": it.why}
        if membership is not None:
            found |= {"role": Role(membership.role), "since": membership.since}
            found["visible_from"] = membership.visible_from
        if not found and not is_shut_out and not is_waiting:
            return STRANGER
        return cls(**found, is_shut_out=is_shut_out, is_waiting=is_waiting)

    @property
    def is_muted(self) -> bool:
        return self.muted_until is not None and self.muted_until > timezone.now()

    @property
    def is_banned(self) -> bool:
        return self.banned_until is not None and self.banned_until > timezone.now()


STRANGER = Standing()


# --- in a room ----------------------------------------------------------------------------------


def may(member: Member, action: Action, room: Room, standing: Standing) -> bool:
    """Whether the member may do this in the room now."""
    if not (may_enter(member) if action in READING else may_change(member)):
        return False
    row, position = TABLE[action], position_of(member, standing)
    if room.deleted_at is not None or position not in row.of(room.kind):
        return False
    if action == Action.POST_FILES and not takes_files_of(member, room, standing):
        return False
    return _lets(row, position, standing) and _is_in_state(row, position, room)


def _lets(row: Row, position: Position, standing: Standing) -> bool:
    """Whether what was done to the member leaves it to them."""
    is_outside = standing.is_banned or (standing.is_waiting and position in OUTSIDE)
    if is_outside and not row.when_banned:
        return False
    if standing.is_muted and not row.when_muted:
        return False
    return row.when_shut_out or not standing.is_shut_out


def _is_in_state(row: Row, position: Position, room: Room) -> bool:
    """Whether the state of the room leaves it to who has the position."""
    if room.is_archived and not row.in_archive:
        return False
    return not room.is_locked or position in row.when_locked


def takes_files_of(member: Member, room: Room | None, standing: Standing) -> bool:
    """Whether the operator and the room, or a new one, let such a member send files."""
    if position_of(member, standing) != Position.GUEST:
        return True
    return bool(settings.GUEST_FILES) and (room is None or room.takes_guest_files)


def position_of(member: Member, standing: Standing) -> Position:
    if standing.role is not None:
        return Position(standing.role.value)
    if is_operator(member):
        return Position.OPERATOR
    return Position.GUEST if member.is_guest else Position.ACCOUNT


def is_for(action: Action, role: Role, room: Room) -> bool:
    """Whether a role in such a room has this right, whatever the room's state is now."""
    return Position(role.value) in TABLE[action].of(room.kind)


def may_remove(own: Standing, other: Role) -> bool:
    """Whether who may remove people may remove one of this role: owners all, others those below."""
    return own.role == Role.OWNER or (own.role is not None and RANKS[own.role] > RANKS[other])


def may_sanction(member: Member, own: Standing, other: Member, others: Standing) -> bool:
    """Whether who may mute and ban may do so to this one: to those of a lower position.

    To no operator: another one takes their rights away first.
    """
    if member.pk == other.pk or other.is_former or is_operator(other):
        return False
    return _rank(member, own) > _rank(other, others)


def _rank(member: Member, standing: Standing) -> int:
    return ORDER.index(position_of(member, standing))


def role(member: Member, standing: Standing) -> str | None:
    """The role of the member in the room, unless it is that of everybody there."""
    position = position_of(member, standing)
    return None if position in {Position.GUEST, Position.ACCOUNT} else position.value


# --- everywhere ---------------------------------------------------------------------------------


def may_enter(member: Member) -> bool:
    """Whether the member may come into rooms."""
    return member.is_active and (_guests() != "off" or not member.is_guest)


def may_change(member: Member) -> bool:
    """Whether the member may change anything: open a room, take a name, keep a list of rooms."""
    is_taken = _guests() == "on" and not member.comes_late
    return member.is_active and (is_taken or not member.is_guest)


def may_begin_private_rooms(member: Member) -> bool:
    """Whether the member may make a members room, or begin a direct one: accounts may."""
    return may_change(member) and member.user_id is not None


def may_ban(member: Member, other: Member) -> bool:
    """Whether the member may block the other: a guest for a time, or their account.

    Operators are not blocked: another one takes their rights away first.
    """
    account = other.account
    is_somebody = account is not None or not other.is_former
    return is_operator(member) and is_somebody and not (account and account.is_operator)


def may_close_to_guests(member: Member) -> bool:
    """Whether the member may let the installation take no new guests for a time."""
    return is_operator(member)


def is_operator(member: Member) -> bool:
    """Whether the member may speak, and is the own member of an operator's account."""
    return member.is_active and member.user is not None and member.user.is_operator


def is_author(member: Member, message: Message) -> bool:
    """Whether the member wrote the message, or a guest did whom the member's account has claimed.

    `journal/write/editing.py` refuses edits of topics and of deleted messages for everybody.
    """
    author = message.author
    if member.pk == author.pk:
        return True
    return member.user_id is not None and member.user_id == author.claimed_by_id


def may_take_back(member: Member, author: Member) -> bool:
    """Whether the server may take back what the author left: the author's account is deleted."""
    return member.is_former and member.pk == author.pk


def needs_account(member: Member) -> bool:
    """Whether an account would give the member a right that guests do not have here."""
    return member.is_guest and (_guests() != "on" or member.comes_late)


def _guests() -> str:
    return str(settings.GUESTS)
