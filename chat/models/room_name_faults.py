"""Says what is wrong with a text that is no room name, and which name is near."""

import re
import unicodedata
from collections.abc import Iterator

from django.utils.text import get_text_list
from django.utils.translation import gettext
from emoji import emoji_list

from accounts.caseless import caseless_key
from accounts.visible_text import is_invisible, visible_text
from chat.formatting.isolates import isolate

NAME_MAX_CHARACTERS = 64
NAMED_MAX = 5  # characters that one sentence names

DOTS = {".", ".."}  # browsers resolve these away: RFC 3986, 5.2.4
TAKEN = {"new", "search"}  # /chat/new/… and /chat/search are no rooms
PUNCTUATION = "-_. "
LETTERS_AND_DIGITS = ("L", "N")  # Unicode general categories, Unicode Standard 4.5
MARKS = ("Mn", "Mc")  # vowel signs and accents: allowed after a first letter
UNSEEN = ("C", "Z")  # controls, formats, surrogates, spaces: shown by name and code point
GAP = "\0"  # stands for characters that a name cannot have


def fault(typed: str) -> str | None:
    """A sentence that says what keeps `typed` from being a room name; None if nothing does."""
    normal = unicodedata.normalize("NFKC", typed)
    if not normal.strip():
        return gettext("Enter a room name.")
    if (length := max(len(typed), len(normal))) > NAME_MAX_CHARACTERS:
        long = gettext("This name has %(length)s characters. A room name can have at most %(max)s.")
        return long % {"length": length, "max": NAME_MAX_CHARACTERS}
    if foreign := list(dict.fromkeys([*_foreign(typed)] or [*_foreign(normal)])):
        return gettext("A room name cannot contain %(characters)s.") % {
            "characters": get_text_list([_shown(it) for it in foreign[:NAMED_MAX]], gettext("or"))
        }
    if normal != normal.strip(" "):
        return gettext("A room name cannot begin or end with a space.")
    if normal in DOTS or caseless_key(normal) in TAKEN:
        return gettext("A room cannot be named “%(name)s”.") % {"name": normal}
    return _fault_of_marks(normal)


def nearest(typed: str) -> str:
    """`typed` without what a room name cannot have. It may be no name all the same."""
    kept = "".join(_kept(it) for it in unicodedata.normalize("NFKC", typed))
    joined = re.sub(rf"(?<=\w){GAP}+(?=\w)", "-", kept).replace(GAP, "")
    return " ".join(visible_text(joined).split(" "))[:NAME_MAX_CHARACTERS].strip(" ")


def _fault_of_marks(text: str) -> str | None:
    if unicodedata.category(text[0]).startswith("M"):
        return gettext("A room name cannot begin with %(character)s.") % {
            "character": _code_point(text[0])
        }
    visible = visible_text(text)
    if visible == text:
        return None
    at = next((at for at, it in enumerate(visible) if it != text[at]), len(visible))
    return gettext("A room name cannot pile up marks: %(character)s is one too many.") % {
        "character": _code_point(text[at])
    }


def _foreign(text: str) -> Iterator[str]:
    """The characters and emoji of a text that a room name cannot contain, in order."""
    if not any(map(_is_foreign, text)):
        return
    emoji = {it["match_start"]: it["emoji"] for it in emoji_list(text)}
    at = 0
    while at < len(text):
        whole = emoji.get(at, text[at])
        if any(map(_is_foreign, whole)):
            yield whole
        at += len(whole)


def _is_foreign(character: str) -> bool:
    if character.isascii():
        return not (character.isalnum() or character in PUNCTUATION)
    normal = unicodedata.normalize("NFKC", character)
    if not all(it in PUNCTUATION or _is_letter_digit_or_mark(it) for it in normal):
        return True
    is_mark = unicodedata.category(character).startswith("M")
    return any(map(is_invisible, normal)) or (not is_mark and normal != visible_text(normal))


def _is_letter_digit_or_mark(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in LETTERS_AND_DIGITS or category in MARKS


def _shown(character: str) -> str:
    if character in ("\n", "\t"):
        return gettext("a line break") if character == "\n" else gettext("a tab")
    if all(is_invisible(it) or unicodedata.category(it)[0] in UNSEEN for it in character):
        return _code_point(character[0])
    return gettext("“%(character)s”") % {"character": isolate(character)}


def _code_point(character: str) -> str:
    code, name = f"U+{ord(character):04X}", unicodedata.name(character, "")
    return f"{name} ({code})" if name else code


def _kept(character: str) -> str:
    if is_invisible(character):
        return ""
    if unicodedata.category(character)[0] in UNSEEN:
        return " "
    return GAP if _is_foreign(character) else character
