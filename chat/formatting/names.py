"""Members' names, as compared and as typed behind an @: `@Alice Smith, hello`."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain, islice

from accounts.caseless import caseless_key
from chat.formatting.scripts import UNSPACED, is_unspaced

NAME_MAX_CHARACTERS = 40
UNSPACED_NAME_MAX_CHARACTERS = 16  # of a name with no space behind it
AT_SIGNS_MAX = 300  # per text, outside code, that names are looked up for
NAMES_MAX = 1_200  # of these signs

AT_SIGN = re.compile("[@＠﹫]")  # keyboards for Chinese and Japanese write wide ones
CODE = re.compile(r"`[^`\n]+`")
FENCED = re.compile(r"^ {0,3}(`{3,})[^`\n]*$.*?(?:^ {0,3}\1|\Z)", re.MULTILINE | re.DOTALL)
NAME_END = re.compile(rf"(?<=\S)(?:(?=_*(?:\W|\Z))|(?<={UNSPACED.pattern})|(?={UNSPACED.pattern}))")
CURVED_APOSTROPHE = "’"  # telephones write it for the straight one
JOINERS = "\u200c\u200d"  # join the letters of a word, or several emoji to one


def name_key(name: str) -> str:
    """A member's name as names are compared: without case, whitespace as single spaces."""
    return " ".join(caseless_key(name, "NFC").split())


def mention_candidates(text: str) -> set[str]:
    """The keys of all names that the @ signs of `text` may mention.

    At most NAMES_MAX keys, however hostile the text. Code does not count: a class full of
    decorators must not use up the names.
    """
    text = CODE.sub("", FENCED.sub("", text))
    starts = islice(_possible_starts(text), AT_SIGNS_MAX)
    names = chain.from_iterable(names_at(text, start) for start in starts)
    return {key for _, key in islice(names, NAMES_MAX)}


def _possible_starts(text: str) -> Iterator[int]:
    """Where names may start, also right behind another mention: `@Alice@Bob`."""
    last = -NAME_MAX_CHARACTERS
    for found in AT_SIGN.finditer(text):
        at = found.start()
        if can_start_mention(text, at) or at - last <= NAME_MAX_CHARACTERS + 1:
            last = at
            yield at + 1


def can_start_mention(text: str, at: int) -> bool:
    """Whether the @ at `at` is not in the middle of a word."""
    while at and text[at - 1] == "_":  # emphasis around a mention
        at -= 1
    return at == 0 or not _is_word_character(text[at - 1]) or is_unspaced(text[at - 1])


def names_at(text: str, start: int) -> Iterator[tuple[int, str]]:
    """Every possible name at `start`, longest first: its end, and its key.

    A name ends at the end of a word, on the line where the name starts. Scripts such as Chinese
    have no spaces between words, so a short name may end after each of their characters.
    """
    line, *_ = text[start : start + NAME_MAX_CHARACTERS].split("\n", 1)
    if line[:1].isspace() or AT_SIGN.match(line):
        return
    for found in reversed([*NAME_END.finditer(text, start + 1, start + 2 * NAME_MAX_CHARACTERS)]):
        end = found.start()
        if end <= start + len(line) and _is_name_end(text, start, end):
            name = text[start:end]
            yield end, name_key(name)
            if CURVED_APOSTROPHE in name:
                yield end, name_key(name.replace(CURVED_APOSTROPHE, "'"))


def _is_name_end(text: str, start: int, end: int) -> bool:
    last, next = text[end - 1], text[end : end + 1] or " "
    if _is_mark(next):
        return False
    if is_unspaced(last) or is_unspaced(next):
        return end - start <= UNSPACED_NAME_MAX_CHARACTERS or not _is_word_character(next)
    return next not in JOINERS


def _is_word_character(character: str) -> bool:
    return character.isalnum() or character == "_" or character in JOINERS or _is_mark(character)


def _is_mark(character: str) -> bool:
    """Whether a character belongs to the letter before it, as vowels of Thai do."""
    return unicodedata.category(character).startswith("M")
