"""Names of files: in any language, and harmless in a header and on a disk."""

import re
import unicodedata
from urllib.parse import quote

NAME_MAX_BYTES = 200  # file systems have 255
SUFFIX_MAX_LENGTH = 20
NAMELESS = "file"

BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # a name could seem to end in another suffix
BREAKS = "\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff"
NOT_IN_NAMES = re.compile(f"[{BIDI}{BREAKS}\ud800-\udfff]")
SEPARATORS = re.compile(r"[/\\]")
NOT_IN_FALLBACK = re.compile(r"[^ !#$&-\[\]-~]")  # also % and ", which browsers read differently


def safe_name(name: str) -> str:
    """The name without its folders, and without what nobody sees or what breaks a line."""
    last = SEPARATORS.split(NOT_IN_NAMES.sub("", name).rstrip("/\\"))[-1]
    shown = unicodedata.normalize("NFC", last).strip(" .")
    return _shortened(shown) or NAMELESS


def disposition(kind: str, name: str) -> str:
    """A Content-Disposition: `inline` or `attachment`, with the name (RFC 6266, 8187)."""
    name = safe_name(name)
    decomposed = unicodedata.normalize("NFKD", name)
    letters = "".join(it for it in decomposed if not unicodedata.combining(it))
    fallback = NOT_IN_FALLBACK.sub("_", letters)
    header = f'{kind}; filename="{fallback}"'
    return header if fallback == name else f"{header}; filename*=UTF-8''{quote(name, safe='')}"


def _shortened(name: str) -> str:
    """The beginning and the suffix of a name that is too long."""
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix) > SUFFIX_MAX_LENGTH:
        stem, dot, suffix = name, "", ""
    ending = f"{dot}{suffix}".encode()
    beginning = stem.encode()[: NAME_MAX_BYTES - len(ending)].decode(errors="ignore")
    return f"{beginning.rstrip(' .')}{ending.decode()}"
