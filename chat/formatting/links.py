"""Markdown links, [text](url), and bare URLs: rules for markdown-it."""

import re
from bisect import bisect_left

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore, linkify
from markdown_it.rules_inline import StateInline, image, link
from markdown_it.token import Token

from chat.formatting.autolinks import autolinker
from chat.formatting.link_texts import AUTOMATIC

BRACKETS_MAX = 500  # opening brackets per text; a text with more gets no [text](url) links

URL_MAX_CHARACTERS = 500  # of one without a scheme, in [text](url)
WITHOUT_SCHEME = re.compile(r"(?:[\w+-]+[.@])+[a-z]{2,}(?:[:/?#]|\Z)", re.IGNORECASE)
LINKABLE = re.compile(r"https?://.|mailto:.", re.IGNORECASE)
NO_LABEL = re.compile(r"\[\s*\]")
NO_ADDRESS = re.compile(r"\[[^\[\]]*\]\(\s*(?:<\s*>\s*)?\)")
SCHEME = re.compile(r"(?<![a-z0-9.+-])https?\Z", re.IGNORECASE)
SCHEME_MAX_CHARACTERS = len("https")
FORMATTING = "*_~|"
SPOILER = "||"
STRIKETHROUGH = "~~"


BareURL = tuple[int, str, str]  # its start, what its address has before it, the URL as typed


def install(markdown: MarkdownIt) -> None:
    """Add links to `markdown`. Its env says which: `autolinks`, `bracket_links`."""
    markdown.linkify = autolinker
    markdown.core.ruler.at("linkify", _linkify)
    markdown.inline.ruler.before("newline", "autolink_scheme", _autolink)
    markdown.inline.ruler.at("link", _link_or_picture)


def are_few(text: str) -> bool:
    """Whether `text` has at most BRACKETS_MAX opening brackets."""
    return text.count("[") <= BRACKETS_MAX


def is_linkable(url: str) -> bool:
    """Whether a link may have this `url`: http, https or mailto."""
    return LINKABLE.match(url) is not None


def with_scheme(url: str) -> str:
    """`url` with the scheme that its author left out, as in [a](example.com)."""
    if not WITHOUT_SCHEME.match(url) or len(url) > URL_MAX_CHARACTERS:
        return url
    match autolinker.match(url):
        case [found] if found.raw == url:
            return str(found.url)
    return url


def _linkify(state: StateCore) -> None:
    if state.env["autolinks"]:
        linkify(state)


def _autolink(state: StateInline, silent: bool) -> bool:
    """Link a bare URL before other rules find formatting in the URL.

    markdown-it's own rule takes quadratic time and knows no spoilers.
    """
    if silent or state.linkLevel or not state.env["autolinks"]:
        return False
    found = _url_with_scheme(state) or _url_without_scheme(state)
    if found is None:
        return False
    start, prefix, typed = found
    typed = _without_closing_marks(state, typed)
    before = state.src[start : state.pos]
    if len(typed) <= len(before) or not state.pending.endswith(before):
        return False
    url = state.md.normalizeLink(prefix + typed)
    if not is_linkable(url):
        return False
    state.pending = state.pending.removesuffix(before)
    _push_link(state, url, typed)
    state.pos = start + len(typed)
    return True


def _url_with_scheme(state: StateInline) -> BareURL | None:
    """The URL whose `://` is at the position."""
    if not state.src.startswith("://", state.pos):
        return None
    scheme = SCHEME.search(state.src, max(0, state.pos - SCHEME_MAX_CHARACTERS), state.pos)
    if not scheme:
        return None
    after = scheme.end() + 1
    length = autolinker.test_schema_at(state.src, f"{scheme[0]}:", after)
    return (scheme.start(), "", state.src[scheme.start() : after + length]) if length else None


def _url_without_scheme(state: StateInline) -> BareURL | None:
    """The URL that has the formatting mark at the position, as in `github.com/a/__init__.py`."""
    if state.src[state.pos] not in FORMATTING:
        return None
    urls = state.env["urls_without_scheme"]
    if state.src not in urls:
        urls[state.src] = [it for it in autolinker.match(state.src) if not it.schema]
    index = bisect_left(urls[state.src], state.pos, key=lambda url: url.index) - 1
    if index < 0 or urls[state.src][index].last_index <= state.pos:
        return None
    found = urls[state.src][index]
    return found.index, found.url.removesuffix(found.raw), found.raw


def _without_closing_marks(state: StateInline, url: str) -> str:
    """`url` up to the marks that close formatting around it.

    Marks at its end are no part of the URL if they were opened before. So is nothing behind `~~`
    that was opened before, and behind `||` if the text has another one.
    """
    opened = {chr(it.marker) for it in state.delimiters if it.open}
    if state.src.count(SPOILER) > 1:
        url = url.partition(SPOILER)[0]
    if "~" in opened:
        url = url.partition(STRIKETHROUGH)[0]
    return url.rstrip("".join(opened)) if opened else url


def _push_link(state: StateInline, url: str, typed: str, *, is_automatic: bool = True) -> None:
    opening = state.push("link_open", "a", 1)
    opening.attrs, opening.info = {"href": url}, AUTOMATIC if is_automatic else ""
    state.push("text", "", 0).content = typed
    state.push("link_close", "a", -1)


def _link_or_picture(state: StateInline, silent: bool) -> bool:
    mark = state.src[state.pos]
    if mark not in "[!" or not _may_be_link(state):
        return False
    return _link(state, silent) if mark == "[" else _picture(state, silent)


def _link(state: StateInline, silent: bool) -> bool:
    """[text](url), unless the text or the address is empty."""
    is_empty = NO_LABEL.match(state.src, state.pos) or NO_ADDRESS.match(state.src, state.pos)
    return not is_empty and link(state, silent)


def _may_be_link(state: StateInline) -> bool:
    """Whether a link may start here: markdown-it looks far for the end of an address."""
    address = state.src.find("](", state.pos)
    return state.env["bracket_links"] and address >= 0 and state.src.find(")", address) >= 0


def _picture(state: StateInline, silent: bool) -> bool:
    """![text](url): a link to the picture. In the text of another link, only its own text."""
    before = state.src[max(0, state.pos - 1) : state.pos]
    if before.isalnum() or not image(state, silent):
        return False
    if not silent:
        picture = state.tokens.pop()
        _show_picture(state, str(picture.attrs["src"]), picture)
    return True


def _show_picture(state: StateInline, url: str, picture: Token) -> None:
    text = "".join(token.content for token in picture.children or []) or url
    if state.linkLevel:
        state.push("text", "", 0).content = text
    else:
        _push_link(state, url, text, is_automatic=text == url)
