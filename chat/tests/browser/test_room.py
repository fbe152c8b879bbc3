"""Two people, real sockets, real browsers."""

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from chat.tests.support.bulk_messages import bulk_message_sql
from chat.tests.support.servers import Server

NewPerson = Callable[..., Page]

LONGEST_WAIT_MS = 60_000  # for a page that comes back by itself: backoff.js waits up to 45 s

# After what is under way has been laid out and painted.
SETTLED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def enter(page: Page, server: Server, name: str, room: str) -> None:
    page.goto(server.url)
    page.get_by_label("Your name").fill(name)
    page.locator("#room-name-input").fill(room)
    page.locator("#room-name-submit").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(room)
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "open")


def say(page: Page, text: str) -> None:
    page.locator("#chat-message-input").fill(text)
    page.locator("#chat-message-input").press("Enter")


def texts(page: Page) -> list[str]:
    return page.locator("#chat-log .message-text").all_text_contents()


def post_many(
    server: Server, room: str, count: int, first: str = "message 1", reply_to: int | None = None
) -> None:
    """A room with a past; its last message may answer another."""
    with connect(server.socket_url(room), subprotocols=[Subprotocol("chat.v1")]) as socket:
        socket.recv()
        for number in range(1, count + 1):
            send: dict[str, Any] = {"type": "message.send", "id": str(uuid4())}
            send["text"] = first if number == 1 else f"message {number}"
            if reply_to and number == count:
                send["reply_to"] = reply_to
            socket.send(json.dumps(send))
            socket.recv()


def test_two_people_talk_and_a_third_elsewhere_hears_nothing(
    server: Server, person: NewPerson, room: str
) -> None:
    alice, bob, carol = person("Alice"), person("Bob"), person("Carol")
    enter(alice, server, "Alice", room)
    enter(bob, server, "Bob", room)
    enter(carol, server, "Carol", f"{room} 2")
    say(alice, "Hello Bob")
    for page in (alice, bob):
        message = page.locator("#chat-log .message")
        expect(message).to_have_count(1)
        expect(message).to_contain_text("Alice")
        expect(message).to_contain_text("Hello Bob")
        expect(page.locator(".is-pending")).to_have_count(0)
    say(bob, "Hello Alice")
    for page in (alice, bob):
        expect(page.locator("#chat-log .message-text")).to_have_text(["Hello Bob", "Hello Alice"])
    assert texts(carol) == []


def test_enter_in_either_field_goes(server: Server, person: NewPerson, room: str) -> None:
    page = person("Alice")
    page.goto(f"{server.url}/chat/")
    assert len(page.get_by_label("Your name").input_value().split()) == 2
    page.locator("#room-name-input").fill(room)
    page.get_by_label("Your name").press("Enter")
    page.wait_for_url(f"**/chat/{quote(room)}/")
    page.goto(server.url)
    page.locator("#room-name-input").fill(room)
    page.locator("#room-name-input").press("Enter")
    page.wait_for_url(f"**/chat/{quote(room)}/")


def test_the_index_lists_where_i_was(server: Server, person: NewPerson, room: str) -> None:
    page = person("Alice")
    enter(page, server, "Alice", f"{room} a")
    enter(page, server, "Alice", f"{room} b")
    page.goto(server.url)
    names = page.get_by_role("navigation").locator(".rooms-name")
    expect(names).to_have_text([f"{room} b", f"{room} a"])
    names.first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{room} b")


def test_a_room_name_that_is_none_is_refused_with_a_word(server: Server, person: NewPerson) -> None:
    page = person("Alice")
    page.goto(server.url)
    page.locator("#room-name-input").fill("a/b")
    with page.expect_response(lambda response: response.status == 422):
        page.locator("#room-name-submit").click()
    expect(page.get_by_text("1 to 64 characters")).to_be_visible()


def test_shift_enter_starts_a_new_line_and_the_button_sends(
    server: Server, person: NewPerson, room: str
) -> None:
    page = person("Alice")
    enter(page, server, "Alice", room)
    composer = page.locator("#chat-message-input")
    composer.press_sequentially("one")
    composer.press("Shift+Enter")
    composer.press_sequentially("two <b>&amp;")
    page.locator("#chat-message-submit").click()
    expect(page.locator(".message-text")).to_have_text(["one\ntwo <b>&amp;"])
    expect(composer).to_have_value("")
    expect(composer).to_be_focused()


