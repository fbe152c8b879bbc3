"""Long timelines: the scroll position, layout shifts and timestamps."""

import re
import sqlite3
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect

from chat.tests.browser.layout import RECORD_LAYOUT_SHIFTS
from chat.tests.browser.room_page import (
    AFTER_PAINT,
    NewPage,
    enter_room,
    expect_connected,
    go_offline,
    open_room,
    post_many,
    rendered_seqs,
    scroll_until,
)
from chat.tests.browser.socket_person import SocketPerson
from chat.tests.support.bulk_messages import bulk_message_sql
from chat.tests.support.servers import Server

LONG = "so long that it takes more lines in a narrow window than in a wide one, " * 3

# The first message in view, and the distance from the top of the view to its end.
SCROLL_POSITION = """log => {
  const edge = log.getBoundingClientRect().top;
  const end = (node) => node.getBoundingClientRect().bottom - edge;
  const node = [...log.querySelectorAll(".message")].find((node) => end(node) > 1);
  return { seq: Number(node.dataset.seq), end: Math.round(end(node)) };
}"""


def open_at_end(page: Page, server: Server, room: str, last: str) -> None:
    open_room(page, server, room)
    expect(page.locator(".message-text").last).to_have_text(last)
    expect(page.locator(".message-text").last).to_be_in_viewport()


def scroll_position(page: Page) -> Any:
    page.evaluate(AFTER_PAINT)
    return page.locator("#chat-log").evaluate(SCROLL_POSITION)


def test_the_scroll_position_is_kept_when_messages_above_change(
    server: Server, new_page: NewPage, room: str, bob: SocketPerson
) -> None:
    for number in range(1, 51):
        bob.post(f"{LONG} {number}")
    page = new_page("Alice")
    open_at_end(page, server, room, f"{LONG} 50")
    page.locator("#chat-log").evaluate("log => { log.scrollTop = log.scrollHeight / 2 }")
    before = scroll_position(page)
    above = page.locator(".message[data-seq='5']")
    assert before["seq"] > 10

    bob.edit(5, "many\nlines\nwhere\nthere\nwere\nfew")
    expect(above).to_contain_text("where")
    assert scroll_position(page) == before
    bob.react(5, "🎉")
    expect(above.locator(".reaction")).to_be_visible()
    assert scroll_position(page) == before
    bob.delete(5)
    expect(above).to_contain_text("deleted")
    assert scroll_position(page) == before
    above.evaluate("node => { node.style.paddingBlock = '99px' }")  # any other change
    assert scroll_position(page) == before

    heights = "nodes => nodes.map((node) => node.offsetHeight)"
    old_heights = page.locator(".message").evaluate_all(heights)
    page.set_viewport_size({"width": 500, "height": 720})
    assert scroll_position(page) == before
    assert page.locator(".message").evaluate_all(heights) != old_heights


def test_large_messages_come_in_short_pages_and_so_do_their_quotes(
    server: Server, new_page: NewPage, room: str, bob: SocketPerson
) -> None:
    bob.post("the very first")
    for number in range(2, 31):
        bob.post(f"{number} " + "界" * 7_990)
    for number in range(14, 30):
        bob.post(f"answer to {number}", reply_to=number)
    page = new_page("Alice")
    open_at_end(page, server, room, "answer to 29")
    for number in range(14, 30):
        answer = page.locator(f".message[data-seq='{number + 17}']")
        expect(answer.locator(".quote")).to_contain_text(f"{number} 界")
    scroll_until(page, "0", "the very first")
    assert rendered_seqs(page)[0] == 1


def test_the_end_stays_in_view_when_the_view_shrinks_or_the_content_grows(
    server: Server, new_page: NewPage, room: str, bob: SocketPerson
) -> None:
    for number in range(1, 31):
        bob.post(f"message {number}")
    page = new_page("Alice", viewport={"width": 375, "height": 800})
    open_at_end(page, server, room, "message 30")
    last = page.locator(".message").last
    below = "log => { return Math.round(log.scrollHeight - log.scrollTop - log.clientHeight) }"
    page.set_viewport_size({"width": 375, "height": 420})
    page.evaluate(AFTER_PAINT)
    assert page.locator("#chat-log").evaluate(below) == 0
    bob.react(30, "🎉")
    expect(last.locator(".reaction")).to_be_in_viewport()
    assert page.locator("#chat-log").evaluate(below) == 0
    page.locator("#chat-log").evaluate(
        "log => { log.scrollTop -= 20 }"
    )  # the reader scrolls a little
    before = scroll_position(page)
    bob.post("one more")
    expect(page.locator("[data-jump]")).to_have_text("1 new")
    assert scroll_position(page) == before


