"""Backslash escapes: an inline rule for markdown-it.

CommonMark drops every backslash before punctuation. Here a backslash stays where the mark after it
would have meant nothing: in `C:\\me\\_old`, in `¯\\_(ツ)_/¯`, in `(\\_/)` and at the end of a line.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from chat.formatting import emoji
from chat.formatting.budget import EMPHASIS_MARKS_PER_STEP
from chat.formatting.shortcodes import SHORTCODE

MARKS = "*_~|`[]<\\@＠﹫"
CONTEXT_CHARACTERS = 100  # of a word, looked at on either side of a backslash
WORD_START = re.compile(r"\S*\Z")
PATH = re.compile(r"(?:[a-z]:|\.{1,2}|~|%\w+%|\\\\[^\W_]+)\\|\S*\\[^\W_]", re.IGNORECASE)
RUN = re.compile(r"\\?([*_])(?:\\?\1)*")  # marks of emphasis side by side, escaped or not
ESCAPED_ARM = r"\\\_"  # of ¯\\_(ツ)_/¯: its author knows escapes
ANGLE_LINK = re.compile(r"<[^\s<>][^\s<>:@]*[:@][^\s<>]+>")


def install(markdown: MarkdownIt) -> None:
    """Replace the escapes of `markdown`."""
    markdown.inline.ruler.at("escape", _escape)


def _escape(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("\\", state.pos) or state.pos + 1 >= state.posMax:
        return False
    mark = state.src[state.pos + 1]
    around = Surroundings(state.src, state.pos, _emphasis_marks(state))
    is_escape = mark in NEEDED and NEEDED[mark](around) and not around.is_path
    if not is_escape and mark not in MARKS:
        return False
    if is_escape and not silent:
        token = state.push("text_special", "", 0)
        token.content, token.markup, token.info = mark, f"\\{mark}", "escape"
    elif not silent:
        state.append_pending(f"\\{mark}")
    state.pos += 2
    return True


class Run(NamedTuple):
    """Marks of emphasis side by side, and the characters around them."""

    last: str
    next: str

    @property
    def is_inside_word(self) -> bool:
        return _is_letter(self.last) and _is_letter(self.next)

    @property
    def is_beside_word(self) -> bool:
        return _is_letter(self.last) != _is_letter(self.next)

    @property
    def can_open(self) -> bool:
        return not self.next.isspace() and not self.is_inside_word

    @property
    def can_close(self) -> bool:
        return not self.last.isspace() and not self.is_inside_word


class EmphasisMarks:
    """All marks of emphasis in a text, by position, as they would be without backslashes."""

    def __init__(self, text: str) -> None:
        self.runs: dict[int, Run] = {}
        self._first_opening: dict[str, int] = {}
        self._last_closing: dict[str, int] = {}
        for found in RUN.finditer(text):
            start, end = found.span()
            run = Run(text[start - 1 : start] or " ", text[end : end + 1] or " ")
            self.runs |= dict.fromkeys(range(start, end), run)
            if run.can_open:
                self._first_opening.setdefault(found[1], start)
            if run.can_close:
                self._last_closing[found[1]] = start

    def is_paired(self, mark: str, position: int) -> bool:
        """Whether the mark at `position` would begin or end emphasis with another one."""
        run = self.runs[position]
        has_end = run.can_open and self._last_closing.get(mark, -1) > position
        return has_end or (run.can_close and self._first_opening.get(mark, position) < position)


def _emphasis_marks(state: StateInline) -> EmphasisMarks:
    known: dict[str, EmphasisMarks] = state.env["emphasis_marks"]
    if state.src not in known:
        known[state.src] = EmphasisMarks(state.src)
        state.env["budget"].spend(len(known[state.src].runs) // EMPHASIS_MARKS_PER_STEP)
    return known[state.src]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a backslash at `position` and the mark after it."""

    text: str
    position: int
    emphasis_marks: EmphasisMarks

    @property
    def last(self) -> str:
        return self.text[self.position - 1] if self.position else " "

    @property
    def next(self) -> str:
        return self.text[self.position + 2 : self.position + 3] or " "

    @property
    def line_before(self) -> str:
        return self.text[self.text.rfind("\n", 0, self.position) + 1 : self.position]

    @property
    def starts_block(self) -> bool:
        return self.next.isspace() and not self.line_before.strip()

    @property
    def numbers_item(self) -> bool:
        return self.next.isspace() and self.line_before.strip().isdecimal()

    @property
    def is_path(self) -> bool:
        """Whether the backslash belongs to a path or pattern: `.\\_new`, `src\\_old`, `\\d\\*`."""
        before = max(0, self.position - CONTEXT_CHARACTERS)
        word = WORD_START.search(self.text, before, self.position)
        start = word.start() if word else self.position
        return PATH.match(self.text, start, self.position + CONTEXT_CHARACTERS) is not None

    @property
    def is_face(self) -> bool:
        """Whether the backslash is an arm or an ear, as in `¯\\_(ツ)_/¯`."""
        return unicodedata.category(self.last).startswith("S")

    @property
    def run(self) -> Run:
        return self.emphasis_marks.runs[self.position]

    @property
    def is_paired(self) -> bool:
        return self.emphasis_marks.is_paired(self.text[self.position + 1], self.position)

    @property
    def is_shortcode(self) -> bool:
        found = SHORTCODE.match(self.text, self.position + 1)
        return found is not None and emoji.find(found[1].lower()) is not None

    def is_doubled(self, mark: str) -> bool:
        is_escaped_twice = self.text.startswith(f"\\{mark}", self.position + 2)
        return is_escaped_twice or mark in (self.last, self.next)

    def stands_with(self, text: str) -> bool:
        """Whether `text` is once more before or after."""
        return self.is_followed_by(text) or self.text.find(text, 0, self.position) >= 0

    def is_followed_by(self, text: str) -> bool:
        return self.text.find(text, self.position + 2) >= 0


def _is_letter(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")


NEEDED: dict[str, Callable[[Surroundings], bool]] = {  # whether the mark would mean something
    "`": lambda around: around.stands_with("`"),
    "*": lambda around: (
        around.starts_block
        or around.run.is_inside_word
        or around.run.is_beside_word
        or around.is_paired
    ),
    "_": lambda around: (
        ESCAPED_ARM in around.text
        or (around.run.is_beside_word and around.is_paired and not around.is_face)
    ),
    "~": lambda around: around.is_doubled("~"),
    "|": lambda around: around.is_doubled("|"),
    "[": lambda around: around.is_followed_by("]("),
    "!": lambda around: around.next == "[" and around.is_followed_by("]("),
    "]": lambda around: around.next == "(",
    "<": lambda around: ANGLE_LINK.match(around.text, around.position + 1) is not None,
    "\\": lambda around: around.next in MARKS,
    ":": lambda around: around.is_shortcode,
    **dict.fromkeys("@＠﹫", lambda around: not (around.last.isalnum() or around.next.isspace())),
    **dict.fromkeys("-+>#", lambda around: around.starts_block),
    **dict.fromkeys(".)", lambda around: around.numbers_item),
}
