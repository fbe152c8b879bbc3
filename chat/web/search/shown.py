"""Results as the page shows them: grouped by room, each with the words around its hit."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from msgspec import UNSET

from chat.formatting.first_link import SPOILER
from chat.models import Room
from chat.models.message import FILE_MARK
from chat.protocol import MessageState
from chat.search.searching import Result

BEFORE_CHARACTERS, EXCERPT_CHARACTERS = 60, 240  # as in js/search/excerpt.js
HIDDEN = "▒▒▒"  # in place of a spoiler
ELLIPSIS = "…"
SPOILER_TEXT = re.compile(r"\|\|.+?\|\|", re.DOTALL)

Marks = Sequence[tuple[int, int]]  # in code points of a text


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an excerpt."""

    text: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A result: a message, the part of its text around the first hit, the names of its files."""

    message: MessageState
    excerpt: list[Piece]
    files: str


@dataclass(frozen=True, slots=True)
class Group:
    """The results of a room."""

    room: Room
    results: list[Shown] = field(default_factory=list)


def grouped(results: Iterable[Result]) -> list[Group]:
    """The results of each room together: the room with the newest one first."""
    groups: dict[int, Group] = {}
    for it in results:
        group = groups.setdefault(it.room.pk, Group(it.room))
        group.results.append(Shown(it.state, _excerpt_of(it), _files_of(it.state)))
    return list(groups.values())


def _files_of(message: MessageState) -> str:
    files = [] if message.files is UNSET else message.files
    return " ".join(f"{FILE_MARK} {it.name}" for it in files)


def _excerpt_of(result: Result) -> list[Piece]:
    message = result.state
    has_spoilers = message.html is not UNSET and SPOILER in message.html
    return excerpt(message.text, result.marks, has_spoilers=has_spoilers)


def excerpt(text: str, marks: Marks, *, has_spoilers: bool = False) -> list[Piece]:
    """The part of a text around its first mark, on one line. Spoilers stay hidden."""
    first = marks[0][0] if marks else 0
    line = text.rfind("\n", 0, first) + 1
    start = _word_start(text, max(line, first - BEFORE_CHARACTERS), first)
    end = min(len(text), start + EXCERPT_CHARACTERS)
    hidden = [it.span() for it in SPOILER_TEXT.finditer(text)] if has_spoilers else []
    pieces = list(_pieces(text, start, end, marks, hidden))
    cut_before = [Piece(ELLIPSIS)] if start > 0 else []
    cut_after = [Piece(ELLIPSIS)] if end < len(text) else []
    return [*cut_before, *pieces, *cut_after]


def _word_start(text: str, start: int, first: int) -> int:
    """The start of the first whole word from there on, if one begins before the mark."""
    if start == 0 or text[start - 1].isspace():
        return start
    space = re.compile(r"\s").search(text, start, first)
    return space.end() if space else start


def _pieces(text: str, start: int, end: int, marks: Marks, hidden: Marks) -> Iterator[Piece]:
    """The text from `start` to `end`, cut where a mark or a spoiler begins or ends."""
    edges = {edge for mark in marks for edge in mark if not _overlaps(hidden, edge, edge)}
    edges |= {edge for spoiler in hidden for edge in spoiler}
    cuts = sorted({start, end, *(it for it in edges if start < it < end)})
    for first, last in pairwise(cuts):
        is_hidden = _overlaps(hidden, first, last)
        shown = HIDDEN if is_hidden else " ".join(re.split(r"\s+", text[first:last]))
        yield Piece(shown, _overlaps(marks, first, last))


def _overlaps(spans: Marks, start: int, end: int) -> bool:
    """Whether one of the spans has a part of this one; of a place: has it inside."""
    return any(first < end and start < last for first, last in spans)
