"""What is typed as an address: https://…, www.…, example.com, alice@example.com."""

import re
from typing import Any

from linkify_it import LinkifyIt
from linkify_it.ucre import SRC_PSEUDO_LETTER, SRC_XN

ADDRESSES_MAX = 100  # of a text; where there are more, none is made a link
REACH_CHARACTERS = 100  # how far before an @ an address without a scheme may start

FILE_NAME = re.compile(r"(?!www\.)[^/]+\.(?:cc|md|ml|ps|py|rs|sh|so|tf)(?::\d+)?", re.IGNORECASE)
LABEL_LETTER = r"[^\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\xa0\s\u2000-\u206f\u3000-\u303f\uff5c]"


class Addresses(LinkifyIt):
    """linkify-it for the web and e-mail, quick with hostile texts too.

    `main.py` and `README.md` are files, although there are countries behind these endings.
    """

    def __init__(self) -> None:
        super().__init__()
        self.add("ftp:", None).add("//", None)

    def match(self, text: str) -> list[Any]:
        """The addresses in `text`, in order: each with its `index`, `last_index` and `url`."""
        found = super().match(text) or []
        return [match for match in found if match.schema or not FILE_NAME.fullmatch(match.raw)]

    def _on_compile(self) -> None:
        """Say in one way, and quickly, what a host is made of: LABEL_LETTER.

        linkify-it takes `|` for a letter, and looks at 63 letters from each of them; `xn--` it
        reads in two ways, which takes 2ⁿ steps where it is repeated.
        """
        twice, once = f"(?:{SRC_XN}|(?:{LABEL_LETTER})", f"(?:(?:{LABEL_LETTER})"
        for name, pattern in self.re.items():
            self.re[name] = pattern.replace(SRC_PSEUDO_LETTER, LABEL_LETTER).replace(twice, once)


addresses = Addresses()


def are_few(text: str) -> bool:
    """Whether `text` has so few addresses that there is time to link them."""
    return text.count("://") <= ADDRESSES_MAX and len(addresses.match(text)) <= ADDRESSES_MAX


def is_in_address(text: str, at: int) -> bool:
    """Whether the @ at `at` belongs to an address, as in `example.com/@alice`."""
    before = text[max(0, at - REACH_CHARACTERS) : at]
    here = len(before) - len(re.sub(r"\S+\Z", "", before))
    word = text[at - here : at + REACH_CHARACTERS]
    return here > 0 and any(it.index < here < it.last_index for it in addresses.match(word))
