"""Block rules that differ from CommonMark: fenced code, quotes, lists and tables.

docs/markdown.md has them in one table.
"""

import re
from itertools import takewhile

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, fence, list_block, table
from markdown_it.rules_block.table import escapedSplit
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from chat.formatting.budget import CELL_STEPS
from chat.formatting.code import is_language

LIST_ITEM = re.compile(r"(?:[-+*]|\d{1,3}[.)])[ \t]+\S")  # "1986. A year" starts no list
RULE = re.compile(r"(?:([-+*])[ \t]*)(?:\1[ \t]*)+")  # "* * *" is no list of lists
DELIMITERS = re.compile(r"[-:| \t]+")  # the line below the head of a table
ALIGNMENTS = {"text-align:center": "center", "text-align:right": "end"}  # as classes
SPOILER_OR_CODE_WITH_BAR = re.compile(r"\|\||`[^`|]*\|[^`]*`")
QUOTE = re.compile(r">+(?:[ \t]|\Z)")  # ">_<" and ">18" are no quotes


def install(markdown: MarkdownIt) -> None:
    """Replace the block rules of `markdown`."""
    ruler = markdown.block.ruler
    ruler.at("fence", _fence, {"alt": ["paragraph", "blockquote", "list"]})
    ruler.at("blockquote", _quote, {"alt": ["paragraph", "blockquote", "list"]})
    ruler.at("table", _table, {"alt": ["paragraph"]})
    ruler.at("list", _list, {"alt": ["paragraph", "blockquote"]})
    ruler.push("end", _ends_with_line, {"alt": ["paragraph", "blockquote"]})
    markdown.core.ruler.after("block", "numbers", _number_as_typed)
    markdown.core.ruler.after("block", "alignments", _align_by_class)


def _fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Fenced code. What follows the opening marks is a language, or the first line of the code.

    A fence in the last line stays text, and so does a fence without code.
    """
    if start + 1 >= end or not fence(state, start, end, silent):
        return False
    if not silent:
        _keep_first_line(state.tokens[-1])
        if not state.tokens[-1].content.strip():
            state.tokens.pop()
            state.line = start
            return False
    return True


def _keep_first_line(token: Token) -> None:
    typed = token.info.strip()
    if typed and not is_language(typed):
        token.info, token.content = "", f"{typed}\n{token.content}"


def _quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A quote. Marks without a text are no quote."""
    if not QUOTE.match(_line(state, start)):
        return False
    quoted = takewhile(QUOTE.match, (_line(state, it) for it in range(start, min(start + 2, end))))
    return any(it.strip("> \t") for it in quoted) and blockquote(state, start, end, silent)


def _list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A marker without text starts no list: a message may be just "-", "+" or "* * *"."""
    line = _line(state, start)
    if not LIST_ITEM.match(line) or RULE.fullmatch(line):
        return False
    return list_block(state, start, end, silent)


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A table. Its rows and cells cost steps, also cells that complete a row. Raises TooCostly."""
    if start + 1 >= end or "|" not in _line(state, start):
        return False
    delimiters = _line(state, start + 1)
    if not DELIMITERS.fullmatch(delimiters):
        return False
    rows = list(takewhile(lambda it: "|" in it, (_line(state, it) for it in range(start, end))))
    state.env["budget"].spend(len(rows))
    if not _have_cells_for_all(rows):
        return False
    if not silent:
        state.env["budget"].spend(CELL_STEPS * len(rows) * (delimiters.count("|") + 1))
    return table(state, start, end, silent)


def _have_cells_for_all(rows: list[str]) -> bool:
    """Whether a table would show all of its rows: GFM drops what has no column.

    A spoiler and code with a bar would be cut in two: these are no tables.
    """
    head, *body = [
        len(escapedSplit(row.strip().removeprefix("|").removesuffix("|"))) for row in rows
    ]
    has_cut_text = any(SPOILER_OR_CODE_WITH_BAR.search(row) for row in rows)
    return max(body, default=0) <= head and not has_cut_text


def _align_by_class(state: StateCore) -> None:
    """Replace the inline style of table cells, which the sanitizer would drop."""
    for token in state.tokens:
        if token.type in {"th_open", "td_open"} and "style" in token.attrs:
            style = token.attrs.pop("style")
            if style in ALIGNMENTS:
                token.attrs["class"] = ALIGNMENTS[str(style)]


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _number_as_typed(state: StateCore) -> None:
    """Give an item of a numbered list its number, where the number is not the next one."""
    expected: list[int] = []  # in each open list
    for token in state.tokens:
        if token.type == "ordered_list_open":
            expected.append(int(token.attrGet("start") or 1))
        elif token.type == "ordered_list_close":
            expected.pop()
        elif token.type == "list_item_open" and token.info:
            number = int(token.info)
            if number != expected[-1]:
                token.attrSet("value", str(number))
            expected[-1] = number + 1


def _ends_with_line(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """End a quote, list item or table at its last marked line: the next line is the answer.

    CommonMark would continue the quote or item with the next line (a lazy continuation line).
    """
    if not silent:
        return False
    if state.parentType == "table":
        return "|" not in _line(state, start)
    return state.parentType == "blockquote" or state.sCount[start] < state.blkIndent
