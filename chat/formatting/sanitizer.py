"""The last line of defence: whatever the parser lets through, only this reaches a browser."""

import nh3

from chat.formatting.code import CLASSES

TAGS = set("a blockquote br code em li ol p pre s span strong ul".split())
ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),
    "a": {"href"},
    "ol": {"start"},
    "span": {"data-member", "data-room"},
}
FIXED = {"a": {"target": "_blank"}, "pre": {"tabindex": "0"}}  # a keyboard scrolls what has focus
SPAN_CLASSES = {"mention", "spoiler", *CLASSES.values()}

_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    allowed_classes={"span": SPAN_CLASSES},
    set_tag_attribute_values=FIXED,
    link_rel="noopener noreferrer nofollow ugc",
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
)


def clean(html: str) -> str:
    """`html` with nothing in it but what chat Markdown is made of."""
    return _cleaner.clean(html)
