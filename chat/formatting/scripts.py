"""Scripts that put no spaces between words."""

import re

UNSPACED_RANGES = (  # of a class in a regular expression
    "\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef"  # CJK
    "\U00020000-\U0003ffff"
    "\u0e00-\u0fff\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f"  # Thai, Lao, Tibetan, Burmese
    "\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u1b00-\u1b7f\ua980-\ua9df"  # Khmer, Tai, Javanese
)
UNSPACED = re.compile(f"[{UNSPACED_RANGES}]")


def is_unspaced(character: str) -> bool:
    """Whether `character` is of a script without spaces, such as Chinese, punctuation included."""
    return UNSPACED.match(character) is not None
