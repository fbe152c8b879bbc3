"""Texts in every script: their language, line heights and slopes."""

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.modules import call_function
from chat.tests.browser.room_page import NewPage, message, open_room, send_message
from chat.tests.browser.socket_person import socket_person
from chat.tests.support.servers import Server

ZALGO = "Z" + "\u0337\u0327\u031b\u030e\u0301\u0316\u0324" * 12 + "o"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", ""),
        ("Tea at four 🎉 — “really”", ""),
        ("Чай в четыре", ""),
        ("Τσάι στις τέσσερις", ""),
        ("お茶は四時です", "ja"),
        ("日本語の文章、漢字多用文", "ja"),
        ("カタカナ", "ja"),
        ("네, 알겠습니다", "ko"),
        ("大韓民國의 會議", "ko"),
        ("今天的会议改到三点，请大家准时参加", "zh-Hans"),
        ("今天的會議改到三點，請大家準時參加", "zh-Hant"),
        ("骨直令", "zh-Hans"),  # the same in all; of a reader of none
        ("สวัสดีครับ", "th"),
        ("שלום לכולם", "he"),
        ("مرحبا بالجميع", "und-Arab"),  # Arabic, Persian, Urdu …
        ("नमस्ते", "und-Deva"),  # Hindi, Marathi, Nepali …
        ("The word 茶 means tea", ""),
        ("我用 Python 写程序", "zh-Hans"),
        ("https://example.com/茶", ""),
    ],
)
def test_the_letters_of_a_text_tell_its_language(
    modules_page: Page, text: str, language: str
) -> None:
    assert call_function(modules_page, "lib/text_language.js", "textLanguage", text) == language


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("ja-JP", "ja"),
        ("zh-TW", "zh-Hant"),
        ("zh-CN", "zh-Hans"),
        ("ko-KR", "ko"),
        ("de", "zh-Hans"),
    ],
)
def test_characters_of_all_han_languages_are_taken_for_the_readers(
    server: Server, new_page: NewPage, room: str, locale: str, language: str
) -> None:
    page = open_room(new_page("Alice", locale=locale), server, room)
    send_message(page, "骨直令")
    expect(page.locator(".message-text")).to_have_attribute("lang", language)


def styles(page: Page, text: str) -> list[str]:
    """The slope and weight of the emphasis in a message."""
    emphasis = message(page, text).locator("em")
    script = "it => [getComputedStyle(it).fontStyle, getComputedStyle(it).fontWeight]"
    return list(emphasis.evaluate(script))


def test_letters_without_italics_are_emphasised_by_weight(alice: Page) -> None:
    for text in ("_très_ bien", "_รายการ_ ของเรา", "שלום _לכולם_", "お茶は *Assam* です、四時に"):
        send_message(alice, text)
    expect(alice.locator(".message em")).to_have_count(4)
    assert styles(alice, "bien") == ["italic", "400"]
    assert styles(alice, "ของเรา") == ["normal", "600"]
    assert styles(alice, "שלום") == ["normal", "600"]
    assert styles(alice, "お茶は") == ["italic", "400"]  # the emphasis is in Latin letters


def test_scripts_with_tall_letters_have_taller_lines(alice: Page) -> None:
    for text in ("plain", "ที่นี่ ปู่ กั๊ก", "नमस्ते द्वितीय", "مرحبا بالجميع"):
        send_message(alice, text)
    expect(alice.locator(".message:not(.is-pending)")).to_have_count(4)
    heights = alice.locator(".message-text").evaluate_all("all => all.map(it => it.clientHeight)")
    assert heights == [24, 28, 28, 28]


def test_piles_of_marks_cover_no_other_message(alice: Page, server: Server, room: str) -> None:
    with socket_person(server, room) as bob:
        bob.post("above")
        above = message(alice, "above").locator(".message-text")
        expect(above).to_be_visible()
        before = above.screenshot()
        bob.post(ZALGO)
        expect(alice.locator(".message")).to_have_count(2)
        assert above.screenshot() == before
        bob.post(ZALGO, kind="action")
        expect(alice.locator(".message")).to_have_count(3)
        bob.post("below", kind="action")
        bob.post(ZALGO, kind="action")
        expect(alice.locator(".message")).to_have_count(5)
        assert above.screenshot() == before
