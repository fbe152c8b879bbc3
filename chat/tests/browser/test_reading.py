"""What a reader does: open long messages, print, follow permalinks."""

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.layout import box_of
from chat.tests.browser.long_messages import PASTE, TOP, height
from chat.tests.browser.modules import call_function
from chat.tests.browser.room_page import (
    AFTER_PAINT,
    NewPage,
    message,
    open_room,
    post_many,
    rendered_seqs,
    room_url,
    send_message,
)
from chat.tests.browser.socket_person import socket_person
from chat.tests.support.servers import Server

# --- Long messages ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "is_folded"),
    [
        (PASTE, True),
        ("\n".join("x" * 20), False),
        ("\n".join("x" * 21), True),
        (f"```\n{PASTE}\n```", True),
        (f"```\n{'x = 1; ' * 900}\n```", False),  # one line, which scrolls
        ("word " * 300, False),
        ("word " * 500, True),
        ("\n\n".join("x" * 13), False),  # paragraphs are closer than lines
        ("\n\n".join("x" * 21), True),
        ("- item\n" * 30, True),
        ("short", False),
    ],
)
def test_long_texts_fold(modules_page: Page, text: str, is_folded: bool) -> None:
    assert call_function(modules_page, "messages/folds.js", "isLong", text) is is_folded


def test_a_long_paste_folds_at_once_and_opens_where_the_reader_is(
    alice: Page, server: Server, room: str
) -> None:
    post_many(server, room, 40)
    expect(message(alice, "message 40")).to_be_visible()
    send_message(alice, PASTE)
    toggle = alice.get_by_role("button", name="Show more")
    expect(alice.locator(".message:not(.is-pending)")).to_have_count(41)
    expect(toggle).to_have_attribute("aria-expanded", "false")
    text = alice.locator(".message-text").last
    expect(alice.get_by_text("line 12 of a log")).to_be_visible()
    assert "line 13" not in text.inner_text()
    folded, top = height(text), text.evaluate(TOP)
    toggle.click()
    opened = alice.get_by_role("button", name="Show less")
    expect(opened).to_have_attribute("aria-expanded", "true")
    assert height(text) > 2 * folded
    assert text.evaluate(TOP) == pytest.approx(top, abs=1)
    assert text.inner_text() == PASTE
    alice.keyboard.press("Enter")
    expect(toggle).to_be_focused()
    assert height(text) == folded
    assert text.evaluate(TOP) == pytest.approx(top, abs=1)
    alice.keyboard.press("Enter")
    opened.scroll_into_view_if_needed()
    bottom = opened.evaluate(TOP)
    alice.keyboard.press("Enter")
    expect(toggle).to_be_in_viewport()
    assert toggle.evaluate(TOP) == pytest.approx(bottom, abs=1)


@pytest.mark.parametrize(
    ("text", "shown", "hidden"),
    [
        (PASTE, "line 12 ", "line 13 "),
        (f"```\n{PASTE}\n```", "line 12 ", "line 13 "),
        (f"**log**\n{PASTE}", "line 11 ", "line 12 "),
        ("\n".join(f"- item {number}." for number in range(1, 31)), "item 12.", "item 13."),
        ("\n\n".join(f"_number {number}._" for number in range(1, 31)), "number 12.", "number 13."),
        (" ".join(f"word{number}." for number in range(400)), "word100.", "word399."),
        (" ".join(f"_word{number}._" for number in range(400)), "word100.", "word399."),
        (f"short\n```\n{PASTE}\n```\nend", "line 11 ", "end"),
    ],
    ids=["plain", "code", "lines", "list", "paragraphs", "words", "formatted", "mixed"],
)
def test_the_first_lines_of_a_long_message_are_shown(
    alice: Page, server: Server, room: str, text: str, shown: str, hidden: str
) -> None:
    with socket_person(server, room) as bob:
        bob.post(text)
    toggle = alice.get_by_role("button", name="Show more")
    expect(toggle).to_be_visible()
    found = alice.locator(".message-text").inner_text()
    assert shown in found
    assert hidden not in found
    toggle.click()
    expect(alice.locator(".fold-rest")).to_have_count(0)
    assert hidden in alice.locator(".message-text").inner_text()


