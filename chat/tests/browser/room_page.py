"""What tests do on a room page."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from playwright.sync_api import Locator, Page, Route, expect
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from chat.tests.support.servers import Server

NewPage = Callable[..., Page]  # the fixture new_page
Enter = Callable[..., Page]  # the fixture enter

# Options of a page.
PHONE: dict[str, Any] = {
    "viewport": {"width": 375, "height": 700},
    "has_touch": True,
    "is_mobile": True,
}
SMALL_PHONE = PHONE | {"viewport": {"width": 320, "height": 640}}

# Two frames: pending changes have been laid out and painted.
AFTER_PAINT = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"

# For a new page: the notifications of headless pages cannot be read.
FAKE_NOTIFICATIONS = """
  window.shownNotifications = [];
  window.Notification = class {
    static permission = "default";
    static async requestPermission() { return (this.permission = "granted"); }
    constructor(title, { body }) { shownNotifications.push(`${title}: ${body}`); }
  };
"""


def enter_room(page: Page, server: Server, name: str, room: str) -> None:
    """Enter a room from the index, with a name."""
    page.goto(server.url)
    page.get_by_label("Your name").fill(name)
    page.locator("#room-name-input").fill(room)
    page.locator("#room-name-submit").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(room)
    expect_connected(page)


def enter_in_german(page: Page, server: Server, name: str, room: str) -> None:
    page.goto(server.url)
    page.get_by_label("Dein Name").fill(name)
    page.get_by_label("Raumname").fill(room)
    page.get_by_role("button", name="Raum öffnen").click()
    expect_connected(page)


def room_url(server: Server, room: str) -> str:
    return f"{server.url}/chat/{quote(room)}/"


def open_room(page: Page, server: Server, room: str) -> Page:
    """Open a room by its address."""
    page.goto(room_url(server, room))
    expect_connected(page)
    return page


def another_tab(page: Page) -> Page:
    """A tab of the same person in the same room."""
    tab = page.context.new_page()
    tab.goto(page.url)
    expect_connected(tab)
    return tab


def keep_room(page: Page) -> None:
    """Keep the page's room in the person's list."""
    with page.expect_response("**/keep"):
        page.locator("[data-room-keep]").dispatch_event("click")


def expect_connected(page: Page, timeout_ms: int | None = None) -> None:
    status = page.locator("[data-status]")
    expect(status).to_have_attribute("data-state", "open", timeout=timeout_ms)


def go_offline(*tabs: Page) -> None:
    """Cut a person's browser off from the network, and tell the tabs so, as a browser does."""
    tabs[0].context.set_offline(True)
    for tab in tabs:
        tab.evaluate("dispatchEvent(new Event('offline'))")


def go_online(*tabs: Page) -> None:
    tabs[0].context.set_offline(False)
    for tab in tabs:
        tab.evaluate("dispatchEvent(new Event('online'))")


def message_field(page: Page) -> Locator:
    return page.locator("#chat-message-input")


def send_message(page: Page, text: str) -> None:
    message_field(page).fill(text)
    submit(page)


def expect_sent(page: Page) -> None:
    """Wait until the server has confirmed all messages."""
    expect(page.locator(".message:not(.is-pending)").last).to_be_attached()
    expect(page.locator(".is-pending")).to_have_count(0)


def expect_confirmed(page: Page, texts: list[str]) -> None:
    """Wait until these are the texts of the messages that the server has confirmed."""
    expect(page.locator(".message:not(.is-pending) .message-text")).to_have_text(texts)


def submit(page: Page) -> None:
    """Send what is in the composer. On a touch screen, Enter starts a line."""
    field = message_field(page)
    if field.get_attribute("enterkeyhint") == "enter":
        page.locator("#chat-message-submit").click()
    else:
        field.press("Enter")


def message(page: Page, text: str) -> Locator:
    return page.locator(".message", has_text=text).first


def message_texts(page: Page) -> list[str]:
    return page.locator("#chat-log .message-text").all_text_contents()


def rendered_seqs(page: Page) -> list[int]:
    """The seqs of the rendered messages; fails if they have a gap or are out of order."""
    nodes = page.locator("#chat-log [data-seq]")
    found = nodes.evaluate_all("nodes => nodes.map((node) => Number(node.dataset.seq))")
    assert found == list(range(found[0], found[-1] + 1))
    return list(found)


def scroll_until(page: Page, top: str, text: str) -> None:
    """Scroll to `top`, again whenever other messages are shown, until one has this text."""
    step = f"""([text, shown]) => {{
      const log = document.querySelector("#chat-log");
      log.scrollTop = {top};
      const seqs = [...log.querySelectorAll("[data-seq]")].map((node) => node.dataset.seq).join();
      const isWanted = (node) => node.textContent === text;
      const found = [...log.querySelectorAll(".message-text")].some(isWanted);
      return (found || seqs !== shown) && {{ found, seqs }};
    }}"""
    state = {"found": False, "seqs": ""}
    while not state["found"]:
        state = page.wait_for_function(step, arg=[text, state["seqs"]]).json_value()


def sidebar_row(page: Page, room: str) -> Locator:
    return page.locator(".rooms-row", has=page.get_by_text(room, exact=True))


def post_many(
    server: Server, room: str, count: int, first: str = "message 1", reply_to: int | None = None
) -> None:
    """Post messages over a socket; with `reply_to` the last one is a reply."""
    with connect(server.socket_url(room), subprotocols=[Subprotocol("chat.v1")]) as socket:
        socket.recv()
        for number in range(1, count + 1):
            send: dict[str, Any] = {"type": "message.send", "id": str(uuid4())}
            send["text"] = first if number == 1 else f"message {number}"
            if reply_to and number == count:
                send["reply_to"] = reply_to
            socket.send(json.dumps(send))
            while send["id"] not in (frame := socket.recv()):  # presence comes in between
                pass
            if number % 100 == 0:
                version = max(event.get("version", 0) for event in json.loads(frame))
                socket.send(json.dumps({"type": "ack", "version": version}))


def next_held(page: Page, held: list[Route]) -> Route:
    """The next request that is held, once it has come."""
    while not held:
        page.wait_for_timeout(10)
    return held.pop(0)