def test_my_line_stands_there_at_once_and_is_confirmed_later(
    server: Server, person: NewPerson, room: str
) -> None:
    page = person("Alice")
    enter(page, server, "Alice", room)
    say(page, "first")
    expect(page.locator(".message:not(.is-pending)")).to_have_count(1)
    server.pause()
    try:
        say(page, "second")
        expect(page.locator(".is-pending")).to_have_text(re.compile("second"))
    finally:
        server.resume()
    expect(page.locator(".is-pending")).to_have_count(0)
    assert texts(page) == ["first", "second"]


def test_what_is_written_while_the_server_is_away_arrives_once_it_is_back(
    server: Server, person: NewPerson, room: str
) -> None:
    alice, bob = person("Alice"), person("Bob")
    enter(alice, server, "Alice", room)
    enter(bob, server, "Bob", room)
    say(alice, "before")
    expect(bob.locator(".message-text")).to_have_text(["before"])
    server.kill()
    expect(alice.get_by_role("status")).to_contain_text("Connection lost")
    say(alice, "while it was away")
    say(bob, "and I")
    expect(alice.locator(".is-pending")).to_have_count(1)
    server.start()
    for page in (alice, bob):
        expect(page.get_by_role("status")).to_be_empty(timeout=LONGEST_WAIT_MS)
        expect(page.locator(".message:not(.is-pending)")).to_have_count(3)
        assert sorted(texts(page)) == ["and I", "before", "while it was away"]
    assert texts(alice) == texts(bob)


def test_what_waits_survives_a_reload_and_is_sent_once_in_the_order_written(
    server: Server, person: NewPerson, room: str
) -> None:
    alice, bob = person("Alice"), person("Bob")
    enter(alice, server, "Alice", room)
    enter(bob, server, "Bob", room)
    alice.context.set_offline(True)
    alice.evaluate("dispatchEvent(new Event('offline'))")
    for text in ("one", "two", "three"):
        say(alice, text)
    expect(alice.get_by_text("Waiting for a connection")).to_have_count(3)
    expect(alice.get_by_role("status")).to_contain_text("You are offline")
    alice.context.set_offline(False)
    alice.reload()
    for page in (alice, bob):
        expect(page.locator(".message:not(.is-pending) .message-text")).to_have_text(
            ["one", "two", "three"]
        )
    alice.reload()
    expect(alice.locator(".message-text")).to_have_text(["one", "two", "three"])


def test_a_line_stored_while_its_page_was_gone_is_not_left_waiting(
    server: Server, person: NewPerson, room: str
) -> None:
    page = person("Alice")
    enter(page, server, "Alice", room)
    server.pause()
    say(page, "sent, and gone before the answer")
    page.evaluate("window.stop()")
    page.goto("about:blank")
    server.resume()
    for _ in range(2):
        page.goto(f"{server.url}/chat/{quote(room)}/")
        expect(page.locator("[data-status]")).to_have_attribute("data-state", "open")
        expect(page.locator(".message:not(.is-pending)")).to_have_count(1)
        expect(page.locator(".is-pending")).to_have_count(0)


def test_two_tabs_of_one_person_agree(server: Server, person: NewPerson, room: str) -> None:
    one = person("Alice")
    enter(one, server, "Alice", room)
    other = one.context.new_page()
    other.goto(one.url)
    expect(other.locator("[data-status]")).to_have_attribute("data-state", "open")
    say(one, "first")
    say(other, "second")
    for tab in (one, other):
        expect(tab.locator(".message:not(.is-pending)")).to_have_count(2)
    server.pause()
    try:
        say(one, "third")
        for tab in (one, other):
            expect(tab.locator(".is-pending .message-text")).to_have_text(["third"])
    finally:
        server.resume()
    for tab in (one, other):
        expect(tab.locator(".message:not(.is-pending) .message-text")).to_have_text(
            ["first", "second", "third"]
        )
        expect(tab.locator(".is-pending")).to_have_count(0)


def test_a_draft_survives_a_reload_and_goes_when_it_is_sent(
    server: Server, person: NewPerson, room: str
) -> None:
    page = person("Alice")
    enter(page, server, "Alice", room)
    page.locator("#chat-message-input").fill("half a thought")
    page.reload()
    expect(page.locator("#chat-message-input")).to_have_value("half a thought")
    page.locator("#chat-message-input").press("Enter")
    expect(page.locator(".message:not(.is-pending)")).to_have_count(1)
    page.reload()
    expect(page.locator("#chat-message-input")).to_have_value("")