@pytest.fixture(scope="module")
def long_room(server: Server, browser: Any) -> str:
    """A room of ten thousand messages; only Alice posts in it."""
    room = f"long {uuid4().hex[:8]}"
    post_many(server, room, 1)
    with closing(sqlite3.connect(server.data_dir / "lobby.sqlite3", timeout=10)) as file, file:
        file.execute("DELETE FROM chat_message WHERE room_id = (SELECT max(id) FROM chat_room)")
        for statement in bulk_message_sql("sqlite", room, 10_000):
            file.execute(statement)
    return room


# Presses Enter, and reads the last message at once and again in the next frame.
PRESS_ENTER = """(text) => new Promise((done) => {
  const field = document.querySelector("#chat-message-input");
  const log = document.querySelector("#chat-log");
  const readLast = () => {
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
    window.sent = document.querySelector("[data-messages]").lastElementChild;
    window.rect = JSON.stringify(sent.getBoundingClientRect());
    done([atOnce, readLast()]);
  });
  field.dispatchEvent(enter);
  atOnce = readLast();
})"""


@pytest.mark.parametrize("is_far_up", [False, True])
def test_a_sent_message_is_shown_within_a_frame_and_does_not_move(
    server: Server, new_page: NewPage, long_room: str, is_far_up: bool
) -> None:
    page = new_page("Alice")
    open_room(page, server, long_room)
    if is_far_up:
        scroll_until(page, "200", "9700 of the past")
        assert rendered_seqs(page)[-1] < 10_000
    text = "far up" if is_far_up else "at the end"
    server.pause()
    try:
        shown = page.evaluate(PRESS_ENTER, text)
        assert shown == [{"text": text, "isPending": True, "isInView": True}] * 2
    finally:
        server.resume()
    expect(page.locator(".is-pending")).to_have_count(0)
    page.evaluate(AFTER_PAINT)
    assert page.evaluate("sent.isConnected && Number(sent.dataset.seq) > 10_000")
    assert page.evaluate("JSON.stringify(sent.getBoundingClientRect()) === rect")


@pytest.mark.parametrize(("width", "collapsed"), [(375, ""), (1440, ""), (1440, "rooms")])
def test_the_page_has_no_layout_shift(
    server: Server, new_page: NewPage, room: str, bob: SocketPerson, width: int, collapsed: str
) -> None:
    for number in range(1, 51):
        bob.post(f"**message** {number}")
    page = new_page("Alice", viewport={"width": width, "height": 800})
    page.add_init_script(RECORD_LAYOUT_SHIFTS)
    enter_room(page, server, "Alice", room)
    page.evaluate("(pane) => localStorage.setItem(`lobby pane ${pane}`, 'folded')", collapsed)
    reload_slowly(page)
    expect_connected(page)
    expect(page.locator("[data-people] .people-row")).to_have_count(2)
    expect(page.locator("[data-rooms] .rooms-row")).to_have_count(1)
    for pane in ("rooms", "people"):
        is_shown = width > 1000 and pane != collapsed
        expect(page.locator(f".{pane}-pane")).to_be_visible(visible=is_shown)

    bob.send_typing()
    expect(page.locator("[data-typing]")).not_to_be_empty()
    bob.post("and one more")
    last = page.locator(".message").last
    expect(last).to_contain_text("and one more")
    for message in page.locator(".message").all()[-4:]:
        message.hover()
        expect(message.locator("[data-actions]")).to_be_visible()
    bob.react(51, "🎉")
    expect(last.locator(".reaction")).to_be_in_viewport()
    go_offline(page)
    expect(page.get_by_role("status").first).to_contain_text("You are offline")
    page.evaluate(AFTER_PAINT)
    assert page.evaluate("shifts") == []

    # The recorder works: this shifts content in view.
    page.locator(".typing").evaluate("node => { node.style.blockSize = '9rem' }")
    page.wait_for_function("() => shifts.length > 0")


def reload_slowly(page: Page) -> None:
    """Reload; the script loads only after the first paint."""
    delayed: list[Route] = []
    page.route(re.compile(r"/js/room(\.\w+)?\.js"), lambda route: delayed.append(route))
    page.reload(wait_until="commit")
    page.wait_for_function(
        "() => performance.getEntriesByName('first-contentful-paint').length > 0"
    )
    page.evaluate(AFTER_PAINT)
    assert delayed
    for route in delayed:
        route.continue_()


BOXES = """() => {
  const texts = [...document.querySelectorAll(".message-text")];
  return JSON.stringify(texts.map((node) => node.getBoundingClientRect()));
}"""


