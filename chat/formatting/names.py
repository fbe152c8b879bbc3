"""Members' names, as compared and as typed behind an @: `@Alice Smith, hello`."""

import re
import unicodedata
from collections.abc import Iterator

from accounts.caseless import caseless_key
from chat.formatting.scripts import is_cjk

NAME_MAX_CHARACTERS = 40
CJK_NAME_MAX_CHARACTERS = 16  # of a name with no space behind it
AT_SIGNS_MAX = 50  # @ signs per text, outside code, that can mention somebody

CODE = re.compile(r"`[^`\n]+`")
FENCED = re.compile(r"^ {0,3}(`{3,})[^`\n]*$.*?(?:^ {0,3}\1|\Z)", re.MULTILINE | re.DOTALL)
JOINERS = "\u200c\u200d"  # join the letters of a word, or several emoji to one


def name_key(name: str) -> str:
    """A member's name as names are compared: without case, whitespace as single spaces."""
    return " ".join(caseless_key(name, "NFC").split())


def mention_candidates(text: str) -> set[str]:
    """The keys of all names that the @ signs of `text` may mention.

    At most AT_SIGNS_MAX × NAME_MAX_CHARACTERS keys, however hostile the text. Code does not count:
    a class full of decorators must not use up the @ signs.
    """
    text = CODE.sub("", FENCED.sub("", text))
    starts = [
        found.end() for found in re.finditer("@", text) if can_start_mention(text, found.start())
    ]
    return {key for start in starts[:AT_SIGNS_MAX] for _, key in names_at(text, start)}


def can_start_mention(text: str, at: int) -> bool:
    """Whether the @ at `at` is not in the middle of a word."""
    while at and text[at - 1] == "_":  # emphasis around a mention
        at -= 1
    return at == 0 or not _is_word_character(text[at - 1]) or is_cjk(text[at - 1])


def names_at(text: str, start: int) -> Iterator[tuple[int, str]]:
    """Every possible name at `start`, longest first: its end, and its key.

    A name ends at the end of a word, on the line where the name starts. CJK scripts have no spaces
    between words, so a short name may end after each of their characters.
    """
    line, *_ = text[start : start + NAME_MAX_CHARACTERS].split("\n", 1)
    if line[:1].isspace() or line.startswith("@"):
        return
    for end in range(start + len(line), start, -1):
        if _is_word_end(text, end) or _is_cjk_end(text, start, end):
            yield end, name_key(text[start:end])


def _is_word_end(text: str, end: int) -> bool:
    if text[end - 1].isspace():
        return False
    after = end
    while text.startswith("_", after) and after - end < NAME_MAX_CHARACTERS:  # emphasis ends
        after += 1
    next = text[after : after + 1] or " "
    return not _is_word_character(next)


def _is_cjk_end(text: str, start: int, end: int) -> bool:
    is_short = end - start <= CJK_NAME_MAX_CHARACTERS
    return is_short and any(map(is_cjk, text[end - 1 : end + 1])) and not text[end - 1].isspace()


def _is_word_character(character: str) -> bool:
    return (
        character.isalnum()
        or character == "_"
        or character in JOINERS
        or unicodedata.category(character).startswith("M")
    )
