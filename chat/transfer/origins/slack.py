"""Slack's export: a zip, or the folder that was in it.

`users.json`; `channels.json`, `groups.json`, `mpims.json` and `dms.json` list the conversations;
each has a folder, named like the channel or by the id, with a file of messages for each day. Files
are links. Programs that complete an export add them as `attachments/<id>-<name>` in the folder of
the conversation, or as `__uploads/<id>/<name>`.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from chat.formatting import slack_text
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

LISTS = ("channels.json", "groups.json", "mpims.json", "dms.json")
SAID = {  # subtypes of messages that people, or programs, have written
    "", "bot_message", "me_message", "thread_broadcast", "file_share", "file_comment",
    "file_mention",
}  # fmt: skip
OTHERS = "lines that tell of people or settings, as of joining"
LINKED = "files that are links to Slack, and not in the zip"
FILE_PATH_MAX_CHARACTERS = 4_000
CUSTOM = "reactions with an emoji of one's own"


def is_export(package: Package) -> bool:
    has_list = any(package.size(it) is not None for it in LISTS)
    return has_list and package.size("users.json") is not None


def read(package: Package, options: Options, report: Report) -> Iterator[Placed]:
    """The records of an export. Raises TransferError."""
    return _Reading(package, options, report).records()


@dataclass(slots=True)
class _Conversation:
    """A room, and where its messages are."""

    record: Room
    folder: str
    place: str
    others: set[str] = field(default_factory=set)


class _Reading:
    def __init__(self, package: Package, options: Options, report: Report) -> None:
        self._package, self._options, self._report = package, options, report
        self._people: dict[str, Person] = {}  # by their ids there
        self._names: dict[str, str] = {}
        self._days: dict[str, list[str]] = defaultdict(list)  # files, by folder
        self._uploads: dict[str, str] = {}  # names in the export, by the ids of files
        for name in package.names():
            self._look_at(name)

    def _look_at(self, name: str) -> None:
        folder, _, last = name.rpartition("/")
        if last.endswith(".json") and folder and "/" not in folder:
            self._days[folder].append(name)
        if found := re.search(r"__uploads/(\w+)/[^/]+\Z|attachments/(\w+)-[^/]+\Z", name):
            self._uploads[found[1] or found[2]] = name

    def records(self) -> Iterator[Placed]:
        for place, user in reading.objects(self._package, "users.json"):
            yield place, self._person(place, user)
        conversations = list(self._conversations())
        for it in conversations:
            yield from self._unknown(it.place, it.others)
            yield it.place, it.record
        for it in conversations:
            for name in sorted(self._days[it.folder]):
                for place, said in reading.items(self._package, name):
                    yield from self._message(place, said, it.record)

    # --- people ---------------------------------------------------------------------------------

    def _person(self, place: str, user: Object) -> Person:
        id = values.text(place, user, "id", None)
        profile = values.inner(place, user, "profile")
        keys = ("display_name", "real_name")
        names = [values.text(place, profile, it) for it in keys]
        username = values.text(place, user, "name")
        account = Account(username[:150], values.text(place, profile, "email").lower()[:254])
        return self._new_person(id, [*names, username], account)

    def _new_person(self, id: str, names: list[str], account: Account | None = None) -> Person:
        name = values.first_name(iter([*names, id]))
        person = Person(self._options.id("person", id), name, account=account or Account(""))
        self._people[id], self._names[id] = person, name
        return person

    def _unknown(self, place: str, ids: set[str]) -> Iterator[Placed]:
        """People of another workspace, who are in no list."""
        for id in sorted(ids - self._people.keys()):
            yield place, self._new_person(id, [])

    # --- conversations --------------------------------------------------------------------------

    def _conversations(self) -> Iterator[_Conversation]:
        for name in LISTS:
            if self._package.size(name) is not None:
                for place, listed in reading.objects(self._package, name):
                    yield self._conversation(place, name, listed)

    def _conversation(self, place: str, source: str, listed: Object) -> _Conversation:
        id = values.text(place, listed, "id", None)
        ids = list(dict.fromkeys(values.ids(place, listed, "members")))
        creator = values.text(place, listed, "creator")
        is_private = source in ("mpims.json", "dms.json") and len(ids) <= DIRECT_PEOPLE_MAX
        kind = "direct" if is_private else self._options.room_kind(is_public=source == LISTS[0])
        name = values.text(place, listed, "name") or id
        people = [
            RoomPerson(
                self._options.id("person", it),
                role="owner" if it == creator and kind == "members" else "member",
            )
            for it in ids
        ]
        shown = "" if kind == "direct" else building.room_name(name, kind)
        record = Room(self._options.id("room", id), kind=kind, name=shown)  # type: ignore[arg-type]
        record.people = people
        record.topic = building.topic(self._said(place, listed, "topic"))
        if listed.get("created"):
            record.created_at = values.seconds(place, "created", listed["created"])
        if listed.get("is_archived") is True:
            record.archived_at = record.created_at or values.EPOCH
        folder = id if source == "dms.json" else name
        return _Conversation(record, folder, place, set(ids))

    def _said(self, place: str, listed: Object, key: str) -> str:
        value = values.text(place, values.inner(place, listed, key), "value")
        return slack_text.as_markdown(value, self._names)

    # --- messages -------------------------------------------------------------------------------

    def _message(self, place: str, said: Object, room: Room) -> Iterator[Placed]:
        subtype = values.text(place, said, "subtype")
        if subtype not in SAID:
            self._report.leave(OTHERS, subtype)
            return
        author = self._author(place, said)
        reactions = self._reactions(place, said)
        asked = {author, *(it for _, some in reactions for it in some)}
        yield from self._unknown_authors(place, said, asked)
        ts = values.text(place, said, "ts", None)
        thread = values.text(place, said, "thread_ts")
        edited = values.inner(place, said, "edited")
        whole = Message(
            room.id,
            self._id(room, ts),
            self._people[author].id,
            values.seconds(place, "ts", ts),
            kind="action" if subtype == "me_message" else "text",
            answers=self._id(room, thread) if thread and thread != ts else None,
            reactions=[
                Reaction(emoji, [self._people[it].id for it in some]) for emoji, some in reactions
            ],
            files=self._files(place, said),
            edited_at=values.seconds(place, "edited.ts", edited["ts"]) if "ts" in edited else None,
        )
        text = slack_text.as_markdown(self._text(place, said), self._names)
        for it in building.messages(whole, text, self._report, place):
            yield place, it

    def _id(self, room: Room, ts: str) -> UUID:
        return self._options.id("message", room.id, ts)

    def _text(self, place: str, said: Object) -> str:
        """The text; of a program, what its attachments say."""
        if text := values.text(place, said, "text"):
            return text
        shown = values.objects(place, said, "attachments")
        return "\n".join(filter(None, (values.text(place, it, "fallback") for it in shown)))

    def _author(self, place: str, said: Object) -> str:
        if user := values.text(place, said, "user"):
            return user
        bot = values.text(place, said, "bot_id") or values.text(place, said, "username")
        return bot or values.text(place, values.inner(place, said, "comment"), "user") or "unknown"

    def _unknown_authors(self, place: str, said: Object, ids: set[str]) -> Iterator[Placed]:
        profiles = (values.inner(place, said, it) for it in ("user_profile", "bot_profile"))
        keys = ("display_name", "real_name", "name")
        names = [values.text(place, it, key) for it in profiles for key in keys]
        names.append(values.text(place, said, "username"))
        author = self._author(place, said)
        if author not in self._people:
            yield place, self._new_person(author, names)
        yield from self._unknown(place, ids)

    def _reactions(self, place: str, said: Object) -> list[tuple[str, list[str]]]:
        found: list[tuple[str, list[str]]] = []
        for it in values.objects(place, said, "reactions"):
            name, people = values.text(place, it, "name", None), values.ids(place, it, "users")
            if (emoji := values.emoji_named(name)) is None:
                self._report.leave(CUSTOM, name, len(people))
            else:
                found.append((emoji, people))
        return found

    def _files(self, place: str, said: Object) -> list[File]:
        listed: Any = values.objects(place, said, "files")
        found = (self._file(place, it) for it in listed)
        return [it for it in found if it is not None]

    def _file(self, place: str, listed: Object) -> File | None:
        id = values.text(place, listed, "id", None)
        name = values.text(place, listed, "name") or values.text(place, listed, "title") or id
        if (path := self._uploads.get(id)) is None:
            self._report.leave(LINKED, name)
            return None
        if len(path) > FILE_PATH_MAX_CHARACTERS:
            raise at(place, "the name of a file is too long")
        return File(self._options.id("file", id), name[:200], path)
