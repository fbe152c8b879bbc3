"""Finds bare URLs and e-mail addresses: https://…, www.…, example.com, alice@example.com."""

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import Any

from linkify_it import LinkifyIt
from linkify_it.ucre import SRC_EMAIL_NAME, SRC_P, SRC_PSEUDO_LETTER, SRC_XN, TEXT_SEPARATORS

AUTOLINKS_MAX = 100  # per text; a text with more gets none
CONTEXT_CHARACTERS = 100  # looked at on either side of an @ for a URL around it

NO_HOST = re.compile(
    r"(?!www\.)[^/]+\.(?:"
    r"(?i:cc|md|ml|ps|py|rs|sh|so|tf)(?::\d+)?"  # names of files
    r"|[A-Z][a-z]+"  # "Yes.It is"
    r"|NET|IO)"  # "ASP.NET", "Socket.IO"
)
# Punctuation of other scripts ends a URL, and so does a zero-width space. Dashes, apostrophes and
# middle dots belong to a URL between letters: /wiki/A–B, /wiki/ジョン・レノン.
INNER_MARKS = "·・’‐‑‒–"
URL_END = re.compile(
    rf"[\u200b\ufeff]|(?![\x00-\x7f{INNER_MARKS}]){SRC_P}"
    rf"|(?<!\w)[{INNER_MARKS}]|[{INNER_MARKS}](?!\w)"
)
CJK_LETTER = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
CJK_WORD = re.compile(rf"{CJK_LETTER}+(?=[a-z0-9])", re.IGNORECASE)
EMOJI = r"\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
LABEL_LETTER = rf"[^\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\xa0\s\u2000-\u206f\u3000-\u303f\uff5c{EMOJI}]"
HOST_END = f"{TEXT_SEPARATORS}|[~|{EMOJI}]"  # beside punctuation: "~~https://a.com~~"
PATH_START = re.compile(r"://[^/]+/|\.[a-z]{2,63}/", re.IGNORECASE)
SSH_PATH = re.compile(r":[\w/~]")
EMAIL_NAME = r"[-+._a-z0-9%][-+._a-z0-9%']{0,63}"  # "mail:a@b.com" is no name with a colon
EMAIL_START = rf"[,;:=&]|{CJK_LETTER}"  # what stands before an e-mail address, beside spaces
CLOSING = dict(zip(")]}", "([{", strict=True))
INNER_CLOSING = re.compile(r"[)\]}](?=[a-z0-9/%_~-])", re.IGNORECASE)


class Autolinker(LinkifyIt):
    """linkify-it for http(s) and e-mail, without its slow patterns.

    `main.py` and `README.md` are file names, not hosts under the country domains .py and .md, and
    `Yes.It` is two sentences.
    """

    def __init__(self) -> None:
        super().__init__()
        self.add("ftp:", None).add("//", None)

    def match(self, text: str) -> list[Any]:
        """The URLs in `text`, in order. Each match has `index`, `last_index`, `text` and `url`."""
        found = super().match(_with_url_ends(text)) or []
        for match in found:
            _restore(match, text)
            _trim(match)
        return [match for match in found if not _is_text(match, text)]

    def test_schema_at(self, text: str, name: str, position: int) -> int:
        """The length of what follows the scheme `name`, which ends at `position`; 0 if no URL."""
        length = super().test_schema_at(_with_url_ends(text), name, position)
        return len(_without_format_characters(text[position : position + length]))

    def _on_compile(self) -> None:
        """Replace linkify-it's patterns for the letters of a host by LABEL_LETTER.

        linkify-it counts `|` as a letter and tries 63 letters from each one. Its two ways to match
        `xn--` take 2ⁿ steps for n repetitions. It ends a host at punctuation, not at `~` and `|`.
        """
        twice, once = f"(?:{SRC_XN}|(?:{LABEL_LETTER})", f"(?:(?:{LABEL_LETTER})"
        for name, pattern in self.re.items():
            pattern = pattern.replace(SRC_PSEUDO_LETTER, LABEL_LETTER).replace(twice, once)
            pattern = pattern.replace(SRC_EMAIL_NAME, EMAIL_NAME)
            pattern = pattern.replace(r'|"|\(|', rf'|"|\(|{EMAIL_START}|')
            pattern = pattern.replace(f"(?=$|{TEXT_SEPARATORS}|", f"(?=$|{HOST_END}|")
            self.re[name] = pattern.replace("|>|$))", f"|{HOST_END}|$))")


@lru_cache(maxsize=16)
def _with_url_ends(text: str) -> str:
    """`text`, as long as before, as linkify-it needs it to end URLs where a reader would.

    linkify-it knows ASCII punctuation alone, so each other character that ends a URL becomes a
    space. It ends a URL at each closing bracket; a bracket that belongs to it becomes a letter.
    """
    if not text.isascii():
        text = URL_END.sub(" ", text)
    if "/" in text and INNER_CLOSING.search(text):
        text = "\n".join(_with_inner_brackets(line) for line in text.split("\n"))
    return text


def _with_inner_brackets(line: str) -> str:
    """`line` with a letter for each closing bracket in a path that nothing before it opened."""
    characters = list(line)
    is_in_path = {
        at
        for word in re.finditer(r"\S+", line)
        if (path := PATH_START.search(line, *word.span()))
        for at in range(path.end(), word.end())
    }
    is_open = Counter[str]()
    for at, character in enumerate(line):
        is_open[character] += character in CLOSING.values()
        if opening := CLOSING.get(character):
            if not is_open[opening] and at in is_in_path and INNER_CLOSING.match(line, at):
                characters[at] = "a"
            is_open[opening] = max(0, is_open[opening] - 1)
    return "".join(characters)


def _restore(match: Any, text: str) -> None:
    """Give a match the text as it was typed."""
    prefix, raw = match.url.removesuffix(match.raw), text[match.index : match.last_index]
    if len(raw) == len(match.raw):
        match.raw = match.text = raw
        match.url = prefix + raw


def _trim(match: Any) -> None:
    """Take what is no part of the URL from both ends of a match."""
    word = None if match.schema else CJK_WORD.match(match.raw)
    start, url = (word.end() if word else 0), _without_format_characters(match.raw)
    cut = len(match.raw) - len(url)
    match.url = match.url.removesuffix(match.raw) + url[start:]
    match.raw = match.text = url[start:]
    match.index, match.last_index = match.index + start, match.last_index - cut


def _without_format_characters(url: str) -> str:
    while url and unicodedata.category(url[-1]) == "Cf":
        url = url[:-1]
    return url


def _is_text(match: Any, text: str) -> bool:
    """Whether a match is a file, a sentence, a product, or `git@example.com:a/b.git` of SSH."""
    if match.schema == "mailto:":
        return SSH_PATH.match(text, match.last_index) is not None
    return not match.schema and NO_HOST.fullmatch(match.raw) is not None


autolinker = Autolinker()


def are_few(text: str) -> bool:
    """Whether `text` has at most AUTOLINKS_MAX bare URLs."""
    return text.count("://") <= AUTOLINKS_MAX and len(autolinker.match(text)) <= AUTOLINKS_MAX


def contains_at_sign(text: str, at: int) -> bool:
    """Whether the @ at `at` is part of a URL, as in `example.com/@alice`."""
    before = text[max(0, at - CONTEXT_CHARACTERS) : at]
    if not before or before[-1].isspace():
        return False
    word = before.split()[-1]
    if "." not in word and "://" not in word:  # no host
        return False
    found = autolinker.match(word + text[at : at + CONTEXT_CHARACTERS])
    return any(it.index < len(word) < it.last_index for it in found)
