"""What a parsed text amounts to: nothing but text, or more nesting than a reader would follow."""

from collections.abc import Iterable
from itertools import accumulate

from markdown_it.token import Token

DEPTH_MAX = 20  # elements in one another
TEXT = {"paragraph_open", "paragraph_close", "softbreak", "hardbreak", "text"}


def is_too_deep(tokens: Iterable[Token]) -> bool:
    """Whether elements lie deeper in one another than DEPTH_MAX."""
    return any(depth > DEPTH_MAX for depth in accumulate(token.nesting for token in tokens))


def is_text(tokens: list[Token], text: str) -> bool:
    """Whether `tokens` say what `text` says, letter for letter, and are otherwise whitespace."""
    if any(token.type not in TEXT for token in tokens):
        return False
    return _letters("".join(token.content for token in tokens)) == _letters(text)


def _letters(text: str) -> str:
    return "".join(text.split())