def test_a_refused_line_says_why_and_can_be_retried_or_discarded(
    server: Server, person: NewPerson, room: str
) -> None:
    page = person("Alice")
    enter(page, server, "Alice", room)
    say(page, "fine")
    nul = "document.querySelector('#chat-message-input').value = 'a\\0b'"
    page.evaluate(nul)
    page.locator("#chat-message-submit").click()
    refused = page.locator(".is-refused")
    expect(refused).to_contain_text("Not sent. A message cannot contain NUL")
    page.reload()
    expect(refused).to_contain_text("Not sent. A message cannot contain NUL")
    refused.get_by_role("button", name="Try again").click()
    expect(refused).to_contain_text("Not sent. A message cannot contain NUL")
    say(page, "and goes on")
    expect(page.locator(".message:not(.is-refused):not(.is-pending)")).to_have_count(2)
    refused.get_by_role("button", name="Discard").click()
    expect(refused).to_have_count(0)
    page.reload()
    expect(page.locator(".message-text")).to_have_text(["fine", "and goes on"])


def test_who_was_away_for_long_starts_over_without_a_hole(
    server: Server, person: NewPerson, room: str
) -> None:
    post_many(server, room, 20)
    page = person("Alice")
    page.goto(f"{server.url}/chat/{quote(room)}/")
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "open")
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    post_many(server, room, 540)
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".message-text").last).to_have_text("message 540")
    first, *_, last = seqs(page)
    assert last == 560
    page.locator("#chat-log").evaluate("log => { log.scrollTop = 0 }")
    expect(page.locator(f'[data-seq="{first - 1}"]')).to_be_attached()


def test_history_is_there_after_a_reload_back_to_the_first_without_a_jump(
    server: Server, person: NewPerson, room: str
) -> None:
    post_many(server, room, 170)
    page = person("Alice")
    page.goto(f"{server.url}/chat/{quote(room)}/")
    expect(page.locator(".message-text").last).to_have_text("message 170")
    expect(page.locator(".message-text").last).to_be_in_viewport()
    assert len(texts(page)) == 50
    log = page.locator("#chat-log")
    for _ in range(40):
        place = log.evaluate(FIRST_VISIBLE)
        scrolled = log.evaluate(
            "log => { const was = log.scrollTop; log.scrollTop -= 150;"
            " return was - log.scrollTop; }"
        )
        page.wait_for_timeout(60)
        moved = page.locator(f'[data-seq="{place["seq"]}"] .message-text').evaluate(
            "(node) => node.getBoundingClientRect().bottom"
        )
        assert abs(moved - place["bottom"] - scrolled) <= 2
    log.evaluate("log => { log.scrollTop = 0 }")
    expect(page.locator(".message-text").first).to_have_text("message 1")
    expect(page.get_by_text("This is the beginning of the room.")).to_be_visible()
    assert texts(page) == [f"message {number}" for number in range(1, 171)]
    say(page, "back to now")
    expect(page.locator(".message-text").last).to_be_in_viewport()


FIRST_VISIBLE = """log => {
  const edge = log.getBoundingClientRect().top;
  const isBelow = (node) => node.getBoundingClientRect().top >= edge;
  const node = [...log.querySelectorAll(".message")].find(isBelow);
  const { bottom } = node.querySelector(".message-text").getBoundingClientRect();
  return { seq: node.dataset.seq, bottom };
}"""


def seqs(page: Page) -> list[int]:
    """Of the messages in the page, which has no hole and nothing out of order."""
    nodes = page.locator("#chat-log [data-seq]")
    found = nodes.evaluate_all("nodes => nodes.map((node) => Number(node.dataset.seq))")
    assert found == list(range(found[0], found[-1] + 1))
    return list(found)


def scroll_until(page: Page, top: str, text: str) -> None:
    """Scroll to `top`, and again as messages are brought in, until one of them says `text`."""
    page.wait_for_function(
        f"""(text) => {{
          const log = document.querySelector("#chat-log");
          log.scrollTop = {top};
          const says = (node) => node.textContent === text;
          return [...log.querySelectorAll(".message-text")].some(says);
        }}""",
        arg=text,
    )


