"""Isolates names in sentences: a right-to-left name leaves the words around it in their order."""

import re

FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE = "\u2068", "\u2069"
CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")  # could end the isolate, or begin another
# The blocks of right-to-left scripts (Unicode's DerivedBidiClass), and what controls direction.
RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def isolate(name: str, *, is_bidi: bool = False) -> str:
    """`name` to be put into a sentence of plain text. HTML has <bdi>.

    A left-to-right name stays as it is, unless the language of the sentence `is_bidi`.
    """
    if not is_bidi and not RIGHT_TO_LEFT.search(name):
        return name
    return f"{FIRST_STRONG_ISOLATE}{CONTROLS.sub('', name)}{POP_DIRECTIONAL_ISOLATE}"
