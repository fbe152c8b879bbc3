"""Finds the link that a message may show a card of."""

import re
from html import unescape

# As the sanitizer writes them. What a spoiler hides shows no card.
MARKS = re.compile(r'<(?:(/?)span|(?:a href="(https?://[^"]+)"))([^>]*)>', re.IGNORECASE)
LINK = '<a href="http'  # how each of them begins
SPOILER = 'class="spoiler"'


def first_link(html: str) -> str | None:
    """The first http or https link of a rendered text that is in no spoiler."""
    if "<a " not in html:
        return None
    open_spans: list[bool] = []  # whether each is a spoiler
    for found in MARKS.finditer(html):
        closing, url, others = found.groups()
        if url and not any(open_spans):
            return unescape(url)
        if url:
            continue
        if not closing:
            open_spans.append(SPOILER in others)
        elif open_spans:
            open_spans.pop()
    return None
