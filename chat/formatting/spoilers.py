"""Spoilers, ||hidden until clicked||: an inline rule for markdown-it.

Marks pair like those of ~~strikethrough~~: spoilers nest with other formatting, and marks between
spaces, as in `a || b`, stay text.
"""

from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

PIPE = "|"
MARKER = PIPE * 2


def install(markdown: MarkdownIt) -> None:
    """Add spoilers to `markdown`."""
    markdown.inline.add_terminator_char(PIPE)
    markdown.inline.ruler.push("spoiler", _mark)
    markdown.inline.ruler2.after("balance_pairs", "spoiler", _pair)


def _mark(state: StateInline, silent: bool) -> bool:
    """Push a delimiter where a spoiler may start or end."""
    if silent or state.src[state.pos] != PIPE:
        return False
    run = state.scanDelims(state.pos, True)
    token = state.push("text", "", 0)
    token.content = PIPE * run.length
    if token.content == MARKER:
        state.delimiters.append(
            Delimiter(
                marker=ord(PIPE),
                length=0,  # like strikethrough: any opener fits any closer
                token=len(state.tokens) - 1,
                end=-1,
                open=run.can_open,
                close=run.can_close,
            )
        )
    state.pos += run.length
    return True


def _pair(state: StateInline) -> None:
    """Turn paired delimiters into spoiler tags."""
    inner = [meta["delimiters"] for meta in state.tokens_meta if meta]
    for delimiters in [state.delimiters, *inner]:
        for start in delimiters:
            if start.marker == ord(PIPE) and start.end != -1:
                _turn_into(state.tokens[start.token], "spoiler_open", 1)
                _turn_into(state.tokens[delimiters[start.end].token], "spoiler_close", -1)


def _turn_into(token: Token, type: str, nesting: Literal[1, -1]) -> None:
    token.type, token.tag, token.nesting = type, "span", nesting
    token.markup, token.content = MARKER, ""
    if nesting == 1:
        token.attrs = {"class": "spoiler"}
