"""Compares names without regard to case, in any script."""

import unicodedata
from typing import Literal


def caseless_key(text: str, form: Literal["NFC", "NFKC"] = "NFKC") -> str:
    """The same key for texts that differ in case or in how their characters are composed.

    NFKC also equates compatible characters (Ⅳ and IV, ａ and a); NFC keeps them apart. The caseless
    matching of the Unicode Standard, D145 and D146.
    """
    folded = unicodedata.normalize(form, text).casefold()
    return unicodedata.normalize(form, folded)  # casefolding can undo the normal form
