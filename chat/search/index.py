"""Reads the search index: the candidates, of which the texts decide."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from chat.journal.search_fields import LARGE, SMALL, in_part, in_room
from chat.journal.sql import database, fetch, rows_of, table
from chat.journal.write.search_index import INDEX
from chat.models import Message
from chat.models.file import SentFile
from chat.search import positions
from chat.search.matching import Needle
from chat.search.query import Interval
from chat.search.rooms import Readable

KEY_MAX = 2**63 - 1  # what both databases take
PARTS = [(SMALL, 2), (LARGE, 2), (LARGE, 16)]  # about 2,000 messages, 30,000, 260,000
FEW_ROOMS = 3  # have not so many messages that a part of them is found faster
FEW_FOUND = 3  # with fewer in the newest part, one step through all the rest is the fastest

ROOMS_BY_TOKEN = 64  # so many rooms are tokens of the query; more are looked up for each candidate


Conditions = dict[str, list[Any]]  # SQL, and the values in it
AllOf = list[list[Needle]]  # one of each


class Candidate(NamedTuple):
    """A message that the index has found. `text` and `files` are what it says."""

    pk: int
    room_id: int
    seq: int
    text: str
    files: list[SentFile]


@dataclass(slots=True)
class Wanted:
    """What the index is asked for: all needles, one of each group, and none of others."""

    needles: list[Needle] = field(default_factory=list)
    groups: list[list[str]] = field(default_factory=list)  # tokens
    others: list[Needle] = field(default_factory=list)
    since: datetime | None = None
    until: datetime | None = None
    outside: list[Interval] = field(default_factory=list)


COLUMNS = ["id", "room_id", "seq", "text", "files"]
SELECTED = ", ".join(f"message.{it} AS {it}" for it in COLUMNS)


def candidates(wanted: Wanted, rooms: Readable, before: int | None, limit: int) -> list[Candidate]:
    """The newest messages in these rooms that have what is wanted, before a primary key."""
    if not rooms:
        return []
    all_of = [[it] for it in wanted.needles] + [list(map(Needle, it)) for it in wanted.groups]
    if len(rooms) <= ROOMS_BY_TOKEN or not all_of:
        all_of.append([Needle(in_room(it)) for it in rooms])
    read = _of_sqlite if database().vendor == "sqlite" else _of_postgresql
    low = positions.first_since(wanted.since) if wanted.since else 0
    below = positions.first_after(wanted.until) if wanted.until else None
    below = below if before is None else min(before, below or before)
    return read(all_of, wanted, rooms, range(low, KEY_MAX if below is None else below), limit)


def _of_sqlite(
    all_of: AllOf, wanted: Wanted, rooms: Readable, pks: range, limit: int
) -> list[Candidate]:
    """SQLite does not reorder a CROSS JOIN: the index is read in the order of the messages."""
    asked: Conditions = {
        f"found.{INDEX} MATCH %s": [fts5_query(all_of, wanted.others)],
        "found.rowid >= %s AND found.rowid < %s": [pks.start, pks.stop],
        **_times(wanted),
    }
    source = (
        f"FROM {INDEX} found CROSS JOIN {table(Message)} message CROSS JOIN"  # noqa: S608
        f" (SELECT column1 AS id, column2 AS seq FROM (VALUES {rows_of(2, len(rooms))})) mine"
        " WHERE message.id = found.rowid AND mine.id = message.room_id AND message.seq >= mine.seq"
        f" AND {' AND '.join(asked)} ORDER BY found.rowid DESC LIMIT %s"
    )
    of_rooms = chain.from_iterable(rooms.items())
    return _fetch(source, [*of_rooms, *chain.from_iterable(asked.values()), limit])


def _of_postgresql(
    all_of: AllOf, wanted: Wanted, rooms: Readable, pks: range, limit: int
) -> list[Candidate]:
    """GIN finds all messages, without an order: so the newest part of them is asked first."""
    rest = range(pks.start, min(pks.stop, _next_pk()))
    if not rest:
        return []
    found: list[Candidate] = []
    for bits, count in PARTS if len(rooms) > FEW_ROOMS else ():
        part, tokens = _newest(rest, bits, count)
        expression = ts_query([*all_of, tokens], wanted.others)
        found += _of_part(expression, wanted, rooms, part, limit - len(found))
        rest = range(rest.start, part.start)
        if len(found) >= limit or not rest:
            return found
        if len(found) < FEW_FOUND:
            break
    expression = ts_query(all_of, wanted.others)
    return found + _of_part(expression, wanted, rooms, rest, limit - len(found))


def _of_part(
    expression: str, wanted: Wanted, rooms: Readable, pks: range, limit: int
) -> list[Candidate]:
    times = _times(wanted)
    source = (
        f"FROM (SELECT message_id FROM {INDEX} WHERE tokens @@ %s::tsquery"  # noqa: S608
        " AND message_id >= %s AND message_id < %s ORDER BY message_id DESC OFFSET 0) found"
        f" JOIN {table(Message)} message ON message.id = found.message_id"
        " JOIN unnest(%s::bigint[], %s::bigint[]) AS mine(id, seq) ON mine.id = message.room_id"
        f" WHERE {' AND '.join(['message.seq >= mine.seq', *times])}"
        " ORDER BY found.message_id DESC LIMIT %s"
    )
    of_rooms = [list(rooms), list(rooms.values())]
    of_times = chain.from_iterable(times.values())
    return _fetch(source, [expression, pks.start, pks.stop, *of_rooms, *of_times, limit])


def _newest(pks: range, bits: int, count: int) -> tuple[range, list[Needle]]:
    """The newest messages, and the tokens that the index finds them by."""
    last = (pks.stop - 1) >> bits
    first = max(last - count + 1, 0)
    part = range(max(first << bits, pks.start), pks.stop)
    return part, [Needle(in_part(bits, it)) for it in range(first, last + 1)]


def _next_pk() -> int:
    with database().cursor() as cursor:
        cursor.execute(f"SELECT max(message_id) FROM {INDEX}")  # noqa: S608
        return (cursor.fetchone()[0] or 0) + 1


def _fetch(source: str, values: Sequence[Any]) -> list[Candidate]:
    rows = fetch(COLUMNS, f"FROM (SELECT {SELECTED} {source}) hits", values)
    return [
        Candidate(pk, room, seq, text, json.loads(files)) for pk, room, seq, text, files in rows
    ]


def _times(wanted: Wanted) -> Conditions:
    """Conditions on when a message was sent, and the values in them."""
    met: Conditions = {}
    if wanted.since is not None:
        met["message.sent_at >= %s"] = [_moment(wanted.since)]
    if wanted.until is not None:
        met["message.sent_at < %s"] = [_moment(wanted.until)]
    if wanted.outside:
        each = ["NOT (message.sent_at >= %s AND message.sent_at < %s)"] * len(wanted.outside)
        met[" AND ".join(each)] = [_moment(it) for days in wanted.outside for it in days]
    return met


def _moment(moment: datetime) -> Any:
    return database().ops.adapt_datetimefield_value(moment)


# --- the languages of both databases --------------------------------------------------------------


def fts5_query(all_of: Sequence[Sequence[Needle]], none_of: Sequence[Needle]) -> str:
    """One of each group, and none of the others, as FTS5 is asked."""
    wanted = " AND ".join(f"({' OR '.join(map(_fts5_needle, it))})" for it in all_of)
    if not none_of:
        return wanted
    return f"({wanted}) NOT ({' OR '.join(map(_fts5_needle, none_of))})"


def _fts5_needle(needle: Needle) -> str:
    token = needle.token.replace('"', '""')
    return f'"{token}"{" *" if needle.is_prefix else ""}'


def ts_query(all_of: Sequence[Sequence[Needle]], none_of: Sequence[Needle]) -> str:
    """The same, as PostgreSQL is asked."""
    wanted = [f"({' | '.join(map(_lexeme, it))})" for it in all_of]
    return " & ".join([*wanted, *(f"!{_lexeme(it)}" for it in none_of)])


def _lexeme(needle: Needle) -> str:
    token = needle.token.replace("\\", "\\\\").replace("'", "''")
    return f"'{token}'{':*' if needle.is_prefix else ''}"
