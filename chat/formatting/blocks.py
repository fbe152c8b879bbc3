"""Where code, quotes and lists differ in a conversation from those in a document."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, fence, list_block

LISTED = re.compile(r"(?:[-+*]|\d{1,3}[.)])[ \t]+\S")  # a year is no number of a list


def install(markdown: MarkdownIt) -> None:
    """Let `markdown` read code, quotes and lists as they are meant in a chat."""
    ruler = markdown.block.ruler
    ruler.at("fence", _fence, {"alt": ["paragraph", "blockquote", "list"]})
    ruler.at("list", _list, {"alt": ["paragraph", "blockquote"]})
    ruler.push("end", _end, {"alt": ["paragraph", "blockquote"]})


def _fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Code starts below its fence: a line of backticks and words alone would lose the words."""
    return start + 1 < end and fence(state, start, end, silent)


def _list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A list has something behind its first marker: who says just "-" or "+" means that."""
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    return LISTED.match(line) is not None and list_block(state, start, end, silent)


def _end(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A quote and a list item end with their lines: what follows a quoted line is the answer to it.

    CommonMark would take the next line into the quote or the item, as a lazy continuation.
    """
    return silent and (state.parentType == "blockquote" or state.sCount[start] < state.blkIndent)
