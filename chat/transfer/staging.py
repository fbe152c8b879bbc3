"""Records between reading and storing: on disk, checked as a whole, in the order of their times.

So an export with a fault in its last line writes nothing, memory grows with its people and rooms
alone, and the messages of all rooms are stored in the order in which they were sent. The database
is a temporary file of SQLite's, which has no name and is gone with the process.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar
from uuid import UUID

import msgspec

from chat.formatting.emoji import is_emoji
from chat.models import RoomName, RoomNameError
from chat.models.message import EVERYBODY
from chat.transfer import records
from chat.transfer.faults import TransferError, at
from chat.transfer.records import Message, Person, Record, Room, Subscription
from chat.transfer.report import FILES, MESSAGES, PEOPLE, REACTIONS, ROOMS, Report

T = TypeVar("T")

YEARS = 1900, 9000  # of what happened

Placed = tuple[str, Record]  # where a record is in the export

TABLES = """
    CREATE TABLE person (n INTEGER PRIMARY KEY, id BLOB UNIQUE, line BLOB);
    CREATE TABLE room (n INTEGER PRIMARY KEY, id BLOB UNIQUE, line BLOB);
    CREATE TABLE subscription (n INTEGER PRIMARY KEY, room BLOB, person BLOB, line BLOB,
        UNIQUE (room, person));
    CREATE TABLE message (n INTEGER PRIMARY KEY, room BLOB, id BLOB, at INTEGER, author BLOB,
        seq INTEGER, version INTEGER, line BLOB,
        UNIQUE (author, id), UNIQUE (room, seq), UNIQUE (room, version));
"""
INDEXES = """
    CREATE INDEX message_by_time ON message (at, n);
    CREATE INDEX message_by_id ON message (room, id);
