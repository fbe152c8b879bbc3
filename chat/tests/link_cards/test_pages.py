"""What is read of pages: plain, short texts, whatever comes."""

import unicodedata

import pytest

from chat.link_cards import charsets, pages
from chat.link_cards.fetching import PAGE_MAX_BYTES
from chat.link_cards.no_card import NoCard
from chat.link_cards.pages import Page, page_of


def meta(name: str, content: str, key: str = "property") -> str:
    return f'<meta {key}="{name}" content="{content}">'


def test_a_page_says_what_its_card_shows() -> None:
    page = page_of(
        "<!doctype html><html><head><title>Plain</title>"
        + meta("og:title", "Tea &amp; <b>biscuits</b>")
        + meta("og:description", "All about\n tea.")
        + meta("og:image", " /tea.png ")
        + meta("og:site_name", "Tea House")
        + "</head><body></body>"
    )
    assert page == Page("Tea & <b>biscuits</b>", "All about tea.", "Tea House", "/tea.png")


def test_other_fields_stand_in_for_those_that_are_missing() -> None:
    page = page_of(
        "<TITLE>Tea &eacute; </TITLE>"
        + meta("Description", "Words", "NAME")
        + meta("twitter:image", "b.png", "name")
    )
    assert page == Page("Tea é", "Words", "", "b.png")
    assert page_of(meta("twitter:title", "Tweet", "name") + "<title>a</title>").title == "Tweet"
    assert page_of(meta("og:title", " ") + meta("og:title", "2") + "<title>a</title>").title


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p>Tea</p>",
        "<title> \n </title>",
        "<title>\u200b\u202e\u2800</title>",
        "<body><title>In the text</title>",
        "</head><title>After the head</title>",
        "<!-- <title>Commented</title>",
        "<script><title>In a script</title>",
        "Tea",
        "\0",
    ],
)
def test_without_a_title_there_is_no_card(html: str) -> None:
    with pytest.raises(NoCard):
        page_of(html)


def test_the_first_title_counts() -> None:
    assert page_of("<title>One</title><svg><title>Two</title></svg>").title == "One"


def test_texts_are_cut() -> None:
    page = page_of(
        f"<title>{'t' * 10_000}</title>"
        + meta("og:description", "d" * 10_000)
        + meta("og:site_name", "s" * 10_000)
    )
    assert (len(page.title), len(page.text), len(page.site)) == (150, 300, 80)
    assert page.title.endswith("t…")


HOSTILE = "".join(map(chr, [*range(9), *range(14, 32), 127, 0x85, 0x202E, 0x2066, 0x200B, 0xFEFF]))


def test_texts_have_no_control_or_direction_characters() -> None:
    page = page_of(
        f"<title>a{HOSTILE}b&#x202e;&#0;&#27;&#xD800;</title>" + meta("og:description", HOSTILE)
    )
    for text in (page.title, page.text, page.site):
        assert not {unicodedata.category(it) for it in text} & {"Cc", "Cf", "Cs"}
    assert page.title.replace(" ", "").startswith("ab")


@pytest.mark.parametrize(
    "unit",
    [
        "<", "</", "<!", "<?", "<!--", "<![", "<![CDATA[", "<a ", "<a x=", "<a =", '<a "', "<a/",
        "<meta ", "&a", "&#", "<script>", "<script></", "<title>", "<title><", "<!DOCTYPE [",
        '<meta property="og:image" content="', "<svg><title>", "<a" + " " * 100, "\0", "\ud800",
    ],
)  # fmt: skip
def test_no_page_takes_long_or_breaks_the_parser(
    unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit of time is that of the parser itself; pytest's would end this test."""
    monkeypatch.setattr(pages, "PARSING_SECONDS", 0.05)
    html = unit * (PAGE_MAX_BYTES // len(unit))
    for start in ("<title>Tea</title>", "<title>Tea</title><a ", "<title>Tea</title><script>"):
        assert page_of(start + html).title == "Tea"


def test_parsing_ends_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PARSING_SECONDS", -1)
    late = " " * pages.PIECE_CHARACTERS + meta("og:description", "late")
    assert page_of("<title>Tea</title>" + late) == Page("Tea", "", "", "")


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("Gießkanne".encode(), "", "Gießkanne"),
        ("Gießkanne".encode("latin-1"), "iso-8859-1", "Gießkanne"),
        ("“Tea”".encode("cp1252"), "ISO-8859-1", "“Tea”"),
        ("お茶".encode("shift_jis"), "Shift_JIS", "お茶"),
        ("茶".encode("gb18030"), "gb2312", "茶"),
        ("чай".encode("koi8-r"), "koi8-r", "чай"),
        ("\ufeffTee".encode("utf-16"), "", "\ufeffTee"),
        ("\ufeffGieß".encode(), "latin-1", "\ufeffGieß"),
        (b'<meta charset="windows-1251">\xf7\xe0\xe9', "", '<meta charset="windows-1251">чай'),
        (b"<meta charset=utf-16>a", "", "<meta charset=utf-16>a"),
        (b"a\xff", "utf-8", "a\ufffd"),
        (b"a", "punycode", "a"),
        (b"a", "hex", "a"),
        (b"a", "unicode_escape", "a"),
        (b"a", "\0", "a"),
        (b"a", "x" * 1_000, "a"),
    ],
)
def test_pages_are_decoded_as_they_say(body: bytes, charset: str, text: str) -> None:
    assert charsets.decode(body, charset).removeprefix("\ufeff") == text.removeprefix("\ufeff")
