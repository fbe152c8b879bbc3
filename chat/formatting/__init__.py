"""Chat Markdown: turns the text of a message into safe HTML, and finds its mentions.

No database, nothing of Django. docs/markdown.md has the syntax.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from chat.formatting import markdown, sanitizer, tokens
from chat.formatting.budget import TooCostly
from chat.formatting.mentions import NAMESAKES_MAX, mentioned_in
from chat.formatting.names import NAME_MAX_CHARACTERS, mention_candidates, name_key
from chat.formatting.plain_text import is_plain_text

__all__ = [
    "NAMESAKES_MAX",
    "NAME_MAX_CHARACTERS",
    "Rendered",
    "is_plain_text",
    "mention_candidates",
    "name_key",
    "render",
]

HTML_MAX_CHARACTERS = 64_000  # eight times the longest text

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rendered:
    """The HTML of a text, and its mentions.

    `html` is empty when the text itself looks the same under `white-space: pre-wrap`.
    """

    html: str = ""
    mentioned: tuple[UUID, ...] = ()  # members, each once, in order of appearance
    everybody: bool = False  # the text mentions @room


def render(
    text: str, people: Mapping[str, Sequence[UUID]] = {}, counts: Mapping[str, int] = {}
) -> Rendered:
    """`text` as HTML. `people` maps the `name_key` of members to their uids.

    `counts` says how many members have a name, where `people` may not have them all.

    Does not raise. A text is shown as typed and mentions nobody when it fails to parse, nests too
    deep, takes too much work (see `budget`), or exceeds HTML_MAX_CHARACTERS.
    """
    try:
        return _render(text, people, counts)
    except TooCostly:
        return Rendered()
    except Exception:
        logger.exception("could not format a text of %d characters", len(text))
        return Rendered()


def _render(text: str, people: Mapping[str, Sequence[UUID]], counts: Mapping[str, int]) -> Rendered:
    document = markdown.parse(text, people, counts)
    if tokens.nest_too_deep(document.tokens) or tokens.are_plain_text(document.tokens, text):
        return Rendered()
    html = document.html()
    if len(html) > HTML_MAX_CHARACTERS:
        return Rendered()
    html = sanitizer.clean(html)  # adds attributes to links
    if len(html) > HTML_MAX_CHARACTERS:
        return Rendered()
    mentioned, everybody = mentioned_in(document.tokens)
    return Rendered(html, mentioned, everybody)
