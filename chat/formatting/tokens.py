"""Checks on the tokens of a parsed text."""

from collections.abc import Iterable
from itertools import accumulate

from markdown_it.token import Token

DEPTH_MAX = 20  # nested elements
PLAIN_TYPES = {"paragraph_open", "paragraph_close", "softbreak", "hardbreak", "text"}


def nest_too_deep(tokens: Iterable[Token]) -> bool:
    """Whether elements nest deeper than DEPTH_MAX."""
    return any(depth > DEPTH_MAX for depth in accumulate(token.nesting for token in tokens))


def are_plain_text(tokens: list[Token], text: str) -> bool:
    """Whether `tokens` have no formatting and the letters of `text`, whitespace aside."""
    if any(token.type not in PLAIN_TYPES for token in tokens):
        return False
    return _without_spaces("".join(token.content for token in tokens)) == _without_spaces(text)


def _without_spaces(text: str) -> str:
    return "".join(text.split())
