"""What a file is: by its content, never by its name alone.

The name may choose among types of the same content: a ZIP archive that is a document, a text that
is a table. No type that a browser would run is ever chosen: a page could load it as a script.
"""

import codecs
import unicodedata
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from chat.files import signatures
from chat.files.signatures import HEAD_BYTES, OLE, ZIP

UNKNOWN = "application/octet-stream"
TEXT = "text/plain"
TEXT_HEAD_LINES = 12
TEXT_HEAD_CHARACTERS = 1_000

PICTURES = frozenset("image/png image/jpeg image/gif image/webp image/avif image/heic".split())
INLINE = (PICTURES - {"image/heic"}) | frozenset(
    """
    audio/aac audio/flac audio/mp4 audio/mpeg audio/ogg audio/wav audio/webm
    video/mp4 video/ogg video/webm
    """.split()
)
NAMED = {
    ZIP: {
        ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".odp": "application/vnd.oasis.opendocument.presentation",
        ".ods": "application/vnd.oasis.opendocument.spreadsheet",
        ".odt": "application/vnd.oasis.opendocument.text",
        ".epub": "application/epub+zip",
    },
    OLE: {
        ".doc": "application/msword",
        ".ppt": "application/vnd.ms-powerpoint",
        ".xls": "application/vnd.ms-excel",
        ".msg": "application/vnd.ms-outlook",
    },
    TEXT: {
        ".csv": "text/csv",
        ".ics": "text/calendar",
        ".md": "text/markdown",
        ".py": "text/x-python",
        ".vcf": "text/vcard",
    },
}
BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
TEXT_CONTROLS = frozenset("\t\n\r\f\x1b")  # a log may have colours, which begin with an escape


@dataclass(frozen=True)
class Kind:
    """`head` has the first lines of a text, else ""."""

    type: str
    is_picture: bool
    is_inline: bool
    head: str


def kind_of(path: Path, name: str) -> Kind:
    """Tell what a file is, by its first bytes. `name` is the sender's."""
    with path.open("rb") as file:
        start = file.read(HEAD_BYTES)
    content = signatures.type_of(start)
    text = _text(start) if content is None else None
    content = content or (UNKNOWN if text is None else TEXT)
    type = NAMED.get(content, {}).get(PurePosixPath(name).suffix.lower(), content)
    return Kind(type, type in PICTURES, is_inline(type), _first_lines(text or ""))


def is_inline(type: str) -> bool:
    """Whether a browser may show this type in place. A picture only once it is made anew."""
    return type in INLINE


def _text(start: bytes) -> str | None:
    """Decode UTF-8, which may be cut within a character; None where it is no text."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        text = decoder.decode(start, final=len(start) < HEAD_BYTES)
    except UnicodeDecodeError:
        return None
    is_text = all(it in TEXT_CONTROLS or unicodedata.category(it) != "Cc" for it in text)
    return text if is_text else None


def _first_lines(text: str) -> str:
    lines = islice(text.splitlines(), TEXT_HEAD_LINES)
    shown = "\n".join("".join(filter(_is_shown, line)) for line in lines)
    return shown[:TEXT_HEAD_CHARACTERS].rstrip()


def _is_shown(character: str) -> bool:
    is_control = unicodedata.category(character) == "Cc" and character != "\t"
    return not is_control and character not in BIDI_CONTROLS
