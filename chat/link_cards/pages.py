"""What a page says about itself: its title, text, picture and site, as plain and short texts."""

import time
import unicodedata
from html.parser import HTMLParser
from typing import NamedTuple

from accounts.visible_text import is_blank, visible_text
from chat.link_cards.no_card import NoCard

TITLE_MAX_CHARACTERS = 150
TEXT_MAX_CHARACTERS = 300
SITE_MAX_CHARACTERS = 80
READ_MAX_CHARACTERS = 4_000  # of a field, before it is cleaned
PIECE_CHARACTERS = 16 * 1024
PARSING_SECONDS = 0.5  # of this thread's processor time: then what was found must do

TITLES = ("og:title", "twitter:title")
TEXTS = ("og:description", "twitter:description", "description")
PICTURES = ("og:image", "og:image:url", "twitter:image", "twitter:image:src")
SITES = ("og:site_name",)
READ = {*TITLES, *TEXTS, *PICTURES, *SITES}


class Page(NamedTuple):
    """What a card shows of a page. `picture` is an address as the page has it; "" without."""

    title: str
    text: str
    site: str
    picture: str


def page_of(html: str) -> Page:
    """Read the head of a page. Raises NoCard where it has no title."""
    head = _Head()
    ends_at = time.thread_time() + PARSING_SECONDS
    try:
        for start in range(0, len(html), PIECE_CHARACTERS):
            head.feed(html[start : start + PIECE_CHARACTERS])
            if time.thread_time() > ends_at:
                break
    except (_HeadEnds, AssertionError):  # the latter for a few malformed declarations
        pass
    title = cleaned(head.first(TITLES) or head.title, TITLE_MAX_CHARACTERS)
    if is_blank(title):
        raise NoCard("no title")
    text = cleaned(head.first(TEXTS), TEXT_MAX_CHARACTERS)
    site = cleaned(head.first(SITES), SITE_MAX_CHARACTERS)
    return Page(title, text, site, head.first(PICTURES))


def cleaned(text: str, most: int) -> str:
    """A text as one line of visible characters, cut with an ellipsis."""
    words = " ".join(text[:READ_MAX_CHARACTERS].split())
    shown = "".join(it for it in words if unicodedata.category(it) not in {"Cc", "Cs", "Cn"})
    line = visible_text(shown).strip()
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


class _HeadEnds(Exception):
    """Nothing that follows is read."""


class _Head(HTMLParser):
    """Collects the meta elements and the first title; bounded, whatever comes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self._is_in_title = self._has_title = False
        self._metas: dict[str, str] = {}

    def first(self, names: tuple[str, ...]) -> str:
        return next((self._metas[it] for it in names if self._metas.get(it)), "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            raise _HeadEnds
        if tag == "meta":
            self._read_meta({name: value or "" for name, value in attrs})
        self._is_in_title = tag == "title" and not self._has_title

    def handle_endtag(self, tag: str) -> None:
        if tag == "head":
            raise _HeadEnds
        if tag == "title":
            self._has_title, self._is_in_title = True, False

    def handle_data(self, data: str) -> None:
        if self._is_in_title:
            self.title = (self.title + data)[:READ_MAX_CHARACTERS]

    def _read_meta(self, attributes: dict[str, str]) -> None:
        name = (attributes.get("property") or attributes.get("name", "")).strip().lower()
        if name in READ and not self._metas.get(name):
            self._metas[name] = attributes.get("content", "").strip()[:READ_MAX_CHARACTERS]
