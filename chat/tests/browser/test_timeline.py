"""Long timelines: the reader's place is kept, and nothing moves that nobody has moved."""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from chat.tests.browser.test_room import SETTLED, enter, post_many, scroll_until, seqs
from chat.tests.support.bulk_messages import bulk_message_sql
from chat.tests.support.servers import Server

NewPerson = Callable[..., Page]

LONG = "so long that it takes more lines in a narrow window than in a wide one, " * 3

# The first message in view, and how far under the upper edge it ends.
PLACE = """log => {
  const edge = log.getBoundingClientRect().top;
  const end = (node) => node.getBoundingClientRect().bottom - edge;
  const node = [...log.querySelectorAll(".message")].find((node) => end(node) > 1);
  return { seq: Number(node.dataset.seq), end: Math.round(end(node)) };
}"""


class Bob:
    """Somebody who talks over a socket of his own."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def send(self, kind: str, **fields: Any) -> None:
        frame = {"type": f"message.{kind}", "id": str(uuid4()), **fields}
        self.socket.send(json.dumps(frame))

    def say(self, text: str) -> None:
        self.send("send", text=text)


@pytest.fixture
def bob(server: Server, room: str) -> Iterator[Bob]:
    with connect(server.socket_url(room), subprotocols=[Subprotocol("chat.v1")]) as socket:
        yield Bob(socket)


def visit(page: Page, server: Server, room: str, last: str) -> None:
    page.goto(f"{server.url}/chat/{quote(room)}/")
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "open")
    expect(page.locator(".message-text").last).to_have_text(last)
    expect(page.locator(".message-text").last).to_be_in_viewport()


def place(page: Page) -> Any:
    page.evaluate(SETTLED)
    return page.locator("#chat-log").evaluate(PLACE)


def test_what_i_read_stays_where_it_is_whatever_changes_above_it(
    server: Server, person: NewPerson, room: str, bob: Bob
) -> None:
    for number in range(1, 51):
        bob.say(f"{LONG} {number}")
    page = person("Alice")
    visit(page, server, room, f"{LONG} 50")
    page.locator("#chat-log").evaluate("log => { log.scrollTop = log.scrollHeight / 2 }")
    mine = place(page)
    above = page.locator(".message[data-seq='5']")
    assert mine["seq"] > 10

    bob.send("edit", seq=5, text="many\nlines\nwhere\nthere\nwere\nfew")
    expect(above).to_contain_text("where")
    assert place(page) == mine
    bob.send("react", seq=5, emoji="🎉", on=True)
    expect(above.locator(".reaction")).to_be_visible()
    assert place(page) == mine
    bob.send("delete", seq=5)
    expect(above).to_contain_text("deleted")
    assert place(page) == mine
    above.evaluate("node => { node.style.paddingBlock = '99px' }")  # as whatever has no name here
    assert place(page) == mine

    heights = "nodes => nodes.map((node) => node.offsetHeight)"
    before = page.locator(".message").evaluate_all(heights)
    page.set_viewport_size({"width": 500, "height": 720})
    assert place(page) == mine
    assert page.locator(".message").evaluate_all(heights) != before


def test_large_messages_come_in_short_pages_back_to_the_first_and_so_do_their_quotes(
    server: Server, person: NewPerson, room: str, bob: Bob
) -> None:
    bob.say("the very first")
    for number in range(2, 31):
        bob.say(f"{number} " + "界" * 7_990)
    for number in range(14, 30):
        bob.send("send", text=f"answer to {number}", reply_to=number)
    page = person("Alice")
    visit(page, server, room, "answer to 29")
    for number in range(14, 30):
        answer = page.locator(f".message[data-seq='{number + 17}']")
        expect(answer.locator(".quote")).to_contain_text(f"{number} 界")
    scroll_until(page, "0", "the very first")
    assert seqs(page)[0] == 1


def test_the_end_stays_in_view_when_a_keyboard_opens_and_when_it_grows(
    server: Server, person: NewPerson, room: str, bob: Bob
) -> None:
    for number in range(1, 31):
        bob.say(f"message {number}")
    page = person("Alice", viewport={"width": 375, "height": 800})
    visit(page, server, room, "message 30")
    last = page.locator(".message").last
    left = "log => { return Math.round(log.scrollHeight - log.scrollTop - log.clientHeight) }"
    page.set_viewport_size({"width": 375, "height": 420})
    page.evaluate(SETTLED)
    assert page.locator("#chat-log").evaluate(left) == 0
    bob.send("react", seq=30, emoji="🎉", on=True)
    expect(last.locator(".reaction")).to_be_in_viewport()
    assert page.locator("#chat-log").evaluate(left) == 0
    page.locator("#chat-log").evaluate("log => { log.scrollTop -= 20 }")  # little, and meant
    mine = place(page)
    bob.say("somebody goes on")
    expect(page.locator("[data-jump]")).to_have_text("1 new")
    assert place(page) == mine


@pytest.fixture(scope="module")
def long_room(server: Server, browser: Any) -> str:
    """Ten thousand messages, which nobody in these tests adds to but Alice."""
    room = f"long {uuid4().hex[:8]}"
    post_many(server, room, 1)
    with closing(sqlite3.connect(server.data_dir / "lobby.sqlite3", timeout=10)) as file, file:
        file.execute("DELETE FROM chat_message WHERE room_id = (SELECT max(id) FROM chat_room)")
        for statement in bulk_message_sql("sqlite", room, 10_000):
            file.execute(statement)
    return room


# Presses Enter, and looks at what stands there at once, and in the very next frame.
PRESS_ENTER = """(text) => new Promise((done) => {
  const field = document.querySelector("#chat-message-input");
  const log = document.querySelector("#chat-log");
  const look = () => {
    const node = document.querySelector("[data-messages]").lastElementChild;
    const { top, bottom } = node.getBoundingClientRect();
    const view = log.getBoundingClientRect();
    return {
      text: node.querySelector(".message-text").textContent,
      isPending: node.classList.contains("is-pending"),
      isInView: top >= view.top && bottom <= view.bottom,
    };
  };
  field.value = text;
  const enter = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true });
  let atOnce;
  requestAnimationFrame(() => {
    window.mine = document.querySelector("[data-messages]").lastElementChild;
    window.rect = JSON.stringify(mine.getBoundingClientRect());
    done([atOnce, look()]);
  });
  field.dispatchEvent(enter);
  atOnce = look();
})"""


@pytest.mark.parametrize("is_far_up", [False, True])
def test_my_line_stands_at_the_end_within_a_frame_of_enter_and_stays_there(
    server: Server, person: NewPerson, long_room: str, is_far_up: bool
) -> None:
    page = person("Alice")
    page.goto(f"{server.url}/chat/{quote(long_room)}/")
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "open")
    if is_far_up:
        scroll_until(page, "200", "9700 of the past")
        assert seqs(page)[-1] < 10_000
    text = "far up" if is_far_up else "at the end"
    server.pause()
    try:
        looks = page.evaluate(PRESS_ENTER, text)
        assert looks == [{"text": text, "isPending": True, "isInView": True}] * 2
    finally:
        server.resume()
    expect(page.locator(".is-pending")).to_have_count(0)
    page.evaluate(SETTLED)
    assert page.evaluate("mine.isConnected && Number(mine.dataset.seq) > 10_000")
    assert page.evaluate("JSON.stringify(mine.getBoundingClientRect()) === rect")


COUNT_SHIFTS = """
  window.shifts = [];
  const nameOf = ({ node }) => node?.outerHTML?.slice(0, 90) ?? String(node);
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries()) {
      shifts.push({ value, nodes: sources.map(nameOf) });
    }
  }).observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize(("width", "folded"), [(375, ""), (1440, ""), (1440, "rooms")])
