"""Recognizes plain text before anything is parsed."""

import re

MARKUP = re.compile(
    r"""
      [*_`@＠﹫<\[\\]                     # emphasis, code, mentions, links, escapes
    | ~~ | \|\|                         # strikethrough, spoilers
    | :[\w+-]+:                          # shortcodes
    | // | \.\w                         # URLs, e-mail addresses
    | ^[ \t]* (?: > | (?: [-+] | \d+[.)] ) [ \t] )  # quotes and lists
    | ^(?= [^\n]* \| ) [-:|] [-:|\ \t]* $  # the line below the head of a table
    """,
    re.VERBOSE | re.MULTILINE,
)


def is_plain_text(text: str) -> bool:
    """Whether `text` certainly has no formatting, URL or mention.

    Where this is True, `render` returns an empty Rendered; False may be wrong.
    """
    return MARKUP.search(text) is None
