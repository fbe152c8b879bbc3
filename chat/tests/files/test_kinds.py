"""What a file is: by content; the name chooses among types of the same content."""

from pathlib import Path

import pytest

from chat.files.kinds import Kind, is_inline, kind_of
from chat.files.signatures import HEAD_BYTES
from chat.tests.files import corpus

OGG_PAGE = b"OggS\0\x02" + bytes(20) + b"\x01\x13"
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(40)


def ftyp(*brands: bytes) -> bytes:
    major, *compatible = brands
    box = b"ftyp" + major + bytes(4) + b"".join(compatible)
    return (len(box) + 4).to_bytes(4) + box + bytes(64)


PLAYED = {
    "audio/mpeg": [b"ID3\x04\0\0", b"\xff\xfb\x90\x44", b"\xff\xf3\x44\xc4"],
    "audio/ogg": [OGG_PAGE + b"OpusHead", OGG_PAGE + b"\x01vorbis"],
    "audio/wav": [b"RIFF\x24\0\0\0WAVEfmt "],
    "audio/flac": [b"fLaC\0\0\0\x22"],
    "audio/mp4": [ftyp(b"M4A ", b"isom", b"mp42")],
    "audio/aac": [b"\xff\xf1\x50\x80", b"\xff\xf9\x50\x80"],
    "audio/webm": [WEBM + b"A_OPUS"],
    "video/mp4": [ftyp(b"isom", b"iso2", b"avc1", b"mp41"), ftyp(b"what", b"mp42")],
    "video/webm": [WEBM + b"V_VP9" + b"A_OPUS", WEBM],
    "video/ogg": [OGG_PAGE + b"\x80theora"],
}
DOWNLOADED = {
    "application/pdf": b"%PDF-1.7\n",
    "application/gzip": b"\x1f\x8b\x08",
    "application/x-bzip2": b"BZh91AY&SY",
    "application/x-7z-compressed": b"7z\xbc\xaf\x27\x1c",
    "application/x-tar": b"notes.txt".ljust(257, b"\0") + b"ustar\0",
    "application/ogg": OGG_PAGE + b"Speex   ",
    "image/bmp": b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28",
    "image/tiff": b"II*\0\x08\0\0\0",
    "video/quicktime": ftyp(b"qt  "),
    "video/x-matroska": WEBM.replace(b"\x84webm", b"\x88matroska"),
    "video/x-msvideo": b"RIFF\0\0\0\0AVI LIST",
    "application/octet-stream": b"\x7fELF\x02\x01\x01\0",
}
TEXTS_THAT_BROWSERS_RUN = {
    "page.html": "<!doctype html><script>alert(1)</script>",
    "drawing.svg": '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "feed.xml": '<?xml version="1.0"?><feed/>',
    "page.xhtml": '<html xmlns="http://www.w3.org/1999/xhtml"/>',
    "code.js": "alert(1)",
    "module.mjs": "alert(1)",
    "look.css": "body { display: none }",
    "data.json": "{}",
    "app.webmanifest": "{}",
}
WEAK_SIGNS = [
    "BMW is a car",
    "FORMULAR 1",
    "ID3 is a tag",
    "BZh?",
    "RIFF",
    "OggSss",
    "ftyp",
    "MThd",
]


def kind(folder: Path, content: bytes, name: str = "file") -> Kind:
    path = folder / "content"
    path.write_bytes(content)
    return kind_of(path, name)


@pytest.mark.parametrize("type", corpus.FORMATS)
@pytest.mark.parametrize("name", ["picture", "picture.html", "picture.exe"])
def test_pictures_are_known_by_content(tmp_path: Path, type: str, name: str) -> None:
    found = kind(tmp_path, corpus.plain(type), name)
    assert (found.type, found.is_picture, found.head) == (type, True, "")


@pytest.mark.parametrize("type", corpus.ANIMATED)
def test_animations_are_pictures(tmp_path: Path, type: str) -> None:
    assert kind(tmp_path, corpus.animated(type)).type == type


def test_a_heic_is_shown_only_as_the_jpeg_that_it_becomes(tmp_path: Path) -> None:
    assert not kind(tmp_path, corpus.plain("image/heic")).is_inline
    assert is_inline("image/jpeg")


