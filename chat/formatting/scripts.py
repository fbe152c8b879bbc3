"""Scripts that put no spaces between words."""

import re

CJK = re.compile(
    "[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef"
    "\U00020000-\U0003ffff]"
)


def is_cjk(character: str) -> bool:
    """Whether `character` belongs to Chinese, Japanese or Korean text, punctuation included."""
    return CJK.match(character) is not None
