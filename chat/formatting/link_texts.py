"""What a link shows: a core rule for markdown-it.

An address shows its host as a browser does, and control characters as escapes. A text that names
another host than the link leads to is followed by the real one.
"""

import re
import socket
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote

from markdown_it import MarkdownIt, _punycode
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from accounts.visible_text import is_invisible
from chat.formatting.autolinks import autolinker
from chat.formatting.hosts import shown_host

LABELS_MAX = 100  # texts with a dot compared, per message; the real host follows all others

AUTOMATIC = "auto"  # Token.info of a link whose text is its address
DIRECTION_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
DOTS = "。｡․ꓸ꘎"  # of addresses (UTS #46), or drawn as a dot (UTS #39)
SLASHES = "∕⁄⧸╱"
AS_ASCII = str.maketrans(dict.fromkeys(DOTS, ".") | dict.fromkeys(SLASHES, "/"))
IP_ADDRESS = re.compile(
    r"(?<![\w.])(?:0x)?[0-9a-f]+(?:\.(?:0x)?[0-9a-f]+){,3}(?![\w.]\w)", re.IGNORECASE
)
LONG_NUMBER = 2**24  # smaller ones are seldom meant as an address
HOST = re.compile(
    r"(?:[a-z]+:/+)?(?P<user>[^/?#\\\s]*@)?(?P<host>\[[^\]]*\]|[^/?#\\:@\s]+)", re.IGNORECASE
)


def install(markdown: MarkdownIt) -> None:
    """Add the rule to `markdown`, after those that make links."""
    markdown.core.ruler.push("link_texts", _show_link_texts)


def _show_link_texts(state: StateCore) -> None:
    labels_left = LABELS_MAX
    for block in state.tokens:
        for opening, text in _links(block.children or []):
            href = str(opening.attrs["href"])
            if opening.info == AUTOMATIC:
                text[0].content = _shown_address(text[0].content, href)
            else:
                _drop_direction_controls(text)
                label = _comparable("".join(token.content for token in text))
                labels_left -= _may_have_address(label)
                if labels_left < 0 or _names_another_host(label, href):
                    text[-1].content = _with_target(text[-1].content, href)


def _links(tokens: list[Token]) -> Iterator[tuple[Token, list[Token]]]:
    """Each link of a block, with the tokens that have its text."""
    opening: Token | None = None
    text: list[Token] = []
    for token in tokens:
        if token.type == "link_open":
            opening, text = token, []
        elif token.type == "link_close" and opening:
            if text:
                yield opening, text
            opening = None
        elif opening and token.type in {"text", "code_inline"}:
            text.append(token)


def _shown_address(typed: str, href: str) -> str:
    found = HOST.match(typed)
    if found and not found["host"].isascii():
        start, end = found.span("host")
        typed = typed[:start] + shown_host(found["host"]) + typed[end:]
    shown = "".join(quote(it) if is_invisible(it) else it for it in typed)
    return _with_target(shown, href) if _is_web(href) and _has_user(href) else shown


def _drop_direction_controls(text: list[Token]) -> None:
    """With them, a text could show an address that it does not have."""
    for token in text:
        token.content = DIRECTION_CONTROLS.sub("", token.content)


def _comparable(label: str) -> str:
    """`label` as a reader sees it."""
    if label.isascii():
        return label
    normal = unicodedata.normalize("NFKC", label.translate(AS_ASCII))
    return "".join(it for it in normal if not is_invisible(it))


def _may_have_address(label: str) -> bool:
    return "." in label or "://" in label


def _names_another_host(label: str, href: str) -> bool:
    addresses = autolinker.match(label) if _may_have_address(label) else []
    if any(_leads_elsewhere(it.url, href) for it in addresses):
        return True
    named = {_ip_address(it) for it in IP_ADDRESS.findall(label)} - {None}
    return bool(named) and named != {_ip_address(_host(href))}


def _ip_address(text: str) -> bytes | None:
    """The address as which browsers read `text`: 127.0.0.1, 0x7f.1 or 2130706433.

    A number that may be anything else is none: "7", "version 1.2".
    """
    is_meant = text.count(".") == 3 or text.lower().startswith("0x") or _is_long_number(text)
    try:
        return socket.inet_aton(text) if is_meant else None
    except OSError:
        return None


def _is_long_number(text: str) -> bool:
    return text.isdecimal() and int(text[:20]) >= LONG_NUMBER


def _leads_elsewhere(address: str, href: str) -> bool:
    """Whether the link leads to another host than the address, or one in its place."""
    if not _is_web(href) or not _is_web(address):
        return address.lower() != href.partition("?")[0].lower()
    named, real = _punycode.to_ascii(_host(address)).removeprefix("www."), _host(href)
    is_within = real == named or real.endswith(f".{named}")
    return not is_within or shown_host(_unicode(named)) != _unicode(named)


def _with_target(text: str, href: str) -> str:
    return f"{text} ({_target(href)})"


def _target(href: str) -> str:
    """The host that a link leads to, or the e-mail address."""
    if _is_web(href):
        return shown_host(_unicode(_host(href)))
    return href.partition(":")[2].partition("?")[0]


def _host(url: str) -> str:
    found = HOST.match(url)
    return found["host"].lower() if found else ""


def _has_user(url: str) -> bool:
    found = HOST.match(url)
    return bool(found and found["user"])


def _unicode(host: str) -> str:
    try:
        return _punycode.to_unicode(host)
    except ValueError:
        return host  # no punycode after its "xn--"


def _is_web(url: str) -> bool:
    return url.lower().startswith(("http://", "https://"))
