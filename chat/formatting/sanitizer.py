"""Sanitizes the parser's HTML: an allowlist of tags, attributes, classes and URL schemes."""

import nh3

from chat.formatting.code import CSS_CLASSES

TAGS = set(
    "a blockquote br code em li ol p pre s span strong table tbody td th thead tr ul".split()
)
ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),
    "a": {"href"},
    "li": {"value"},
    "ol": {"start"},
    "span": {"data-member", "data-others", "data-room"},
}
SET_ATTRIBUTES = {  # tabindex: a keyboard can scroll a focused element only
    "a": {"target": "_blank"},
    "pre": {"tabindex": "0"},
    "table": {"tabindex": "0"},
}
ALIGNMENTS = {"center", "end"}  # of a column; "start" is the default
SPAN_CLASSES = {"mention", "spoiler", *CSS_CLASSES.values()}

_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    allowed_classes={"span": SPAN_CLASSES, "td": ALIGNMENTS, "th": ALIGNMENTS},
    set_tag_attribute_values=SET_ATTRIBUTES,
    link_rel="noopener noreferrer nofollow ugc",
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
)


def clean(html: str) -> str:
    """`html` with nothing but the allowed tags, attributes, classes and URLs."""
    return _cleaner.clean(html)