"""


class Staged(NamedTuple):
    """A message, and where it is in the order."""

    at: int
    n: int
    message: Message


class Place(NamedTuple):
    """Where a message is in its room, if it is stored, and who wrote it."""

    seq: int | None
    author: UUID


class Staging:
    """Records that were read. `keeps_places`: messages have their seqs and versions."""

    def __init__(self, *, keeps_places: bool) -> None:
        self.keeps_places = keeps_places
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        self._database.executescript(TABLES)
        self._people: set[UUID] = set()
        self._rooms: dict[UUID, Room] = {}

    def take(self, placed: Iterable[Placed], report: Report) -> None:
        """Take all records. Raises TransferError for the first that cannot be."""
        self._database.execute("BEGIN")
        for place, record in placed:
            _check_times(place, record)
            match record:
                case Person():
                    self._take_person(place, record, report)
                case Room():
                    self._take_room(place, record, report)
                case Subscription():
                    self._take_subscription(place, record)
                case Message():
                    self._take_message(place, record, report)
        self._database.execute("COMMIT")
        self._database.executescript(INDEXES)

    def close(self) -> None:
        self._database.close()

    # --- taking ---------------------------------------------------------------------------------

    def _take_person(self, place: str, person: Person, report: Report) -> None:
        if self._is_repeated(place, person.id in self._people, "person"):
            return
        self._people.add(person.id)
        line = records.encode(person)
        self._insert(place, "person (id, line)", (person.id.bytes, line))
        report.found[PEOPLE] += 1

    def _take_room(self, place: str, room: Room, report: Report) -> None:
        if self._is_repeated(place, room.id in self._rooms, "room"):
            return
        _check_room(place, room)
        for it in room.people:
            self._ensure_known(place, it.person)
        self._rooms[room.id] = room
        self._insert(place, "room (id, line)", (room.id.bytes, records.encode(room)))
        report.found[ROOMS] += 1

    def _take_subscription(self, place: str, it: Subscription) -> None:
        self._room_of(place, it.room)
        self._ensure_known(place, it.person)
        row = (it.room.bytes, it.person.bytes, records.encode(it))
        self._insert(place, "subscription (room, person, line)", row)

    def _take_message(self, place: str, message: Message, report: Report) -> None:
        room = self._room_of(place, message.room)
        for person in (message.author, *(it for one in message.reactions for it in one.people)):
            self._ensure_known(place, person)
        _check_message(place, message)
        if self.keeps_places:
            _check_place(place, message, room)
        numbers = (message.seq or None, message.version or None)
        row = (message.room.bytes, message.id.bytes, _micros(message.sent_at))
        try:
            self._insert(
                place,
                "message (room, id, at, author, seq, version, line)",
                (*row, message.author.bytes, *numbers, records.encode(message)),
            )
        except TransferError:
            if self.keeps_places:
                raise
            return  # other exports may say the same twice
        report.found[MESSAGES] += 1
        report.found[FILES] += len(message.files)
        report.found[REACTIONS] += sum(len(it.people) for it in message.reactions)

    def _is_repeated(self, place: str, is_known: bool, what: str) -> bool:
        if is_known and self.keeps_places:
            raise at(place, f"this {what} was there before")
        return is_known

    def _ensure_known(self, place: str, person: UUID) -> None:
        if person not in self._people:
            raise at(place, f"there is no person {person} on an earlier line")

    def _room_of(self, place: str, id: UUID) -> Room:
        if (room := self._rooms.get(id)) is None:
            raise at(place, f"there is no room {id} on an earlier line")
        return room

    def _insert(self, place: str, table: str, row: tuple[bytes | int | None, ...]) -> None:
        places = ", ".join("?" * len(row))
        try:
            self._database.execute(f"INSERT INTO {table} VALUES ({places})", row)  # noqa: S608
        except sqlite3.IntegrityError as error:
            columns = str(error).rpartition(": ")[2]
            raise at(place, f"this was there before ({columns})") from None

    # --- giving ---------------------------------------------------------------------------------

    def people(self) -> Iterator[Person]:
        for (line,) in self._database.execute("SELECT line FROM person ORDER BY n"):
            yield _decoded(line, Person)

    def rooms(self) -> Iterator[Room]:
        yield from self._rooms.values()

    def subscriptions(self, room: UUID) -> Iterator[Subscription]:
        source = "SELECT line FROM subscription WHERE room = ? ORDER BY n"
        for (line,) in self._database.execute(source, [room.bytes]):
            yield _decoded(line, Subscription)

    def messages(self, after: Staged | None, limit: int) -> list[Staged]:
        """The next messages: in the order of the export, or of their times."""
        order = "n" if self.keeps_places else "at, n"
        last = (after.at, after.n) if after else (-(2**62), 0)
        values = last[1:] if self.keeps_places else last
        found = self._database.execute(
            f"SELECT at, n, line FROM message WHERE ({order}) >"  # noqa: S608
            f" ({', '.join('?' * len(values))}) ORDER BY {order} LIMIT ?",
            [*values, limit],
        )
        return [Staged(at, n, _decoded(line, Message)) for at, n, line in found]

    def older(self, room: UUID, than: datetime) -> int:
        """How many messages of a room were sent before a moment."""
        query = "SELECT count(*) FROM message WHERE room = ? AND at < ?"
        [count] = self._database.execute(query, [room.bytes, _micros(than)]).fetchone()
        return int(count)

    def place_of(self, room: UUID, id: UUID) -> Place | None:
        """Where the message with this id is, if the export has it."""
        found = self._database.execute(
            "SELECT seq, author FROM message WHERE room = ? AND id = ?", [room.bytes, id.bytes]
        ).fetchone()
        return Place(found[0], UUID(bytes=found[1])) if found else None

    def note_seqs(self, seqs: Iterable[tuple[int, Staged]]) -> None:
        """Messages are stored, and have these places in their rooms."""
        if not self.keeps_places:
            rows = [(seq, it.n) for seq, it in seqs]
            self._database.executemany("UPDATE OR IGNORE message SET seq = ? WHERE n = ?", rows)


def _decoded(line: bytes, kind: type[T]) -> T:
    return msgspec.json.decode(line, type=kind)


def _check_times(place: str, value: object) -> None:
    """All times are ones that databases take, in any time zone."""
    if isinstance(value, datetime) and not YEARS[0] <= value.year <= YEARS[1]:
        raise at(place, f"a time is not between the years {YEARS[0]} and {YEARS[1]}")
    if isinstance(value, msgspec.Struct):
        value = [getattr(value, it) for it in value.__struct_fields__]
    for it in value if isinstance(value, list) else ():
        _check_times(place, it)


def _check_room(place: str, room: Room) -> None:
    _check_names(place, room)
    if any(it.visible_from > it.since for it in room.people):
        raise at(place, "somebody sees messages only from after they came in")
    if len({it.person for it in room.people}) < len(room.people):
        raise at(place, "somebody is in the room twice")
    if room.expired_seq > room.last_seq:
        raise at(place, "more messages are gone than the room had")


def _check_names(place: str, room: Room) -> None:
    try:
        if room.kind == "open":
            RoomName.parse(room.name)
        for it in room.former_names:
            RoomName.parse(it)
    except RoomNameError as error:
        raise at(place, error.reason) from None
    if room.kind == "members" and not room.name.strip():
        raise at(place, "a members room needs a name")


def _check_message(place: str, message: Message) -> None:
    if message.deleted_at is None and message.deleted_by:
        raise at(place, "a message that was not deleted was deleted by nobody")
    if message.deleted_at is not None and (message.text or message.html or message.files):
        raise at(place, "a deleted message has no content")
    _check_details(place, message)


def _check_details(place: str, message: Message) -> None:
    if (message.event is None) == (message.kind == "event" and message.deleted_at is None):
        raise at(place, "an event, and nothing else, says what happened")
    for it in message.reactions:
        if not is_emoji(it.emoji):
            raise at(place, f"{it.emoji!r} is no emoji")
    for mention in message.mentions:
        if mention != EVERYBODY and not _is_uuid(mention):
            raise at(place, f"{mention!r} is nobody's id")


def _check_place(place: str, message: Message, room: Room) -> None:
    if not 1 <= message.seq <= message.version:
        raise at(place, "a message has a seq, and a version that is not before it")
    if message.seq > room.last_seq or message.version > room.version:
        raise at(place, "the room has no such seq or version")
    if message.reply_to is not None and not 1 <= message.reply_to < message.seq:
        raise at(place, "a reply answers an earlier message")


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _micros(moment: datetime) -> int:
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
