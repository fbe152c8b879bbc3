"""Values of JSON that somebody else has sent, of which nothing is sure."""

import html
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from chat.formatting import mention_candidates, render
from chat.protocol import TEXT_MAX_CHARACTERS

LINE_MAX_CHARACTERS = 500
DIGITS_MAX = 9  # of a count
MARKS = re.compile(r"[\\`*_~|\[\]<>@＠]")
TAGS = re.compile(r"<[^>]*>")
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
ADDRESS = re.compile(r"https?://[^\s<>()\[\]]{1,2000}\Z")


def at(value: Any, *keys: str) -> Any:
    """What stands there in nested objects; None if nothing does."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text_at(value: Any, *keys: str) -> str:
    """A text or number there; empty for anything else."""
    found = at(value, *keys)
    is_text = isinstance(found, str | int | float) and not isinstance(found, bool)
    return without_unstorable(str(found)).strip() if is_text else ""


def without_unstorable(text: str) -> str:
    """JSON may have escaped what is no text."""
    return UNSTORABLE.sub("", text)


def objects_at(value: Any, *keys: str, most: int | None = None) -> list[dict[str, Any]]:
    """The objects of a list there, or the first of them."""
    found = at(value, *keys)
    objects = [it for it in found if isinstance(it, dict)] if isinstance(found, list) else []
    return objects[:most]


def plain(text: str) -> str:
    """A line of somebody else's, that formats and mentions nothing."""
    line = _line(text)
    return _first_that_shows(line, [line, _escaped(line)], "{}") or _code(line)


def link(text: str, address: str) -> str:
    """A link with a text of somebody else's; the text alone if the address is none."""
    line = _line(text)
    if not line or not ADDRESS.match(address):
        return plain(line)
    labels = [line, _escaped(line), _code(line)]
    return _first_that_shows(line, labels, f"[{{}}]({address})") or f"{plain(line)} {address}"


def _line(text: str) -> str:
    line = " ".join(without_unstorable(text).split())
    is_long = len(line) > LINE_MAX_CHARACTERS
    return f"{line[:LINE_MAX_CHARACTERS]}…" if is_long else line


def _first_that_shows(line: str, candidates: Iterable[str], template: str) -> str:
    """The first of some texts that reads as the line, put into a template; empty if none does."""
    for it in candidates:
        text = f". {template.replace('{}', it)}"  # no line begins with it
        if not mention_candidates(text) and _shown(text) == f". {line}":
            return text[2:]
    return ""


def _shown(text: str) -> str:
    markup = render(text, {}).html
    return html.unescape(TAGS.sub("", markup)) if markup else text


def _escaped(line: str) -> str:
    return MARKS.sub(lambda mark: f"\\{mark[0]}", line)


def _code(line: str) -> str:
    return "`{}`".format(line.replace("`", "'")) if line else ""


def number_at(value: Any, *keys: str) -> int:
    """A count there; 0 for anything else, and for more digits than a count has."""
    found = text_at(value, *keys)
    return int(found) if found.isdecimal() and len(found) <= DIGITS_MAX else 0


def enough(parts: Iterable[str]) -> Iterator[str]:
    """Those that say something, until there is more than a message takes.

    Later ones cost nothing: a line of somebody else's may be rendered six times.
    """
    left = TEXT_MAX_CHARACTERS
    for it in filter(None, parts):
        yield it
        left -= len(it)
        if left < 0:
            return


def lines(parts: Iterable[str]) -> str:
    """Those that say something, a line each."""
    return "\n".join(enough(parts))


def items(parts: Iterable[str], more: int = 0) -> str:
    """A list; `more` are not shown."""
    shown = (f"- {it}" for it in parts if it)
    return lines(chain(shown, [f"- … {more}" if more else ""]))