def test_nothing_shifts_from_the_first_paint_on(
    server: Server, person: NewPerson, room: str, bob: Bob, width: int, folded: str
) -> None:
    for number in range(1, 51):
        bob.say(f"**message** {number}")
    page = person("Alice", viewport={"width": width, "height": 800})
    page.add_init_script(COUNT_SHIFTS)
    enter(page, server, "Alice", room)
    page.evaluate("(pane) => localStorage.setItem(`lobby pane ${pane}`, 'folded')", folded)
    reload_slowly(page)
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "open")
    expect(page.locator("[data-people] .people-row")).to_have_count(2)
    expect(page.locator("[data-rooms] .rooms-row")).to_have_count(1)
    for pane in ("rooms", "people"):
        is_shown = width > 1000 and pane != folded
        expect(page.locator(f".{pane}-pane")).to_be_visible(visible=is_shown)

    bob.socket.send(json.dumps({"type": "typing"}))
    expect(page.locator("[data-typing]")).not_to_be_empty()
    bob.say("and one more")
    last = page.locator(".message").last
    expect(last).to_contain_text("and one more")
    for message in page.locator(".message").all()[-4:]:
        message.hover()
        expect(message.locator("[data-actions]")).to_be_visible()
    bob.send("react", seq=51, emoji="🎉", on=True)
    expect(last.locator(".reaction")).to_be_in_viewport()
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(page.get_by_role("status").first).to_contain_text("You are offline")
    page.evaluate(SETTLED)
    assert page.evaluate("shifts") == []

    # And it would have been told: this moves what is in view.
    page.locator(".typing").evaluate("node => { node.style.blockSize = '9rem' }")
    page.wait_for_function("() => shifts.length > 0")


def reload_slowly(page: Page) -> None:
    """Scripts come when the page has long been painted without them."""
    held: list[Route] = []
    page.route(re.compile(r"/js/room(\.\w+)?\.js"), lambda route: held.append(route))
    page.reload(wait_until="commit")
    page.wait_for_function(
        "() => performance.getEntriesByName('first-contentful-paint').length > 0"
    )
    page.evaluate(SETTLED)
    assert held
    for route in held:
        route.continue_()


BOXES = """() => {
  const texts = [...document.querySelectorAll(".message-text")];
  return JSON.stringify(texts.map((node) => node.getBoundingClientRect()));
}"""


def test_times_are_relative_while_they_are_young_and_exact_on_hover(
    server: Server, person: NewPerson, room: str, bob: Bob
) -> None:
    page = person("Alice")
    page.clock.install()
    bob.say("one")
    bob.say("two")
    visit(page, server, room, "two")
    first, second = page.locator(".message-time").all()
    expect(first).to_have_text("now")
    page.clock.fast_forward("05:00")
    expect(first).to_have_text(re.compile(r"^5 ?m(in\.?)? ago$"))
    page.clock.fast_forward("01:00:00")
    expect(first).to_have_text(re.compile(r"^\d+:\d\d [AP]M$"))
    expect(first).to_have_attribute("title", re.compile(r"\d{4}.* \d+:\d\d:\d\d"))

    before = page.evaluate(BOXES)
    expect(second).to_have_css("opacity", "0")
    page.locator(".message").last.hover()
    expect(second).to_have_css("opacity", "1")
    assert str(first.text_content()).startswith(str(second.text_content()))
    expect(second).to_have_attribute("title", re.compile(r"\d{4}.* \d+:\d\d:\d\d"))
    assert page.evaluate(BOXES) == before