def test_what_a_reader_has_opened_stays_open_when_the_message_changes(
    alice: Page, server: Server, room: str
) -> None:
    with socket_person(server, room) as bob:
        seq = bob.post(PASTE)
        alice.get_by_role("button", name="Show more").click()
        bob.edit(seq, f"{PASTE}!")
        expect(alice.locator(".message-text")).to_contain_text("log!")
        bob.react(seq, "👍")
        expect(alice.locator(".reaction")).to_have_count(1)
        expect(alice.get_by_role("button", name="Show less")).to_be_visible()
        bob.edit(seq, "short")
        expect(alice.locator(".message-text")).to_contain_text("short")
        expect(alice.locator(".fold-toggle")).to_have_count(0)
        bob.edit(seq, PASTE)
        expect(alice.get_by_role("button", name="Show more")).to_be_visible()


def test_a_permalink_opens_a_folded_message(alice: Page, server: Server, room: str) -> None:
    with socket_person(server, room) as bob:
        bob.post(PASTE)
        bob.post("see above", reply_to=1)
    alice.locator(".quote").click()
    expect(alice.get_by_role("button", name="Show less")).to_be_visible()


def test_a_text_that_the_browser_finds_in_a_fold_is_shown(
    alice: Page, server: Server, room: str
) -> None:
    with socket_person(server, room) as bob:
        bob.post(PASTE)
        bob.post(f"{PASTE}\n**needle**\nend")
    needle = alice.locator(".message-text strong")
    expect(needle).to_have_count(1)
    assert not needle.is_visible()
    needle.evaluate("node => { node.id = 'needle'; location.hash = 'needle'; }")
    expect(needle).to_be_in_viewport()
    expect(alice.get_by_role("button", name="Show less")).to_have_count(1)
    expect(alice.get_by_role("button", name="Show more")).to_have_count(1)


# --- Printing -----------------------------------------------------------------------------------

# As the stylesheet says, or with the attribute put in.
PRINTED_ADDRESS = ('" (" attr(data-printed) ")"', '" (https://docs.example.com/a)"')


def test_a_print_has_the_whole_conversation_and_nothing_else(
    new_page: NewPage, server: Server, room: str
) -> None:
    page = new_page("Alice", color_scheme="dark", locale="en-GB")
    post_many(server, room, 260)
    with socket_person(server, room) as bob:
        bob.post(f"{PASTE}\n[docs](https://docs.example.com/a) https://example.com/b")
        bob.post(f"```\n{'wide ' * 200}\n```")
    open_room(page, server, room)
    page.wait_for_load_state("networkidle")
    page.wait_for_function(
        """() => {
          document.querySelector("#chat-log").scrollTop = 0;
          return document.querySelector('[data-seq="1"]') !== null;
        }"""
    )
    before = rendered_seqs(page)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    printed = rendered_seqs(page)
    assert printed == list(range(1, 263))
    assert len(before) == 200
    for part in (
        "nav",
        "aside",
        ".composer",
        ".room-header button:not(.room-title *)",
        ".fold-toggle",
        ".copy-code",
    ):
        assert page.locator(part).evaluate_all(
            "nodes => nodes.every((it) => !it.checkVisibility())"
        )
    heights = page.evaluate(
        "[document.body.scrollHeight, document.querySelector('.messages').scrollHeight]"
    )
    assert heights[0] >= heights[1] > 5_000
    text = page.locator(".message-text").nth(-2)
    assert height(text) > 34 * 20
    after = "node => getComputedStyle(node, '::after').content"
    links = text.locator("a")
    expect(links.nth(0)).to_have_attribute("data-printed", "https://docs.example.com/a")
    assert links.nth(0).evaluate(after) in PRINTED_ADDRESS
    assert links.nth(1).evaluate(after) == "none"
    code = page.locator("pre")
    assert code.evaluate("node => node.scrollWidth <= node.clientWidth")
    assert page.locator(".day-divider").first.get_attribute("data-printed")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.evaluate(AFTER_PAINT)
    assert rendered_seqs(page) == before
    assert page.evaluate("document.querySelector('#chat-log').scrollTop") == 0


# --- Permalinks ---------------------------------------------------------------------------------


def test_a_missing_permalink_shows_the_end_and_a_note_beside_the_jump_button(
    alice: Page, server: Server, room: str
) -> None:
    post_many(server, room, 120)
    alice.goto("about:blank")
    alice.goto(f"{room_url(server, room)}#9999")
    expect(alice.locator("[data-toast]")).to_have_text("There is no such message in this room.")
    expect(message(alice, "message 120")).to_be_in_viewport()
    expect(alice.locator("[data-jump]")).to_be_hidden()
    alice.evaluate("document.querySelector('#chat-log').scrollTop = 0")
    expect(alice.locator("[data-jump]")).to_be_visible()
    toast, jump = (box_of(alice.locator(it)) for it in ("[data-toast]", "[data-jump]"))
    assert toast["y"] + toast["height"] <= jump["y"]
