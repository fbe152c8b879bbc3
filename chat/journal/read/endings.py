"""The entries of a journal after which somebody is no longer in the room."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from chat.journal.entry import Entry
from chat.models.event import ENDING

IS_EVENT = '"kind":"event"'  # no text contains this: JSON escapes its quotes


@dataclass(frozen=True, slots=True)
class Ending:
    """At the version `seq`, these people were taken out of the room, or have left."""

    seq: int
    people: frozenset[str]  # ids


class _Person(msgspec.Struct):
    id: str


class _Event(msgspec.Struct):
    type: str
    people: list[_Person] = []


class _EventFields(msgspec.Struct):
    event: _Event | None = None


def endings(entries: Iterable[Entry]) -> list[Ending]:
    found = []
    for entry in entries:
        if IS_EVENT in entry.json:
            event = msgspec.json.decode(entry.json, type=_EventFields).event
            if event and event.type in ENDING:
                found.append(Ending(entry.seq, frozenset(it.id for it in event.people)))
    return found
