"""Spoilers, ||hidden until opened||: an inline rule for markdown-it.

A spoiler fails towards hiding: any two `||` of a text hide what is between them, whatever stands
beside the marks, also in several paragraphs and items, and no other formatting reaches across a
mark. Code is no spoiler, so `a || b` in backticks stays as typed.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

PIPE = "|"
MARKER = PIPE * 2
HIDDEN = "spoiler"  # in Token.meta of fenced code
CODE = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
MARKS = re.compile(r"(?<!\\)\|{2,}")


def install(markdown: MarkdownIt) -> None:
    """Add spoilers to `markdown`."""
    markdown.inline.add_terminator_char(PIPE)
    markdown.inline.ruler.push("spoiler", _spoiler)
    markdown.core.ruler.after("block", "long_spoilers", _close_in_each_block)


def _close_in_each_block(state: StateCore) -> None:
    """Give each block of a spoiler that covers several its own marks, and hide its code."""
    if MARKER not in state.src:
        return
    blocks = [token for token in state.tokens if token.type in {"inline", "fence"}]
    marks = [_count_marks(token) for token in blocks]
    is_open = False
    for number, (token, count) in enumerate(zip(blocks, marks, strict=True), 1):
        if token.type == "fence":
            token.meta[HIDDEN] = is_open
            continue
        has_text = token.content.strip() != MARKER
        if is_open and has_text:
            token.content = MARKER + token.content
        is_open = (count + is_open) % 2 == 1 and any(marks[number:])
        if is_open and has_text:
            token.content += MARKER


def _count_marks(token: Token) -> int:
    return 0 if token.type == "fence" else len(MARKS.findall(CODE.sub("", token.content)))


def _spoiler(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != PIPE:
        return False
    start = state.pos
    content = _end_of_run(state, start)
    end = _closing_mark(state, content) if content - start >= len(MARKER) else None
    if end is None:
        _keep_as_text(state, start, content, silent=silent)
    else:
        _hide(state, start + len(MARKER), end, silent=silent)
    return True


def _end_of_run(state: StateInline, start: int) -> int:
    end = start
    while end < state.posMax and state.src[end] == PIPE:
        end += 1
    return end


def _closing_mark(state: StateInline, content: int) -> int | None:
    """The position of the mark that ends a spoiler whose content starts at `content`."""
    state.pos = content
    while state.pos < state.posMax:
        if state.src.startswith(MARKER, state.pos, state.posMax):
            return state.pos
        state.md.inline.skipToken(state)  # code, links and escapes as wholes
    return None


def _keep_as_text(state: StateInline, start: int, end: int, *, silent: bool) -> None:
    if not silent:
        state.append_pending(state.src[start:end])
    state.pos = end


def _hide(state: StateInline, start: int, end: int, *, silent: bool) -> None:
    if not silent:
        outer_end, state.pos, state.posMax = state.posMax, start, end
        token = state.push("spoiler_open", "span", 1)
        token.markup, token.attrs = MARKER, {"class": "spoiler"}
        state.md.inline.tokenize(state)
        state.push("spoiler_close", "span", -1).markup = MARKER
        state.posMax = outer_end
    state.pos = end + len(MARKER)
