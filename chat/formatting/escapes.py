"""Backslash escapes: an inline rule for markdown-it.

CommonMark drops every backslash before punctuation. Here a backslash stays where the mark after it
would have meant nothing: in `C:\\me\\_old`, in `¯\\_(ツ)_/¯` and at the end of a line.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, escape

MARKS = "*_~|`[]<\\@"


def install(markdown: MarkdownIt) -> None:
    """Replace the escapes of `markdown`."""
    markdown.inline.ruler.at("escape", _escape)


def _escape(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("\\", state.pos) or state.pos + 1 >= state.posMax:
        return False
    mark = state.src[state.pos + 1]
    if mark in NEEDED and NEEDED[mark](Surroundings(state.src, state.pos)):
        return escape(state, silent)
    if mark not in MARKS:
        return False
    if not silent:
        state.append_pending(f"\\{mark}")
    state.pos += 2
    return True


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a backslash at `position` and the mark after it."""

    text: str
    position: int

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
    def is_between_spaces(self) -> bool:
        return self.last.isspace() and self.next.isspace()

    @property
    def is_inside_word(self) -> bool:
        """Whether the mark stands between letters, or in a face like ¯\\_(ツ)_/¯."""
        is_face = unicodedata.category(self.last).startswith("S")
        return is_face or (self.last.isalnum() and self.next.isalnum())

    def is_doubled(self, mark: str) -> bool:
        is_escaped_twice = self.text.startswith(f"\\{mark}", self.position + 2)
        return is_escaped_twice or mark in (self.last, self.next)

    def is_followed_by(self, text: str) -> bool:
        return self.text.find(text, self.position + 2) >= 0


NEEDED: dict[str, Callable[[Surroundings], bool]] = {  # whether the mark would mean something
    "`": lambda _: True,
    "*": lambda around: around.starts_block or not around.is_between_spaces,
    "_": lambda around: not (around.is_inside_word or around.is_between_spaces),
    "~": lambda around: around.is_doubled("~"),
    "|": lambda around: around.is_doubled("|"),
    "[": lambda around: around.is_followed_by("]("),
    "]": lambda around: around.next == "(",
    "<": lambda around: around.is_followed_by(">"),
    "\\": lambda around: around.next in MARKS,
    "@": lambda around: not (around.last.isalnum() or around.next.isspace()),
    **dict.fromkeys("-+>#", lambda around: around.starts_block),
    **dict.fromkeys(".)", lambda around: around.numbers_item),
}
