"""What lies after a program's cursor, in all its rooms: each in its own order, at least once.

Nothing moves a cursor but its program's word, and what the program is not to be told. So a change
is sent again until the program says that it has it: (room, epoch, version) is the same then.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.db.models import Q

from chat import access
from chat.access import Found
from chat.journal import Entry
from chat.journal.read import queries
from chat.journal.read.view import view_of
from chat.journal.snapshot import snapshot
from chat.models import Bot, Hears, Member, ProgramCursor, Room, Subscription
from chat.models.program_cursor import Positions
from chat.policy import Action
from chat.programs.tokens import Program

ROOMS_MAX = 500  # of a cursor: those of the list that were visited last
ROOM_CHANGES = 50  # of a room in one answer
CHANGES_MAX = 200  # in one answer
CHANGES_BYTES = 256 * 1024  # likewise, though never before the first
COMMAND, COMMAND_NAME = "/", re.compile(r"\S+")

EXPIRED, EPOCH = "expired", "epoch"


@dataclass(frozen=True, slots=True)
class Change:
    """The state of a message, after a change of its room."""

    room: Room
    entry: Entry


@dataclass(frozen=True, slots=True)
class Gap:
    """What the program has missed for good, or was told of what is no more.

    EXPIRED: messages up to `expired` are gone that lay after the cursor. EPOCH: the installation
    was put back to an earlier state; what the program was told since may never have been.
    """

    room: Room
    why: str
    expired: int = 0


@dataclass(slots=True)
class Answer:
    """What lies after a cursor. `positions` is where it stands once the program has all that.

    `passed` are positions before which nothing is for the program. There may be `more`. `rooms`
    are by primary key.
    """

    changes: list[Change] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    positions: Positions = field(default_factory=dict)
    passed: Positions = field(default_factory=dict)
    rooms: dict[int, int] = field(default_factory=dict)  # where to wait: their versions
    more: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.changes and not self.gaps


@dataclass(frozen=True, slots=True)
class Ear:
    """What a program is told: of a bot, perhaps only what it is addressed by."""

    member: Member
    hears_own: bool
    is_addressed: bool = False
    commands: frozenset[str] = frozenset()  # none: all

    @classmethod
    def of(cls, program: Program, *, own: bool) -> "Ear":
        member = program.member
        bot = Bot.objects.filter(member=member.pk).first() if member.is_bot else None
        if bot is None:
            return cls(member, own)
        commands = frozenset(it["name"] for it in bot.commands)
        return cls(member, own or bot.hears_own, bot.hears == Hears.ADDRESSED, commands)

    def takes(self, room: Room, entry: Entry) -> bool:
        if self.hears_own and not self.is_addressed:
            return True
        state = msgspec.json.decode(entry.json, type=_Heard)
        if state.author.id == str(self.member.uid):
            return self.hears_own
        return not self.is_addressed or self._is_addressed_by(room, state)

    def _is_addressed_by(self, room: Room, state: "_Heard") -> bool:
        is_mentioned = str(self.member.uid) in state.mentions
        return is_mentioned or room.is_direct or self._is_command(state.text)

    def _is_command(self, text: str) -> bool:
        if not text.startswith(COMMAND):
            return False
        if not self.commands:
            return True
        name = COMMAND_NAME.match(text, len(COMMAND))
        return name is not None and name[0].lower() in self.commands


class _Person(msgspec.Struct):
    id: str


class _Heard(msgspec.Struct):
    """The fields of a message by which a program is addressed."""

    author: _Person
    text: str
    mentions: list[str] = []


def begin(program: Program, name: str, *, from_start: bool = False) -> ProgramCursor:
    """The program's cursor of this name. A new one begins at the end of each room, or at its start.

    Raises TooManyCursors.
    """
    found = ProgramCursor.objects.find(program.member, name)
    if found:
        return found
    rooms = [it.room for it in _rooms(program)]
    positions = {str(it.uid): [str(it.epoch), 0 if from_start else it.version] for it in rooms}
    return ProgramCursor.objects.begin(program.member, name, positions)


def acknowledge(program: Program, cursor: ProgramCursor, to: Positions) -> None:
    """Move a cursor in rooms that the program may read. Others are as ones that never were.

    Nobody has had more than a room has: what is further on is its end.
    """
    rooms = Room.objects.filter(uid__in=list(to), deleted_at=None)
    found = {str(it.room.uid): it.room for it in _readable(program, rooms)}
    passed = {uid: _reached(found[uid], *to[uid]) for uid in to if uid in found}
    ProgramCursor.objects.move(cursor, passed)


def forget(program: Program, cursor: ProgramCursor) -> bool:
    """Delete a cursor. Returns False where it is also in rooms that the token is not for."""
    rooms = program.token.rooms
    is_own = rooms is None or {*cursor.positions} <= {*rooms}
    if is_own:
        cursor.delete()
    return is_own


def _reached(room: Room, epoch: str, version: int) -> list[Any]:
    return [epoch, min(version, room.version) if epoch == str(room.epoch) else version]


def read(program: Program, positions: Positions, *, own: bool = False) -> Answer:
    """What lies after these positions, as it was at one moment."""
    ear, answer, bytes_left = Ear.of(program, own=own), Answer(), CHANGES_BYTES
    with snapshot():
        found = _rooms(program)
        answer.rooms = {it.room.pk: it.room.version for it in found}
        places = [(it, _Place.of(it, positions)) for it in found]
        places.sort(key=lambda it: it[0].room.version - it[1].version)  # short ones wait for none
        for it, place in places:
            if len(answer.changes) >= CHANGES_MAX or bytes_left <= 0:
                answer.more = answer.more or place.version < it.room.version
                continue
            bytes_left -= _read_room(answer, ear, it, place, bytes_left)
    return answer


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a cursor stands in a room."""

    version: int
    is_new: bool = False  # the room is not in the cursor yet
    is_of_former_epoch: bool = False

    @classmethod
    def of(cls, found: Found, positions: Positions) -> "_Place":
        """A room that the program has got into since begins where its member came in.

        An open one, in which nobody comes in, begins at its end.
        """
        room = found.room
        if str(room.uid) not in positions:
            came_in = max(found.standing.since - 1, 0)
            return cls(room.version if room.is_open else came_in, is_new=True)
        epoch, version = positions[str(room.uid)]
        return cls(min(version, room.version), is_of_former_epoch=epoch != str(room.epoch))


