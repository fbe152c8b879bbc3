"""Sending, receiving and history in a room, with several people and browsers."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from chat.tests.browser.room_page import (
    AFTER_PAINT,
    Enter,
    NewPage,
    another_tab,
    enter_room,
    expect_confirmed,
    go_offline,
    go_online,
    keep_room,
    message_texts,
    open_room,
    post_many,
    rendered_seqs,
    room_url,
    scroll_until,
    send_message,
)
from chat.tests.support.bulk_messages import bulk_message_sql
from chat.tests.support.servers import Server, serving

RECONNECT_TIMEOUT_MS = 60_000  # backoff.js waits up to 45 s

FIRST_VISIBLE = """log => {
  const edge = log.getBoundingClientRect().top;
  const isBelow = (node) => node.getBoundingClientRect().top >= edge;
  const node = [...log.querySelectorAll(".message")].find(isBelow);
  const { bottom } = node.querySelector(".message-text").getBoundingClientRect();
  return { seq: node.dataset.seq, bottom };
}"""


def test_messages_reach_everyone_in_the_room_and_nobody_elsewhere(enter: Enter, room: str) -> None:
    alice, bob, carol = enter("Alice"), enter("Bob"), enter("Carol", f"{room} 2")
    send_message(alice, "Hello Bob")
    for page in (alice, bob):
        message = page.locator("#chat-log .message")
        expect(message).to_have_count(1)
        expect(message).to_contain_text("Alice")
        expect(message).to_contain_text("Hello Bob")
        expect(page.locator(".is-pending")).to_have_count(0)
    send_message(bob, "Hello Alice")
    for page in (alice, bob):
        expect(page.locator("#chat-log .message-text")).to_have_text(["Hello Bob", "Hello Alice"])
    assert message_texts(carol) == []


def test_enter_in_either_field_opens_the_room(server: Server, new_page: NewPage, room: str) -> None:
    page = new_page("Alice")
    page.goto(f"{server.url}/chat/")
    assert len(page.get_by_label("Your name").input_value().split()) == 2
    page.locator("#room-name-input").fill(room)
    page.get_by_label("Your name").press("Enter")
    page.wait_for_url(f"**/chat/{quote(room)}/")
    page.goto(server.url)
    page.locator("#room-name-input").fill(room)
    page.locator("#room-name-input").press("Enter")
    page.wait_for_url(f"**/chat/{quote(room)}/")


def test_the_index_lists_recent_rooms(server: Server, new_page: NewPage, room: str) -> None:
    page = new_page("Alice")
    for name in (f"{room} a", f"{room} b"):
        enter_room(page, server, "Alice", name)
        keep_room(page)
    page.goto(server.url)
    names = page.get_by_role("navigation").locator(".rooms-name")
    expect(names).to_have_text([f"{room} b", f"{room} a"])
    names.first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{room} b")


def test_an_invalid_room_name_is_refused_with_an_explanation(
    server: Server, new_page: NewPage
) -> None:
    page = new_page("Alice")
    page.goto(server.url)
    page.locator("#room-name-input").fill("a/b")
    with page.expect_response(lambda response: response.status == 422):
        page.locator("#room-name-submit").click()
    expect(page.get_by_text("1 to 64 characters")).to_be_visible()


def test_shift_enter_starts_a_new_line_and_the_button_sends(enter: Enter) -> None:
    page = enter("Alice")
    composer = page.locator("#chat-message-input")
    composer.press_sequentially("one")
    composer.press("Shift+Enter")
    composer.press_sequentially("two <b>&amp;")
    page.locator("#chat-message-submit").click()
    expect(page.locator(".message-text")).to_have_text(["one\ntwo <b>&amp;"])
    expect(composer).to_have_value("")
    expect(composer).to_be_focused()


def test_a_sent_message_is_shown_as_pending_until_it_is_confirmed(
    enter: Enter, server: Server
) -> None:
    page = enter("Alice")
    send_message(page, "first")
    expect(page.locator(".message:not(.is-pending)")).to_have_count(1)
    server.pause()
    try:
        send_message(page, "second")
        expect(page.locator(".is-pending")).to_have_text(re.compile("second"))
    finally:
        server.resume()
    expect(page.locator(".is-pending")).to_have_count(0)
    assert message_texts(page) == ["first", "second"]


def test_messages_written_without_a_server_are_sent_when_it_returns(
    enter: Enter, server: Server
) -> None:
    alice, bob = enter("Alice"), enter("Bob")
    send_message(alice, "before")
    expect(bob.locator(".message-text")).to_have_text(["before"])
    server.kill()
    expect(alice.get_by_role("status")).to_contain_text("Connection lost")
    send_message(alice, "while it was stopped")
    send_message(bob, "me too")
    expect(alice.locator(".is-pending")).to_have_count(1)
    server.start()
    for page in (alice, bob):
        expect(page.get_by_role("status")).to_be_empty(timeout=RECONNECT_TIMEOUT_MS)
        expect(page.locator(".message:not(.is-pending)")).to_have_count(3)
        assert sorted(message_texts(page)) == ["before", "me too", "while it was stopped"]
    assert message_texts(alice) == message_texts(bob)


def test_pending_messages_survive_a_reload_and_are_sent_once_in_order(enter: Enter) -> None:
    alice, bob = enter("Alice"), enter("Bob")
    go_offline(alice)
    for text in ("one", "two", "three"):
        send_message(alice, text)
    expect(alice.get_by_text("Waiting for a connection")).to_have_count(3)
    expect(alice.get_by_role("status")).to_contain_text("You are offline")
    alice.context.set_offline(False)
    alice.reload()
    for page in (alice, bob):
        expect_confirmed(page, ["one", "two", "three"])
    alice.reload()
    expect(alice.locator(".message-text")).to_have_text(["one", "two", "three"])


def test_a_message_stored_after_its_page_closed_is_not_left_pending(
    enter: Enter, server: Server, room: str
) -> None:
    page = enter("Alice")
    server.pause()
    send_message(page, "sent, and gone before the answer")
    page.evaluate("window.stop()")
    page.goto("about:blank")
    server.resume()
    for _ in range(2):
        open_room(page, server, room)
        expect(page.locator(".message:not(.is-pending)")).to_have_count(1)
        expect(page.locator(".is-pending")).to_have_count(0)


def test_two_tabs_of_one_person_show_the_same_messages(enter: Enter, server: Server) -> None:
    one = enter("Alice")
    other = another_tab(one)
    send_message(one, "first")
    send_message(other, "second")
    for tab in (one, other):
        expect(tab.locator(".message:not(.is-pending)")).to_have_count(2)
    server.pause()
    try:
        send_message(one, "third")
        for tab in (one, other):
            expect(tab.locator(".is-pending .message-text")).to_have_text(["third"])
    finally:
        server.resume()
    for tab in (one, other):
        expect_confirmed(tab, ["first", "second", "third"])
        expect(tab.locator(".is-pending")).to_have_count(0)


def test_a_draft_survives_a_reload_until_it_is_sent(enter: Enter) -> None:
    page = enter("Alice")
    page.locator("#chat-message-input").fill("half a thought")
    page.reload()
    expect(page.locator("#chat-message-input")).to_have_value("half a thought")
    page.locator("#chat-message-input").press("Enter")
    expect(page.locator(".message:not(.is-pending)")).to_have_count(1)
    page.reload()
    expect(page.locator("#chat-message-input")).to_have_value("")


def test_a_refused_message_says_why_and_can_be_edited_or_discarded(enter: Enter) -> None:
    page = enter("Alice")
    send_message(page, "fine")
    nul = "document.querySelector('#chat-message-input').value = 'a\\0b'"
    page.evaluate(nul)
    page.locator("#chat-message-submit").click()
    refused = page.locator(".is-refused")
    expect(refused).to_contain_text("Not sent. The text has a character that cannot be saved.")
    page.reload()
    expect(refused).to_contain_text("Not sent. The text has a character that cannot be saved.")
    expect(refused.get_by_role("button")).to_have_text(["Edit", "Discard"])
    send_message(page, "and goes on")
    expect(page.locator(".message:not(.is-refused):not(.is-pending)")).to_have_count(2)
    refused.get_by_role("button", name="Discard").click()
    expect(refused).to_have_count(0)
    page.reload()
    expect(page.locator(".message-text")).to_have_text(["fine", "and goes on"])


def test_after_a_long_absence_the_timeline_starts_over_without_a_gap(
    server: Server, new_page: NewPage, room: str
) -> None:
    post_many(server, room, 20)
    page = new_page("Alice")
    open_room(page, server, room)
    go_offline(page)
    post_many(server, room, 540)
    go_online(page)
    expect(page.locator(".message-text").last).to_have_text("message 540")
    first, *_, last = rendered_seqs(page)
    assert last == 560
    page.locator("#chat-log").evaluate("log => { log.scrollTop = 0 }")
    expect(page.locator(f'[data-seq="{first - 1}"]')).to_be_attached()


def test_scrolling_up_loads_the_whole_history_without_a_jump(
    server: Server, new_page: NewPage, room: str
) -> None:
    post_many(server, room, 170)
    page = new_page("Alice")
    page.goto(room_url(server, room))
    expect(page.locator(".message-text").last).to_have_text("message 170")
    expect(page.locator(".message-text").last).to_be_in_viewport()
    assert len(message_texts(page)) == 50
    log = page.locator("#chat-log")
    for _ in range(40):
        first = log.evaluate(FIRST_VISIBLE)
        scrolled = log.evaluate(
            "log => { const was = log.scrollTop; log.scrollTop -= 150;"
            " return was - log.scrollTop; }"
        )
        page.wait_for_timeout(60)
        bottom = page.locator(f'[data-seq="{first["seq"]}"] .message-text').evaluate(
            "(node) => node.getBoundingClientRect().bottom"
        )
        assert abs(bottom - first["bottom"] - scrolled) <= 2
    log.evaluate("log => { log.scrollTop = 0 }")
    expect(page.locator(".message-text").first).to_have_text("message 1")
    expect(page.get_by_text("This is the beginning of the room.")).to_be_visible()
    assert message_texts(page) == [f"message {number}" for number in range(1, 171)]
    send_message(page, "at the end")
    expect(page.locator(".message-text").last).to_be_in_viewport()


def test_messages_far_from_the_view_leave_the_document(
    enter: Enter, server: Server, room: str
) -> None:
    alice = enter("Alice")
    alice.goto("about:blank")
    with closing(sqlite3.connect(server.data_dir / "lobby.sqlite3", timeout=10)) as file, file:
        for statement in bulk_message_sql("sqlite", room, 10_000):
            file.execute(statement)
    alice.goto(room_url(server, room))
    expect(alice.get_by_text("10000 of the past")).to_be_in_viewport()
    for number in range(9_900, 9_000, -100):
        scroll_until(alice, "200", f"{number} of the past")
        assert len(rendered_seqs(alice)) <= 250
    assert rendered_seqs(alice)[-1] < 10_000
    scroll_until(alice, "log.scrollHeight - log.clientHeight - 200", "10000 of the past")
    assert len(rendered_seqs(alice)) <= 250


def test_posting_while_far_back_jumps_to_the_end(enter: Enter, server: Server, room: str) -> None:
    post_many(server, room, 300)
    alice, bob = enter("Alice"), enter("Bob")
    scroll_until(alice, "0", "message 1")
    assert rendered_seqs(alice)[-1] < 300
    send_message(bob, "posted meanwhile")
    expect(alice.locator("[data-jump]")).to_have_text("1 new")
    assert rendered_seqs(alice)[-1] < 300
    send_message(alice, "I am back")
    expect(alice.locator(".message").last).to_contain_text("I am back")
    expect(alice.locator(".message").last).to_be_in_viewport()
    expect(alice.get_by_text("posted meanwhile", exact=True)).to_be_visible()
    expect(alice.locator(".is-pending")).to_have_count(0)
    assert rendered_seqs(alice)[-1] == 302


def test_the_scroll_position_is_kept_when_messages_arrive(
    server: Server, new_page: NewPage, room: str
) -> None:
    post_many(server, room, 60)
    page = new_page("Alice")
    page.goto(room_url(server, room))
    expect(page.locator(".message-text").last).to_be_in_viewport()
    page.locator("#chat-log").evaluate("log => { log.scrollTop = log.scrollHeight / 2 }")
    page.evaluate(AFTER_PAINT)
    before = page.locator("#chat-log").evaluate(FIRST_VISIBLE)
    post_many(server, room, 3)
    jump = page.get_by_role("button", name="3 new")
    expect(jump).to_be_visible()
    assert page.locator("#chat-log").evaluate(FIRST_VISIBLE) == before
    jump.click()
    expect(page.locator(".message-text").last).to_be_in_viewport()
    expect(page.locator("[data-jump]")).to_be_hidden()


def test_changing_a_name_updates_the_timeline_of_everyone(
    server: Server, new_page: NewPage, room: str
) -> None:
    alice, bob = new_page("Alice"), new_page("Bob")
    open_room(alice, server, room)
    enter_room(bob, server, "Bob", room)
    send_message(alice, "who am I?")
    expect(bob.locator(".message")).to_have_count(1)
    alice.get_by_title("Change your name").click()
    alice.get_by_label("Your name").fill("Alicia")
    alice.get_by_role("button", name="Save").click()
    expect(alice.locator("[data-my-name]")).to_have_text("Alicia")
    send_message(alice, "that is better")
    for page in (alice, bob):
        authors = page.locator(".message:not(.is-topic) .message-author")
        expect(authors).to_have_text(["Alicia", "Alicia"])
    alice.reload()
    expect(alice.locator("[data-my-name]")).to_have_text("Alicia")


def test_a_text_that_is_too_long_stays_in_the_composer(enter: Enter) -> None:
    page = enter("Alice")
    send_message(page, "x" * 8_001)
    expect(page.get_by_role("alert").filter(has_text="8,001")).to_be_visible()
    expect(page.locator("#chat-message-input")).to_have_value("x" * 8_001)
    assert message_texts(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1440])
def test_long_content_does_not_overflow_the_page(
    server: Server, new_page: NewPage, room: str, width: int, scheme: str
) -> None:
    page = new_page("Alice", viewport={"width": width, "height": 800}, color_scheme=scheme)
    enter_room(page, server, "A very long name for somebody, isn't it", room)
    send_message(page, "x" * 500)
    expect(page.locator(".message:not(.is-pending)")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    log = page.locator("#chat-log")
    assert log.evaluate("log => log.scrollWidth <= log.clientWidth")


def test_messages_beyond_the_rate_limit_are_sent_later(
    new_page: NewPage, room: str, tmp_path: Path
) -> None:
    with serving("daphne", tmp_path, RATES="on", MESSAGE_RATE="2/4s") as slow:
        page = new_page("Alice")
        enter_room(page, slow, "Alice", room)
        slow.pause()  # a slow browser would stay below the rate
        for number in range(1, 5):
            send_message(page, f"message {number}")
        slow.resume()
        expect(page.locator(".message-note").first).to_contain_text("Not sent yet")
        expect_confirmed(page, [f"message {number}" for number in range(1, 5)])
        expect(page.locator(".message-note")).to_have_count(0)
