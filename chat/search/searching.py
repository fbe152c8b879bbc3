"""Finds messages for a member: in what the member may read, the newest first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from chat import access
from chat.access import Found
from chat.journal.read import message_rows
from chat.journal.read.view import view_of
from chat.journal.snapshot import snapshot
from chat.journal.write.search_index import words_of_files
from chat.models import Member, Room
from chat.policy import Action
from chat.protocol import MessageState
from chat.search import filters, index, pages
from chat.search.index import Candidate, Wanted
from chat.search.matching import match_texts
from chat.search.pages import Place
from chat.search.query import Query
from chat.search.rooms import Readable, readable

LOOKED_AT_MAX = 300  # candidates of one search; the next page goes on from there
LOOKED_AT_BYTES = 128 * 1024  # of their texts, likewise: some 4 microseconds each at worst

Marks = list[tuple[int, int]]  # code points of the text


@dataclass(frozen=True, slots=True)
class Result:
    """A message that was found, and what of its text is meant."""

    room: Room
    state: MessageState
    marks: Marks


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results. The next one has what lies before `before`, if there is `more`."""

    results: list[Result]
    more: bool
    before: Place | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A candidate whose text has what is asked for."""

    candidate: Candidate
    marks: Marks


NOTHING = Results([], more=False)


def search(
    member: Member, query: Query, room: Found | None, before: Place | None, limit: int
) -> Results:
    """The newest messages that have what is asked for, in a room, or in all of the member's rooms.

    All is read as it was at one moment. Raises NoSuchPlace.
    """
    if query.is_empty:
        return NOTHING
    with snapshot():
        mine = readable(member, room)
        if not mine:
            return NOTHING
        key = pages.key_at(before, room, mine) if before else None
        asked = filters.asked(member, query, mine)
        if asked is None:
            return NOTHING
        hits, last = _hits(query, *asked, key, limit)
        results = list(_results(member, hits))
        place = pages.place_of(last.room_id, last.seq, room) if last else None
    return Results(results, more=place is not None, before=place)


def _hits(
    query: Query, wanted: Wanted, rooms: Readable, before: int | None, limit: int
) -> tuple[list[Hit], Candidate | None]:
    """The first hits, and the last candidate that was looked at; None if there are no more."""
    hits: list[Hit] = []
    looked_at, bytes_left, step, last = 0, LOOKED_AT_BYTES, limit + 1, None
    while looked_at < LOOKED_AT_MAX:
        found = index.candidates(wanted, rooms, last.pk if last else before, step)
        for candidate in found:
            if bytes_left <= 0:
                return hits, last
            texts = [candidate.text, *words_of_files(candidate.files)]
            bytes_left -= sum(len(it.encode()) for it in texts)
            if (marks := match_texts(texts, query.terms)) is not None:
                if len(hits) == limit:
                    return hits, last
                hits.append(Hit(candidate, marks[0]))
            last = candidate
        if len(found) < step:
            return hits, None
        looked_at += len(found)
        step = LOOKED_AT_MAX - looked_at
    return hits, last


def _results(member: Member, hits: Sequence[Hit]) -> Iterator[Result]:
    """The hits that `policy`, too, lets the member read."""
    found = _found(member, {it.candidate.room_id for it in hits})
    readable = [it for it in hits if _may_read(member, it.candidate, found)]
    entries = message_rows.read_all([it.candidate.pk for it in readable])
    for it in readable:
        in_room = found[it.candidate.room_id]
        [entry] = view_of(member, in_room).of_entries([entries[it.candidate.pk]])
        state = msgspec.json.decode(entry.json, type=MessageState)
        yield Result(in_room.room, state, it.marks)


def _found(member: Member, pks: Iterable[int]) -> dict[int, Found]:
    rooms = list(Room.objects.filter(pk__in=list(pks)))
    return {it.room.pk: it for it in access.find_all_in(member, rooms) if it}


def _may_read(member: Member, candidate: Candidate, found: dict[int, Found]) -> bool:
    in_room = found.get(candidate.room_id)
    if in_room is None or not in_room.may(member, Action.READ):
        return False
    return candidate.seq >= view_of(member, in_room).visible_from
