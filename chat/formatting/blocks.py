"""Block rules that differ from CommonMark: fenced code, quotes and lists."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, fence, list_block

LIST_ITEM = re.compile(r"(?:[-+*]|\d{1,3}[.)])[ \t]+\S")  # "1986. A year" starts no list


def install(markdown: MarkdownIt) -> None:
    """Replace the block rules of `markdown`."""
    ruler = markdown.block.ruler
    ruler.at("fence", _fence, {"alt": ["paragraph", "blockquote", "list"]})
    ruler.at("list", _list, {"alt": ["paragraph", "blockquote"]})
    ruler.push("end", _ends_with_line, {"alt": ["paragraph", "blockquote"]})


def _fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A fence in the last line stays text: as code, its words would be the language, and hidden."""
    return start + 1 < end and fence(state, start, end, silent)


def _list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A marker without text starts no list: a message may be just "-" or "+"."""
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    return LIST_ITEM.match(line) is not None and list_block(state, start, end, silent)


def _ends_with_line(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """End a quote or list item at its last marked line: the next line is the author's answer.

    CommonMark would continue the quote or item with the next line (a lazy continuation line).
    """
    return silent and (state.parentType == "blockquote" or state.sCount[start] < state.blkIndent)