def known_messages(page: Page) -> int:
    """The size of the largest Map by seq anywhere in the page's memory."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Runtime.enable")
    prototype = devtools.send("Runtime.evaluate", {"expression": "Map.prototype"})["result"]
    maps = devtools.send("Runtime.queryObjects", {"prototypeObjectId": prototype["objectId"]})
    largest = """function() {
      const isBySeq = (map) => map.values().next().value?.seq === map.keys().next().value;
      return Math.max(...this.filter((map) => map.size && isBySeq(map)).map((map) => map.size));
    }"""
    objects = maps["objects"]["objectId"]
    call = {"functionDeclaration": largest, "objectId": objects, "returnByValue": True}
    known: int = devtools.send("Runtime.callFunctionOn", call)["result"]["value"]
    devtools.detach()
    return known


def test_a_page_keeps_a_bounded_number_of_messages(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("Alice")
    open_room(page, server, room)
    for batch in ("first", "second", "third"):
        post_many(server, room, 400, first=f"the {batch} batch")
    expect(page.locator('[data-seq="1200"]')).to_be_visible()
    assert 200 < known_messages(page) <= 700
    scroll_until(page, "0", "the first batch")  # fetched again
    assert rendered_seqs(page)[0] == 1
    assert known_messages(page) <= 1_100
    post_many(server, room, 600, first="the last batch")  # while the reader is far back
    expect(page.locator("[data-jump]")).to_contain_text("new")
    assert known_messages(page) <= 1_100
    scroll_until(page, "log.scrollHeight", "the last batch")
    page.locator("[data-jump]").click()
    expect(page.locator('[data-seq="1800"]')).to_be_visible()
    assert rendered_seqs(page)[-1] == 1_800
    assert known_messages(page) <= 1_100


def test_older_messages_load_above_a_full_view_that_the_page_has_scrolled(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("Alice")
    open_room(page, server, room)
    post_many(server, room, 400)
    expect(page.locator('[data-seq="400"]')).to_be_visible()
    first = rendered_seqs(page)[0]
    assert first > 1
    page.evaluate("seq => { location.hash = seq }", str(first))
    expect(page.locator(f'[data-seq="{first - 1}"]')).to_be_attached()


TIMELINE = """async (steps) => {
  const { Timeline } = await import("/static/chat/js/timeline/timeline.js");
  const timeline = new Timeline();
  const author = { id: "a", name: "A" };
  const messages = (from, to) =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index)
      .map((seq) => ({ seq, version: seq, id: String(seq), author }));
  for (const [method, from, to, ...more] of steps) {
    timeline[method](...(method === "keepAround" ? [from, to] : [messages(from, to), ...more]));
  }
  const { oldest, newest, hasOlder, hasNewer } = timeline;
  return { oldest, newest, hasOlder, hasNewer };
}"""


# Scrolls up, and lets something else render messages before the scroll event comes.
SCROLL_AND_RENDER = """log => {
  log.scrollTop = 200;
  Object.defineProperty(document, "hidden", { value: true, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
  delete document.hidden;
}"""


def test_older_messages_load_when_others_are_rendered_before_the_scroll_event(
    server: Server, new_page: NewPage, room: str
) -> None:
    post_many(server, room, 120)
    page = new_page("Alice")
    open_at_end(page, server, room, "message 120")
    page.evaluate(AFTER_PAINT)
    assert rendered_seqs(page)[0] == 71
    page.locator("#chat-log").evaluate(SCROLL_AND_RENDER)
    expect(page.locator(".message[data-seq='21']")).to_be_attached()


def test_messages_far_from_the_shown_ones_are_forgotten(modules_page: Page) -> None:
    steps = [["put", 1, 3_000], ["keepAround", 1_001, 1_200]]
    part = modules_page.evaluate(TIMELINE, steps)
    assert part == {"oldest": 601, "newest": 1_600, "hasOlder": True, "hasNewer": True}


def test_more_posts_than_a_page_remembers_leave_no_gap(modules_page: Page) -> None:
    """The page that reaches the end may be older than posts that were forgotten since."""
    steps = [["put", 1, 900], ["keepAround", 1, 200], ["put", 901, 2_500]]
    reached = [*steps, ["putNewer", 601, 900, False]]
    assert modules_page.evaluate(TIMELINE, reached)["hasNewer"]
    assert modules_page.evaluate(TIMELINE, reached)["newest"] == 900
    late = [*steps, ["putNewer", 601, 1_500, False]]
    part = modules_page.evaluate(TIMELINE, late)
    assert (part["newest"], part["hasNewer"]) == (2_500, False)


def test_a_presence_that_comes_late_gives_a_former_member_no_name(modules_page: Page) -> None:
    shown = modules_page.evaluate("""async () => {
      const { Timeline } = await import("/static/chat/js/timeline/timeline.js");
      const timeline = new Timeline();
      const author = { id: "a", name: "Former", guest: false, former: true };
      timeline.put([{ seq: 1, version: 2, id: "1", author }]);
      timeline.rename({ id: "a", name: "Alice", guest: false });
      return timeline.nameOf({ id: "a", name: "Alice" });
    }""")
    assert shown == "Former member"


def test_recent_timestamps_are_relative_and_exact_on_hover(
    server: Server, new_page: NewPage, room: str, bob: SocketPerson
) -> None:
    page = new_page("Alice")
    page.clock.install()
    bob.post("one")
    bob.post("two")
    open_at_end(page, server, room, "two")
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
