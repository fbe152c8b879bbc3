"""What a link shows: a core rule for markdown-it.

An address shows its host as a browser does, and control characters as escapes. A text that names
another host than the link leads to is followed by the real one.
"""

import re
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
                labels_left -= "." in label
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
    normal = unicodedata.normalize("NFKC", label)
    return "".join(it for it in normal if not is_invisible(it))


def _names_another_host(label: str, href: str) -> bool:
    return "." in label and any(_leads_elsewhere(it.url, href) for it in autolinker.match(label))


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
