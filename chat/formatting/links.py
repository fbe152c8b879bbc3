"""Markdown links, [text](url), and bare URLs: rules for markdown-it."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore, linkify
from markdown_it.rules_inline import StateInline, link

from chat.formatting.autolinks import autolinker
from chat.formatting.link_texts import AUTOMATIC

BRACKETS_MAX = 500  # opening brackets per text; a text with more gets no [text](url) links

LINKABLE = re.compile(r"https?://.|mailto:.", re.IGNORECASE)
NO_LABEL = re.compile(r"\[\s*\]")
SCHEME = re.compile(r"(?<![a-z0-9.+-])https?\Z", re.IGNORECASE)
SCHEME_MAX_CHARACTERS = len("https")


def install(markdown: MarkdownIt) -> None:
    """Add links to `markdown`. Its env says which: `autolinks`, `bracket_links`."""
    markdown.linkify = autolinker
    markdown.core.ruler.at("linkify", _linkify)
    markdown.inline.ruler.before("newline", "autolink_scheme", _autolink)
    markdown.inline.ruler.at("link", _link)


def are_few(text: str) -> bool:
    """Whether `text` has at most BRACKETS_MAX opening brackets."""
    return text.count("[") <= BRACKETS_MAX


def is_linkable(url: str) -> bool:
    """Whether a link may have this `url`: http, https or mailto."""
    return LINKABLE.match(url) is not None


def _linkify(state: StateCore) -> None:
    if state.env["autolinks"]:
        linkify(state)


def _autolink(state: StateInline, silent: bool) -> bool:
    """Link https://… before other rules find formatting in the URL.

    markdown-it's own rule takes quadratic time and knows no spoilers.
    """
    if silent or state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    scheme = SCHEME.search(state.src, max(0, state.pos - SCHEME_MAX_CHARACTERS), state.pos)
    if not scheme or not state.pending.endswith(scheme[0]) or not state.env["autolinks"]:
        return False
    typed = _url_at(state.src, scheme)
    url = state.md.normalizeLink(typed)
    if not is_linkable(url):
        return False
    state.pending = state.pending.removesuffix(scheme[0])
    _push_link(state, url, typed)
    state.pos = scheme.start() + len(typed)
    return True


def _url_at(text: str, scheme: re.Match[str]) -> str:
    """The URL that starts with `scheme`, up to the closing mark around it; or ""."""
    marks = (text.find(mark, scheme.end()) for mark in ("||", "~~"))
    text = text[: min((mark for mark in marks if mark >= 0), default=None)]
    length = autolinker.test_schema_at(text, f"{scheme[0]}:", scheme.end() + 1)
    return text[scheme.start() : scheme.end() + 1 + length].rstrip("*_") if length else ""


def _push_link(state: StateInline, url: str, typed: str) -> None:
    opening = state.push("link_open", "a", 1)
    opening.attrs, opening.info = {"href": url}, AUTOMATIC
    state.push("text", "", 0).content = typed
    state.push("link_close", "a", -1)


def _link(state: StateInline, silent: bool) -> bool:
    """[text](url), unless the text is empty."""
    if state.src[state.pos] != "[" or not state.env["bracket_links"]:
        return False
    return not NO_LABEL.match(state.src, state.pos) and link(state, silent)
