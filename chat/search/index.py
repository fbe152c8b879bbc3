"""Reads the search index: the candidates, of which the texts decide."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from chat.journal.search_fields import in_room
from chat.journal.sql import database, fetch, rows_of, table
from chat.journal.write.search_index import INDEX, KEY
from chat.models import Message
from chat.models.file import SentFile
from chat.search.matching import Needle
from chat.search.query import Interval
from chat.search.rooms import Readable

ROOMS_BY_TOKEN = 64  # so many rooms are tokens of the query; more are looked up for each candidate


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
    is_sqlite = database().vendor == "sqlite"
    asked, given, values = (_of_sqlite if is_sqlite else _of_postgresql)(rooms)
    expression = (fts5_query if is_sqlite else ts_query)(all_of, wanted.others)
    conditions = {asked: [expression], **_conditions(wanted, before)}
    rows = fetch(
        COLUMNS,
        f"FROM (SELECT {SELECTED} {given} AND {' AND '.join(conditions)}"
        f" ORDER BY found.{KEY[database().vendor]} DESC LIMIT %s) hits",
        [*values, *chain.from_iterable(conditions.values()), limit],
    )
    return [
        Candidate(pk, room, seq, text, json.loads(files)) for pk, room, seq, text, files in rows
    ]


def _of_sqlite(rooms: Readable) -> tuple[str, str, list[Any]]:
    """How the index is asked, the tables, and the values in these.

    SQLite does not reorder a CROSS JOIN: the index is read in the order of the messages.
    """
    given = (
        f"FROM {INDEX} found CROSS JOIN {table(Message)} message CROSS JOIN"  # noqa: S608
        f" (SELECT column1 AS id, column2 AS seq FROM (VALUES {rows_of(2, len(rooms))})) mine"
        " WHERE message.id = found.rowid AND mine.id = message.room_id AND message.seq >= mine.seq"
    )
    return f"found.{INDEX} MATCH %s", given, list(chain.from_iterable(rooms.items()))


def _of_postgresql(rooms: Readable) -> tuple[str, str, list[Any]]:
    given = (
        f"FROM {INDEX} found JOIN {table(Message)} message ON message.id = found.message_id"
        " JOIN unnest(%s::bigint[], %s::bigint[]) AS mine(id, seq) ON mine.id = message.room_id"
        " WHERE message.seq >= mine.seq"
    )
    return "found.tokens @@ %s::tsquery", given, [list(rooms), list(rooms.values())]


def _conditions(wanted: Wanted, before: int | None) -> dict[str, list[Any]]:
    """SQL on the message, and the values in it."""
    met: dict[str, list[Any]] = {}
    if before is not None:
        met[f"found.{KEY[database().vendor]} < %s"] = [before]
    if wanted.since is not None:
        met["message.sent_at >= %s"] = [_moment(wanted.since)]
    if wanted.until is not None:
        met["message.sent_at < %s"] = [_moment(wanted.until)]
    if wanted.outside:
        outside = " AND ".join(
            ["NOT (message.sent_at >= %s AND message.sent_at < %s)"] * len(wanted.outside)
        )
        met[outside] = [_moment(it) for interval in wanted.outside for it in interval]
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
