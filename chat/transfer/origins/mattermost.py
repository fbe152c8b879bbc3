"""Mattermost's bulk export: a file of JSON Lines, alone or in a zip with the files in `data/`."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from chat.models.room import DIRECT_PEOPLE_MAX
from chat.transfer import reading
from chat.transfer.faults import at
from chat.transfer.origins import building, values
from chat.transfer.origins.options import Options
from chat.transfer.packages import Package
from chat.transfer.reading import Object
from chat.transfer.records import Account, File, Message, Person, Reaction, Room, RoomPerson
from chat.transfer.report import Report
from chat.transfer.staging import Placed

DATA = ("", "data/")  # before the paths of files
CUSTOM = "reactions with an emoji of one's own"
SYSTEM = "lines that tell of people or settings, as of joining"
KINDS = "things that Lobby has not"
KNOWN = {"version", "team", "role", "scheme"}  # that say nothing of their own
ROLES = {"channel_admin": "owner"}


def is_export(package: Package) -> bool:
    name = _lines_of(package)
    if name is None:
        return False
    _, first = next(reading.lines(package, name), ("", b""))
    return b'"version"' in first and b'"type"' in first


def _lines_of(package: Package) -> str | None:
    top = [it for it in package.names() if it.endswith((".jsonl", ".json")) and "/" not in it]
    return min(top, key=lambda it: (not it.endswith(".jsonl"), it)) if top else None


def read(package: Package, options: Options, report: Report) -> Iterator[Placed]:
    """The records of an export. Raises TransferError."""
    name = _lines_of(package)
    if name is None:
        raise at("the export", "there is no file of JSON Lines in it")
    return _Reading(package, options, report).records(name)


class _Reading:
    """Rooms are told once their people are known, which come after channels, so two lines later.

    A room is given out before the first message that is in it.
    """

    def __init__(self, package: Package, options: Options, report: Report) -> None:
        self._package, self._options, self._report = package, options, report
        self._people: set[str] = set()  # usernames
        self._rooms: dict[str, Room] = {}  # by team and name, or by the people
        self._told: set[str] = set()
        self._joined: set[tuple[UUID, str]] = set()  # rooms, and who is in them by a line
        self._same: Counter[object] = Counter()

    def records(self, name: str) -> Iterator[Placed]:
        for place, line in reading.json_lines(self._package, name):
            yield from self._line(place, line)
        for key in self._rooms:
            yield from self._tell(name, key)

    def _line(self, place: str, line: Object) -> Iterator[Placed]:
        type = values.text(place, line, "type", None)
        if type in KNOWN:
            return
        said = values.inner(place, line, type)
        match type:
            case "channel":
                self._channel(place, said)
            case "user" | "bot":
                yield from self._person(place, said)
            case "direct_channel":
                self._direct(place, _members_of(place, said))
            case "post":
                yield from self._post(place, said, self._key(place, said, "channel"))
            case "direct_post":
                key = self._direct(place, values.ids(place, said, "channel_members"))
                yield from self._post(place, said, key)
            case _:
                self._report.leave(KINDS, type)

    # --- people and rooms -----------------------------------------------------------------------

    def _person(self, place: str, said: Object) -> Iterator[Placed]:
        username = values.text(place, said, "username", None)
        keys = ("nickname", "display_name")
        full = f"{values.text(place, said, 'first_name')} {values.text(place, said, 'last_name')}"
        names = [*(values.text(place, said, it) for it in keys), full, username]
        account = Account(username[:150], values.text(place, said, "email").lower()[:254])
        yield place, self._new_person(username, names, account)
        for team in values.objects(place, said, "teams"):
            for listed in values.objects(place, team, "channels"):
                self._join(place, username, values.text(place, team, "name"), listed)

    def _new_person(self, username: str, names: list[str], account: Account) -> Person:
        self._people.add(username)
        name = values.first_name(iter(names))
        return Person(self._options.id("person", username), name, account=account)

    def _join(self, place: str, username: str, team: str, listed: Object) -> None:
        room = self._rooms.get(f"{team}/{values.text(place, listed, 'name')}")
        if room is None or (room.id, username) in self._joined:
            return
        self._joined.add((room.id, username))
        roles = values.text(place, listed, "roles").split()
        role: Any = next((ROLES[it] for it in roles if it in ROLES), "member")
        room.people.append(RoomPerson(self._options.id("person", username), role=role))

    def _key(self, place: str, said: Object, key: str) -> str:
        return f"{values.text(place, said, 'team')}/{values.text(place, said, key, None)}"

    def _channel(self, place: str, said: Object) -> None:
        key = self._key(place, said, "name")
        is_public = values.text(place, said, "type") == "O"
        kind: Any = self._options.room_kind(is_public=is_public)
        name = values.text(place, said, "display_name") or values.text(place, said, "name")
        topic = values.text(place, said, "header") or values.text(place, said, "purpose")
        id = self._options.id("room", key)
        shown = building.room_name(name, kind)
        self._rooms[key] = Room(id, kind=kind, name=shown, topic=building.topic(topic))

    def _direct(self, place: str, usernames: list[str]) -> str:
        """The key of the room of these people."""
        people = sorted(set(usernames))
        if not people:
            raise at(place, "a direct channel has no people")
        key = f"@{','.join(people)}"
        if key not in self._rooms:
            kind: Any = "direct" if len(people) <= DIRECT_PEOPLE_MAX else "members"
            name = "" if kind == "direct" else building.room_name(", ".join(people), kind)
            self._rooms[key] = Room(self._options.id("room", key), kind=kind, name=name)
            in_room = [RoomPerson(self._options.id("person", it)) for it in people]
            self._rooms[key].people = in_room
        return key

    def _tell(self, place: str, key: str) -> Iterator[Placed]:
        """Give out a room, before what is said there."""
        if key in self._told:
            return
        self._told.add(key)
        if key.startswith("@"):
            yield from self._unknown(place, set(key[1:].split(",")))
        yield place, self._rooms[key]

    def _unknown(self, place: str, usernames: set[str]) -> Iterator[Placed]:
        for username in sorted(usernames - self._people):
            yield place, self._new_person(username, [username], Account(username[:150]))

    # --- messages -------------------------------------------------------------------------------

    def _post(self, place: str, said: Object, key: str) -> Iterator[Placed]:
        if key not in self._rooms:
            raise at(place, f"there is no channel {key} on an earlier line")
        yield from self._tell(place, key)
        room = self._rooms[key]
        root = yield from self._message(place, said, room, None)
        for reply in values.objects(place, said, "replies"):
            yield from self._message(place, reply, room, root)

    def _message(
        self, place: str, said: Object, room: Room, root: Message | None
    ) -> Any:  # a generator that returns the message
        if values.text(place, said, "type").startswith("system_"):
            self._report.leave(SYSTEM, values.text(place, said, "type"))
            return None
        user, text = values.text(place, said, "user", None), values.text(place, said, "message")
        reactions = self._reactions(place, said)
        yield from self._unknown(place, {user, *(it for _, it in reactions)})
        sent_at = values.millis(place, said, "create_at")
        same = (room.id, user, sent_at.isoformat(), text)
        self._same[same] += 1
        whole = Message(
            room.id,
            self._options.id("message", *same, self._same[same]),
            self._options.id("person", user),
            sent_at,
            kind="action" if values.text(place, said, "type") == "me" else "text",
            answers=root.id if root else None,
            reactions=[
                Reaction(emoji, [self._options.id("person", who)]) for emoji, who in reactions
            ],
            files=self._files(place, said),
            edited_at=values.millis(place, said, "edit_at") if said.get("edit_at") else None,
        )
        for it in building.messages(whole, text, self._report, place):
            yield place, it
        return whole

    def _reactions(self, place: str, said: Object) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for it in values.objects(place, said, "reactions"):
            name, user = values.text(place, it, "emoji_name"), values.text(place, it, "user", None)
            if (emoji := values.emoji_named(name)) is None:
                self._report.leave(CUSTOM, name)
            else:
                found.append((emoji, user))
        return found

    def _files(self, place: str, said: Object) -> list[File]:
        found: list[File] = []
        for it in values.objects(place, said, "attachments"):
            path = values.text(place, it, "path", None)
            there = (f"{before}{path}" for before in DATA)
            stored = next((it for it in there if self._package.size(it) is not None), path)
            name = path.rpartition("/")[2][:200] or "file"
            found.append(File(self._options.id("file", path), name, stored))
        return found


def _members_of(place: str, said: Object) -> list[str]:
    """Of versions before and since 9.5."""
    if members := values.ids(place, said, "members"):
        return members
    participants = values.objects(place, said, "participants")
    return [values.text(place, it, "username", None) for it in participants]
