"""Chat Markdown: from the text of a message to safe HTML, and to whom it mentions.

Pure: no I/O, no database, nothing of Django. What people can write: *emphasis*, **strong**,
~~struck~~, ||spoilers||, `code`, fenced code with a language, > quotes, lists, [links](https://…),
addresses, and @mentions; a backslash takes each of them back.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from chat.formatting import markdown, sanitizer, shape
from chat.formatting.mentions import mentioned_in
from chat.formatting.names import NAME_MAX_CHARACTERS, candidates, name_key
from chat.formatting.plain import is_plain

__all__ = ["NAME_MAX_CHARACTERS", "Rendered", "candidates", "is_plain", "name_key", "render"]

HTML_MAX_CHARACTERS = 64_000  # eight times the longest text; more is an attack on readers

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a text looks like, and whom it calls.

    `html` is empty where the text itself, in a `white-space: pre-wrap`, looks the same or better.
    """

    html: str = ""
    mentioned: tuple[UUID, ...] = ()  # each once, in order of appearance
    everybody: bool = False  # called with @room


def render(text: str, people: Mapping[str, Sequence[UUID]] = {}) -> Rendered:
    """`text` as HTML; `people` are those its @names may mean, by `name_key`.

    Never raises, and takes some tens of milliseconds at worst: a text that asks for more is shown
    as it was typed, and mentions nobody.
    """
    try:
        return _render(text, people)
    except Exception:
        logger.exception("a text of %d characters cannot be formatted", len(text))
        return Rendered()


def _render(text: str, people: Mapping[str, Sequence[UUID]]) -> Rendered:
    document = markdown.parse(text, people)
    if shape.is_too_deep(document.tokens) or shape.is_text(document.tokens, text):
        return Rendered()
    html = document.html()
    if len(html) > HTML_MAX_CHARACTERS:
        return Rendered()
    mentioned, everybody = mentioned_in(document.tokens)
    return Rendered(sanitizer.clean(html), mentioned, everybody)
