"""[text](address), and addresses as they are typed: rules for markdown-it."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore, linkify
from markdown_it.rules_inline import StateInline, link

from chat.formatting.addresses import addresses

BRACKETS_MAX = 500  # of a text; where more of them open, none opens a link

LINKABLE = re.compile(r"https?://.|mailto:.", re.IGNORECASE)
NO_LABEL = re.compile(r"\[\s*\]")
SCHEME = re.compile(r"(?<![a-z0-9.+-])https?\Z", re.IGNORECASE)
LONGEST_SCHEME = len("https")


def install(markdown: MarkdownIt) -> None:
    """Let `markdown` find what its env says: `links_brackets`, `links_addresses`."""
    markdown.linkify = addresses
    markdown.core.ruler.at("linkify", _bare_addresses)
    markdown.inline.ruler.before("newline", "address", _address)
    markdown.inline.ruler.at("link", _link)


def are_few(text: str) -> bool:
    """Whether `text` has so few brackets that there is time to look for links."""
    return text.count("[") <= BRACKETS_MAX


def is_linkable(url: str) -> bool:
    """Whether a link may lead to `url`: into the web, or to an e-mail address."""
    return LINKABLE.match(url) is not None


def _bare_addresses(state: StateCore) -> None:
    if state.env["links_addresses"]:
        linkify(state)


def _address(state: StateInline, silent: bool) -> bool:
    """https://… as a whole, before something in it is taken for formatting.

    In the place of markdown-it's own rule, which takes quadratic time, and knows no spoilers.
    """
    if silent or state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    scheme = SCHEME.search(state.src, max(0, state.pos - LONGEST_SCHEME), state.pos)
    if not scheme or not state.pending.endswith(scheme[0]) or not state.env["links_addresses"]:
        return False
    typed = _whole_address(state.src, scheme)
    url = state.md.normalizeLink(typed)
    if not is_linkable(url):
        return False
    state.pending = state.pending.removesuffix(scheme[0])
    _push_link(state, url, typed)
    state.pos = scheme.start() + len(typed)
    return True


def _whole_address(text: str, scheme: re.Match[str]) -> str:
    """The address that starts with `scheme`, without the marks of what it is in; or nothing."""
    marks = (text.find(mark, scheme.end()) for mark in ("||", "~~"))
    text = text[: min((mark for mark in marks if mark >= 0), default=None)]
    length = addresses.test_schema_at(text, f"{scheme[0]}:", scheme.end() + 1)
    return text[scheme.start() : scheme.end() + 1 + length].rstrip("*_") if length else ""


def _push_link(state: StateInline, url: str, typed: str) -> None:
    state.push("link_open", "a", 1).attrs = {"href": url}
    state.push("text", "", 0).content = typed
    state.push("link_close", "a", -1)


def _link(state: StateInline, silent: bool) -> bool:
    """[text](address), where there is a text."""
    if state.src[state.pos] != "[" or not state.env["links_brackets"]:
        return False
    return not NO_LABEL.match(state.src, state.pos) and link(state, silent)
