"""The messages that need no formatting, which are most: told apart before anything is parsed."""

import re

FORMATTING = re.compile(
    r"""
      [*_`@<\[\\]                       # emphasis, code, mentions, links, escapes
    | ~~ | \|\|                         # strikethrough, spoilers
    | // | \.\w                         # addresses
    | ^[ \t]* (?: > | (?: [-+] | \d+[.)] ) [ \t] )  # quotes and lists
    """,
    re.VERBOSE | re.MULTILINE,
)


def is_plain(text: str) -> bool:
    """Whether nothing in `text` can be formatting, an address or a mention.

    Quick, and sometimes wrongly False; where it is True, `render` would return an empty Rendered.
    """
    return FORMATTING.search(text) is None