def test_ten_thousand_messages_go_by_and_the_far_ones_leave_the_page(
    server: Server, person: NewPerson, room: str
) -> None:
    alice = person("Alice")
    enter(alice, server, "Alice", room)
    alice.goto("about:blank")
    with closing(sqlite3.connect(server.data_dir / "lobby.sqlite3", timeout=10)) as file, file:
        for statement in bulk_message_sql("sqlite", room, 10_000):
            file.execute(statement)
    alice.goto(f"{server.url}/chat/{quote(room)}/")
    expect(alice.get_by_text("10000 of the past")).to_be_in_viewport()
    for number in range(9_900, 9_000, -100):
        scroll_until(alice, "200", f"{number} of the past")
        assert len(seqs(alice)) <= 250
    assert seqs(alice)[-1] < 10_000
    scroll_until(alice, "log.scrollHeight - log.clientHeight - 200", "10000 of the past")
    assert len(seqs(alice)) <= 250


def test_who_is_far_back_comes_to_the_end_by_writing(
    server: Server, person: NewPerson, room: str
) -> None:
    post_many(server, room, 300)
    alice, bob = person("Alice"), person("Bob")
    enter(alice, server, "Alice", room)
    enter(bob, server, "Bob", room)
    scroll_until(alice, "0", "message 1")
    assert seqs(alice)[-1] < 300
    say(bob, "somebody is far away")
    expect(alice.locator("[data-jump]")).to_have_text("1 new")
    assert seqs(alice)[-1] < 300
    say(alice, "I am back")
    expect(alice.locator(".message").last).to_contain_text("I am back")
    expect(alice.locator(".message").last).to_be_in_viewport()
    expect(alice.get_by_text("somebody is far away")).to_be_visible()
    expect(alice.locator(".is-pending")).to_have_count(0)
    assert seqs(alice)[-1] == 302


def test_who_reads_further_up_stays_there_while_others_talk(
    server: Server, person: NewPerson, room: str
) -> None:
    post_many(server, room, 60)
    page = person("Alice")
    page.goto(f"{server.url}/chat/{quote(room)}/")
    expect(page.locator(".message-text").last).to_be_in_viewport()
    page.locator("#chat-log").evaluate("log => { log.scrollTop = log.scrollHeight / 2 }")
    page.evaluate(SETTLED)
    before = page.locator("#chat-log").evaluate(FIRST_VISIBLE)
    post_many(server, room, 3)
    jump = page.get_by_role("button", name="3 new")
    expect(jump).to_be_visible()
    assert page.locator("#chat-log").evaluate(FIRST_VISIBLE) == before
    jump.click()
    expect(page.locator(".message-text").last).to_be_in_viewport()
    expect(page.locator("[data-jump]")).to_be_hidden()


def test_a_name_is_changed_on_the_spot(server: Server, person: NewPerson, room: str) -> None:
    alice, bob = person("Alice"), person("Bob")
    alice.goto(f"{server.url}/chat/{quote(room)}/")
    expect(alice.locator("[data-status]")).to_have_attribute("data-state", "open")
    enter(bob, server, "Bob", room)
    say(alice, "who am I?")
    expect(bob.locator(".message")).to_have_count(1)
    alice.get_by_title("Change your name").click()
    alice.get_by_label("Your name").fill("Alicia")
    alice.get_by_role("button", name="Save").click()
    expect(alice.locator("[data-my-name]")).to_have_text("Alicia")
    say(alice, "that is better")
    for page in (alice, bob):
        expect(page.locator(".message-author")).to_have_text(["Alicia", "Alicia"])
    alice.reload()
    expect(alice.locator("[data-my-name]")).to_have_text("Alicia")


def test_a_text_that_is_too_long_stays_in_the_composer(
    server: Server, person: NewPerson, room: str
) -> None:
    page = person("Alice")
    enter(page, server, "Alice", room)
    say(page, "x" * 8_001)
    expect(page.get_by_role("alert").filter(has_text="8,001")).to_be_visible()
    expect(page.locator("#chat-message-input")).to_have_value("x" * 8_001)
    assert texts(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1440])
def test_nothing_runs_out_of_the_page(
    server: Server, person: NewPerson, room: str, width: int, scheme: str
) -> None:
    page = person("Alice", viewport={"width": width, "height": 800}, color_scheme=scheme)
    enter(page, server, "A very long name for somebody, isn't it", room)
    say(page, "x" * 500)
    expect(page.locator(".message:not(.is-pending)")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    log = page.locator("#chat-log")
    assert log.evaluate("log => log.scrollWidth <= log.clientWidth")