def _read_room(answer: Answer, ear: Ear, found: Found, place: _Place, bytes_max: int) -> int:
    """Add what lies after the cursor in one room. Returns its bytes."""
    room = found.room
    limit = min(ROOM_CHANGES, CHANGES_MAX - len(answer.changes))
    entries = queries.changes(room.pk, place.version, limit)
    kept = _fitting(entries, bytes_max)
    is_end = len(kept) == len(entries) < limit
    reached = room.version if is_end else kept[-1].version
    answer.more = answer.more or not is_end
    gaps = _gaps(room, place)
    seen = view_of(ear.member, found).of_entries(kept)
    changes = [Change(room, it) for it in seen if ear.takes(room, it)]
    answer.changes += changes
    answer.gaps += gaps
    if reached > place.version or place.is_new or gaps:
        to = answer.positions if changes or gaps else answer.passed
        to[str(room.uid)] = [str(room.epoch), reached]
    return sum(it.size for it in kept)


def _gaps(room: Room, place: _Place) -> list[Gap]:
    gaps = [Gap(room, EPOCH)] if place.is_of_former_epoch else []
    if room.expired_seq > place.version and not place.is_new:
        gaps.append(Gap(room, EXPIRED, room.expired_seq))
    return gaps


def _fitting(entries: list[Entry], bytes_max: int) -> list[Entry]:
    kept: list[Entry] = []
    for entry in entries:
        bytes_max -= entry.size
        if kept and bytes_max < 0:
            break
        kept.append(entry)
    return kept


def _rooms(program: Program) -> list[Found]:
    """The rooms of the program that it may read now."""
    return _readable(program, _stored_rooms(program))


def _readable(program: Program, rooms: Iterable[Room]) -> list[Found]:
    mine = [it for it in rooms if program.token.is_for(it)]
    found = access.find_all_in(program.member, mine)
    return [it for it in found if it and it.may(program.member, Action.READ)]


def _stored_rooms(program: Program) -> Iterable[Room]:
    rooms = program.token.rooms
    if rooms is not None:
        return Room.objects.filter(uid__in=rooms, deleted_at=None)
    listed = Subscription.objects.recent(program.member)[:ROOMS_MAX].values("room")
    is_in = Q(membership__member=program.member.pk)
    pks = Room.objects.filter(Q(pk__in=[it["room"] for it in listed]) | is_in, deleted_at=None)
    return pks.distinct().order_by("pk")
