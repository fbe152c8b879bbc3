"""DiscordChatExporter's JSON: a file for each channel, and the media that were saved beside it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from chat.transfer import reading
from chat.transfer.faults import at
from chat.transfer.origins import building, values
from chat.transfer.origins.options import Options
from chat.transfer.packages import Package
from chat.transfer.reading import Object
from chat.transfer.records import Account, File, Message, Person, Reaction, Room, RoomPerson
from chat.transfer.report import Report
from chat.transfer.staging import Placed

MESSAGES = "messages"
HEAD_BYTES = 64 * 1024
SAID = {"Default", "Reply", "ChatInputCommand", "ContextMenuCommand", "0", "19", "20", "23"}
OTHERS = "lines that tell of people or settings, as of joining"
LINKED = "files that are links to Discord, and not beside the export"
CUSTOM = "reactions with an emoji of one's own"
NAMELESS = "reactions of which the export does not say whose they are"
STICKERS = "stickers"
EMBEDS = "previews of links, and what programs show as such"
DIRECT = {"DirectTextChat", "DirectGroupTextChat"}


def is_export(package: Package) -> bool:
    return any(True for _ in _channels(package))


def _channels(package: Package) -> Iterator[str]:
    """The files that are channels."""
    for name in package.names():
        if name.endswith(".json"):
            with package.open(name) as file:
                head = file.read(HEAD_BYTES)
            if b'"guild"' in head and b'"channel"' in head:
                yield name


def read(package: Package, options: Options, report: Report) -> Iterator[Placed]:
    """The records of an export. Raises TransferError."""
    return _Reading(package, options, report).records()


class _Reading:
    def __init__(self, package: Package, options: Options, report: Report) -> None:
        self._package, self._options, self._report = package, options, report
        self._people: set[str] = set()
        self._rooms: dict[UUID, Room] = {}  # a channel may be in several files

    def records(self) -> Iterator[Placed]:
        """People and rooms, and then the messages: a room's people are those who wrote there."""
        files = {name: self._head(name) for name in _channels(self._package)}
        for name, room in files.items():
            yield from self._authors(name, room)
        for room in self._rooms.values():
            yield "the export", room
        for name, room in files.items():
            for place, said in reading.items(self._package, name, MESSAGES):
                yield from self._message(place, said, room, name)

    def _head(self, name: str) -> Room:
        head = reading.head_of(self._package, name, MESSAGES)
        room = self._room(name, values.inner(name, head, "channel"))
        return self._rooms.setdefault(room.id, room)

    def _authors(self, name: str, room: Room) -> Iterator[Placed]:
        known = {it.person for it in room.people}
        for place, said in reading.items(self._package, name, MESSAGES):
            author = values.inner(place, said, "author")
            yield from self._person(place, author)
            id = self._options.id("person", values.text(place, author, "id", None))
            if id not in known:
                known.add(id)
                room.people.append(RoomPerson(id))

    def _room(self, place: str, channel: Object) -> Room:
        type = values.text(place, channel, "type")
        is_public = type not in DIRECT and "Private" not in type
        kind: Any = "direct" if type in DIRECT else self._options.room_kind(is_public=is_public)
        name = values.text(place, channel, "name") or values.text(place, channel, "id")
        shown = "" if kind == "direct" else building.room_name(name, kind)
        id = self._options.id("room", values.text(place, channel, "id", None))
        topic = building.topic(values.text(place, channel, "topic"))
        return Room(id, kind=kind, name=shown, topic=topic)

    def _person(self, place: str, person: Object) -> Iterator[Placed]:
        id = values.text(place, person, "id", None)
        if id in self._people:
            return
        self._people.add(id)
        username = values.text(place, person, "name")
        names = iter([values.text(place, person, "nickname"), username, id])
        account = Account(username[:150])
        yield (
            place,
            Person(self._options.id("person", id), values.first_name(names), account=account),
        )

    def _message(self, place: str, said: Object, room: Room, name: str) -> Iterator[Placed]:
        type = values.text(place, said, "type")
        if type not in SAID:
            self._report.leave(OTHERS, type)
            return
        self._leave(place, said)
        reactions = list(self._reactions(place, said))
        for _, people in reactions:
            for it in people:
                yield from self._person(place, it)
        answered = values.text(place, values.inner(place, said, "reference"), "messageId")
        author = values.text(place, values.inner(place, said, "author"), "id", None)
        whole = Message(
            room.id,
            self._options.id("message", values.text(place, said, "id", None)),
            self._options.id("person", author),
            values.iso(place, said, "timestamp"),
            answers=self._options.id("message", answered) if answered else None,
            reactions=[Reaction(emoji, self._ids(place, people)) for emoji, people in reactions],
            files=list(self._files(place, said, name)),
            edited_at=values.iso(place, said, "timestampEdited")
            if said.get("timestampEdited")
            else None,
        )
        text = values.text(place, said, "content")
        for part in building.messages(whole, text, self._report, place):
            yield place, part

    def _leave(self, place: str, said: Object) -> None:
        for it in values.objects(place, said, "stickers"):
            self._report.leave(STICKERS, values.text(place, it, "name"))
        if embeds := values.objects(place, said, "embeds"):
            self._report.leave(EMBEDS, place, len(embeds))

    def _ids(self, place: str, people: list[Object]) -> list[Any]:
        return [self._options.id("person", values.text(place, it, "id", None)) for it in people]

    def _reactions(self, place: str, said: Object) -> Iterator[tuple[str, list[Object]]]:
        for it in values.objects(place, said, "reactions"):
            shown = values.inner(place, it, "emoji")
            name = values.text(place, shown, "name")
            emoji, people = values.emoji_named(name), values.objects(place, it, "users")
            count = it.get("count")
            count = count if isinstance(count, int) else len(people)
            if emoji is None or values.text(place, shown, "id"):
                self._report.leave(CUSTOM, name, count)
                continue
            if count > len(people):
                self._report.leave(NAMELESS, name, count - len(people))
            yield emoji, people

    def _files(self, place: str, said: Object, name: str) -> Iterator[File]:
        folder = f"{name.rpartition('/')[0]}/" if "/" in name else ""
        for it in values.objects(place, said, "attachments"):
            shown = values.text(place, it, "fileName") or "file"
            url = values.text(place, it, "url")
            there = (f"{folder}{path}" for path in (url, unquote(url)))
            path = next((one for one in there if self._package.size(one) is not None), None)
            if path is None:
                self._report.leave(LINKED, shown)
                continue
            if not (id := values.text(place, it, "id")):
                raise at(place, "a file has no id")
            yield File(self._options.id("file", id), shown[:200], path)
