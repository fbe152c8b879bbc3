"""File names: in any language, and harmless in a header and on a disk."""

from unicodedata import normalize
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.files.names import NAME_MAX_BYTES, NAMELESS, disposition, safe_name

SCRIPTS = {
    "Latin": "Übergröße – naïve.txt",
    "Greek": "αρχείο.txt",
    "Cyrillic": "файл.txt",
    "Hebrew": "קובץ.txt",
    "Arabic": "ملف.txt",
    "Devanagari": "फ़ाइल.txt",
    "Thai": "ไฟล์.txt",
    "Han": "文件.txt",
    "Hangul": "파일.txt",
    "Japanese": "ファイル.txt",
    "Persian, with a joiner": "می\u200cخواهم.txt",
    "emoji": "👩\u200d👧.txt",
}


@pytest.mark.parametrize("name", SCRIPTS.values(), ids=SCRIPTS)
def test_a_name_survives_in_any_script(name: str) -> None:
    header = disposition("attachment", name)
    assert header.isascii()
    assert unquote(header.split("filename*=UTF-8''")[1]) == normalize("NFC", name)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("notes.txt", "notes.txt"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\autoexec.bat", "autoexec.bat"),
        ("C:\\Users\\ada\\notes.txt", "notes.txt"),
        ("folder/", "folder"),
        ("..", NAMELESS),
        (".", NAMELESS),
        ("", NAMELESS),
        ("/", NAMELESS),
        (" .profile. ", "profile"),
        ("two\r\nSet-Cookie: a=b.txt", "twoSet-Cookie: a=b.txt"),
        ("nul\0.txt", "nul.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),  # shown as invoiceexe.pdf
        ("\u2066a\u2069\u200e\u200f\u061c.txt", "a.txt"),
        ("line\u2028separator\x85.txt", "lineseparator.txt"),
        ("lone \ud800 surrogate.txt", "lone  surrogate.txt"),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_a_name_has_no_folders_and_nothing_that_nobody_sees(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize("letter", ["a", "é", "文", "👩"])
def test_a_long_name_keeps_its_suffix(letter: str) -> None:
    short = safe_name(letter * 300 + ".tar.gz")
    assert len(short.encode()) <= NAME_MAX_BYTES
    assert short.startswith(letter * 40)
    assert short.endswith(".gz")


def test_a_suffix_that_is_too_long_is_none() -> None:
    assert len(safe_name("a." + "b" * 300).encode()) == NAME_MAX_BYTES


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("notes.txt", 'inline; filename="notes.txt"'),
        ("a; b=c, d.txt", 'inline; filename="a; b=c, d.txt"'),
        ('say "hi".txt', "inline; filename=\"say _hi_.txt\"; filename*=UTF-8''say%20%22hi%22.txt"),
        ("100%41.txt", "inline; filename=\"100_41.txt\"; filename*=UTF-8''100%2541.txt"),
        ("文件.txt", "inline; filename=\"__.txt\"; filename*=UTF-8''%E6%96%87%E4%BB%B6.txt"),
        ("文件", "inline; filename=\"__\"; filename*=UTF-8''%E6%96%87%E4%BB%B6"),
        ("é.txt", "inline; filename=\"e.txt\"; filename*=UTF-8''%C3%A9.txt"),
    ],
)
def test_a_header_has_the_name_for_old_clients_too(name: str, header: str) -> None:
    assert disposition("inline", name) == header


@given(st.text(max_size=300))
def test_no_name_breaks_a_header_or_a_disk(name: str) -> None:
    header = disposition("attachment", name)
    assert header.isascii()
    assert header.isprintable()
    assert header.startswith('attachment; filename="')
    assert header.count('"') == 2
    safe = safe_name(name)
    assert safe == safe_name(safe)
    assert 0 < len(safe.encode()) <= NAME_MAX_BYTES
    assert not {"/", "\\", "\0"} & set(safe)
    assert safe.strip(" .") == safe