@pytest.mark.parametrize(
    ("type", "content"), [(type, it) for type, contents in PLAYED.items() for it in contents]
)
def test_what_browsers_play_is_inline(tmp_path: Path, type: str, content: bytes) -> None:
    assert kind(tmp_path, content, "it.html") == Kind(
        type, is_picture=False, is_inline=True, head=""
    )


@pytest.mark.parametrize(("type", "content"), DOWNLOADED.items())
def test_all_else_is_downloaded(tmp_path: Path, type: str, content: bytes) -> None:
    assert kind(tmp_path, content, "picture.png") == Kind(
        type, is_picture=False, is_inline=False, head=""
    )


@pytest.mark.parametrize(("name", "text"), TEXTS_THAT_BROWSERS_RUN.items())
def test_what_a_browser_would_run_is_plain_text(tmp_path: Path, name: str, text: str) -> None:
    found = kind(tmp_path, text.encode(), name)
    assert (found.type, found.is_picture, found.is_inline) == ("text/plain", False, False)


@pytest.mark.parametrize("text", WEAK_SIGNS)
def test_a_text_is_a_text_whatever_word_it_begins_with(tmp_path: Path, text: str) -> None:
    assert kind(tmp_path, text.encode()).type == "text/plain"


@pytest.mark.parametrize(
    ("name", "content", "type"),
    [
        ("table.CSV", b"a,b\n1,2\n", "text/csv"),
        ("script.py", b"print()\n", "text/x-python"),
        ("letter.odt", b"PK\x03\x04", "application/vnd.oasis.opendocument.text"),
        ("letter.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
        ("table.csv", b"PK\x03\x04", "application/zip"),
        ("letter.odt", b"a,b\n", "text/plain"),
        ("letter.odt", b"\0\x01", "application/octet-stream"),
    ],
)
def test_the_name_chooses_among_types_of_the_content(
    tmp_path: Path, name: str, content: bytes, type: str
) -> None:
    found = kind(tmp_path, content, name)
    assert (found.type, found.is_inline) == (type, False)


@pytest.mark.parametrize("name", corpus.NAMES)
def test_any_name_is_taken(tmp_path: Path, name: str) -> None:
    assert kind(tmp_path, corpus.plain("image/png"), name).type == "image/png"
    assert kind(tmp_path, b"words", name).type in ("text/plain", "text/csv")


@pytest.mark.parametrize(("type", "content"), corpus.polyglots().values(), ids=corpus.polyglots())
def test_a_polyglot_is_what_it_begins_with(tmp_path: Path, type: str, content: bytes) -> None:
    assert kind(tmp_path, content, "page.html").type == type


def test_the_head_is_the_first_lines_of_a_text(tmp_path: Path) -> None:
    lines = [f"line {number}" for number in range(100)]
    assert kind(tmp_path, "\r\n".join(lines).encode()).head == "\n".join(lines[:12])
    assert kind(tmp_path, b"x" * 5_000).head == "x" * 1_000


def test_the_head_cannot_change_what_is_around_it(tmp_path: Path) -> None:
    text = "\ufeffred \x1b[31m and \u202eback\u202c \u2066apart\u2069\tsafe"
    assert kind(tmp_path, text.encode()).head == "red [31m and back apart\tsafe"


def test_a_text_may_be_cut_within_a_character(tmp_path: Path) -> None:
    text = "x" + "é" * HEAD_BYTES
    found = kind(tmp_path, text.encode())
    assert (found.type, found.head) == ("text/plain", text[:1_000])


@pytest.mark.parametrize(
    "content", [b"caf\xe9", b"nul \0", "ends in half é".encode()[:-1], b"\x85"]
)
def test_what_is_not_utf8_is_no_text(tmp_path: Path, content: bytes) -> None:
    found = kind(tmp_path, content, "notes.txt")
    assert (found.type, found.head) == ("application/octet-stream", "")


def test_only_the_beginning_is_read(tmp_path: Path) -> None:
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.write(b"%PDF-")
        file.truncate(1 << 40)  # sparse: nobody could read it to its end
    assert kind_of(huge, "huge").type == "application/pdf"
