"""Finds bare URLs and e-mail addresses: https://…, www.…, example.com, alice@example.com."""

import re
from typing import Any

from linkify_it import LinkifyIt
from linkify_it.ucre import SRC_PSEUDO_LETTER, SRC_XN

AUTOLINKS_MAX = 100  # per text; a text with more gets none
CONTEXT_CHARACTERS = 100  # looked at on either side of an @ for a URL around it

FILE_NAME = re.compile(r"(?!www\.)[^/]+\.(?:cc|md|ml|ps|py|rs|sh|so|tf)(?::\d+)?", re.IGNORECASE)
LABEL_LETTER = r"[^\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\xa0\s\u2000-\u206f\u3000-\u303f\uff5c]"


class Autolinker(LinkifyIt):
    """linkify-it for http(s) and e-mail, without its slow patterns.

    `main.py` and `README.md` are file names, not hosts under the country domains .py and .md.
    """

    def __init__(self) -> None:
        super().__init__()
        self.add("ftp:", None).add("//", None)

    def match(self, text: str) -> list[Any]:
        """The URLs in `text`, in order. Each match has `index`, `last_index` and `url`."""
        found = super().match(text) or []
        return [match for match in found if match.schema or not FILE_NAME.fullmatch(match.raw)]

    def _on_compile(self) -> None:
        """Replace linkify-it's patterns for the letters of a host by LABEL_LETTER.

        linkify-it counts `|` as a letter and tries 63 letters from each one. Its two ways to match
        `xn--` take 2ⁿ steps for n repetitions.
        """
        twice, once = f"(?:{SRC_XN}|(?:{LABEL_LETTER})", f"(?:(?:{LABEL_LETTER})"
        for name, pattern in self.re.items():
            self.re[name] = pattern.replace(SRC_PSEUDO_LETTER, LABEL_LETTER).replace(twice, once)


autolinker = Autolinker()


def are_few(text: str) -> bool:
    """Whether `text` has at most AUTOLINKS_MAX bare URLs."""
    return text.count("://") <= AUTOLINKS_MAX and len(autolinker.match(text)) <= AUTOLINKS_MAX


def contains_at_sign(text: str, at: int) -> bool:
    """Whether the @ at `at` is part of a URL, as in `example.com/@alice`."""
    before = text[max(0, at - CONTEXT_CHARACTERS) : at]
    offset = len(before) - len(re.sub(r"\S+\Z", "", before))
    word = text[at - offset : at + CONTEXT_CHARACTERS]
    return offset > 0 and any(it.index < offset < it.last_index for it in autolinker.match(word))
