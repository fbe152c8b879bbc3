"""A right-to-left name in a sentence is isolated: in pages, titles and announcements."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.modules import call_function
from chat.tests.browser.room_page import NewPage, enter_room, message, send_message
from chat.tests.support.servers import Server

SHALOM, SALAM = "שלום", "سلام"
ISOLATED = f"\u2068{SHALOM}\u2069"

SENTENCES: dict[str, tuple[list[Any], str]] = {
    "a name": (["%(name)s: hi", {"name": SHALOM}], f"{ISOLATED}: hi"),
    "names": (
        ["%(names)s are typing…", {"names": ["Alice", SHALOM, SALAM]}],
        f"Alice, {ISOLATED}, and \u2068{SALAM}\u2069 are typing…",
    ),
    "a left-to-right name": (["%(name)s: hi", {"name": "Alice"}], "Alice: hi"),
    "a text that ends isolates": (["%(text)s!", {"text": "a\u2069\u202eb"}], "\u2068ab\u2069!"),
}


@pytest.mark.parametrize(("arguments", "sentence"), SENTENCES.values(), ids=SENTENCES.keys())
def test_translated_sentences_isolate_their_values(
    modules_page: Page, arguments: list[Any], sentence: str
) -> None:
    assert call_function(modules_page, "lib/i18n.js", "gettext", *arguments) == sentence


def test_what_others_see_and_hear_of_a_right_to_left_name_is_isolated(
    server: Server, new_page: NewPage
) -> None:
    alice, bob = new_page("Alice"), new_page("Bob")
    enter_room(bob, server, "Bob", SHALOM)
    enter_room(alice, server, SHALOM, SHALOM)
    expect(bob).to_have_title(f"{ISOLATED} · Lobby")
    send_message(alice, "hi")
    expect(bob.locator("[data-announcer]")).to_contain_text(f"{ISOLATED}: hi")
    alice.locator("#chat-message-input").press_sequentially("hm")
    expect(bob.locator("[data-typing]")).to_have_text(f"{ISOLATED} is typing…")
    message(bob, "hi").focus()
    bob.keyboard.press("r")
    expect(bob.locator("[data-composer-banner-text] bdi").first).to_have_text(SHALOM)
    send_message(bob, "hello")
    expect(bob.locator(".quote")).to_have_attribute("aria-label", re.compile(ISOLATED))
    row = bob.locator(".people-row", has_text=SHALOM)
    expect(row.locator(".people-name")).to_have_css("unicode-bidi", "plaintext")
