"""Unread badges, the unread divider and bar, and desktop notifications."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from chat.tests.browser.chromium import whole_chromium
from chat.tests.browser.room_page import (
    FAKE_NOTIFICATIONS,
    Enter,
    NewPage,
    enter_room,
    message,
    post_many,
    room_url,
    send_message,
)
from chat.tests.support.servers import Server

# Headless pages are always visible.
FAKE_VISIBILITY = """
  let isHidden = false;
  Object.defineProperty(document, "hidden", { get: () => isHidden });
  window.setHidden = (hidden) => {
    isHidden = hidden;
    document.dispatchEvent(new Event("visibilitychange"));
  };
"""


@pytest.fixture(scope="module")
def browser(browser: Browser) -> Iterator[Browser]:
    with whole_chromium(browser) as whole:
        yield whole


@pytest.fixture
def bob(server: Server, new_page: NewPage, room: str) -> Page:
    page = new_page("Bob")
    page.add_init_script(FAKE_VISIBILITY + FAKE_NOTIFICATIONS)
    enter_room(page, server, "Bob", room)
    return page


@pytest.fixture
def alice(enter: Enter) -> Page:
    return enter("Alice")


def test_a_hidden_tab_shows_unread_messages_in_its_title_and_icon(
    alice: Page, bob: Page, room: str
) -> None:
    bob.evaluate("setHidden(true)")
    icon = bob.locator('link[rel="icon"]')
    plain = icon.get_attribute("href")
    send_message(alice, "one")
    send_message(alice, "two")
    expect(bob).to_have_title(f"(2) {room} · Lobby")
    expect(icon).not_to_have_attribute("href", str(plain))
    bob.evaluate("setHidden(false)")
    expect(bob).to_have_title(f"{room} · Lobby")
    expect(icon).to_have_attribute("href", str(plain))


def test_messages_in_a_hidden_tab_begin_with_the_unread_divider(alice: Page, bob: Page) -> None:
    send_message(alice, "seen")
    expect(bob.locator(".message")).to_have_count(1)
    bob.evaluate("setHidden(true)")
    send_message(alice, "not seen")
    new = bob.locator(".message", has=bob.locator(".unread-divider"))
    expect(new).to_contain_text("not seen")
    bob.evaluate("setHidden(false)")
    send_message(bob, "here I am")
    expect(bob.locator(".unread-divider")).to_have_count(0)


def test_the_unread_bar_counts_what_came_while_the_tab_was_hidden(
    alice: Page, bob: Page, server: Server, room: str
) -> None:
    send_message(alice, "seen")
    expect(message(bob, "seen")).to_be_visible()
    bob.evaluate("setHidden(true)")
    post_many(server, room, 60, first="not seen")
    expect(bob).to_have_title(f"(60) {room} · Lobby")
    bar = bob.locator("[data-unread]")
    expect(bar).to_contain_text("60 new since")
    bob.evaluate("setHidden(false)")
    bar.locator("[data-unread-go]").click()
    expect(message(bob, "not seen").locator(".unread-divider")).to_be_in_viewport()
    expect(bar).to_be_hidden()


def expect_notifications(page: Page, *shown: str) -> None:
    """What shows notifications is loaded on demand."""
    page.wait_for_function("shownNotifications.length")
    assert page.evaluate("shownNotifications") == list(shown)


def test_a_mention_shows_a_desktop_notification_if_permitted(
    alice: Page, bob: Page, room: str
) -> None:
    bob.locator("[data-notify]").click()
    expect(bob.locator("[data-notify]")).to_be_hidden()
    send_message(alice, "@Bob in view")
    expect(bob.locator(".mentions-me")).to_have_count(1)
    bob.evaluate("setHidden(true)")
    send_message(alice, "nothing for you")
    send_message(alice, "@Bob **tea**")
    expect(bob.locator(".mentions-me")).to_have_count(2)
    expect_notifications(bob, f"Alice in {room}: @Bob tea")


def reply(page: Page, to: str, text: str) -> None:
    message(page, to).focus()
    page.keyboard.press("r")
    send_message(page, text)


def test_a_reply_marks_and_notifies_like_a_mention(alice: Page, bob: Page, room: str) -> None:
    bob.locator("[data-notify]").click()
    send_message(bob, "milk or lemon?")
    expect(message(alice, "milk or lemon?")).to_be_visible()
    bob.evaluate("setHidden(true)")
    reply(alice, "milk or lemon?", "milk")
    marked = bob.locator(".mentions-me")
    expect(marked).to_have_count(1)
    expect(marked).to_have_accessible_description("Replies to you")
    expect(bob).to_have_title(f"(@1) {room} · Lobby")
    expect_notifications(bob, f"Alice replied to you in {room}: milk")
    expect(alice.locator(".mentions-me")).to_have_count(0)


def test_a_reply_that_is_deleted_leaves_the_title(alice: Page, bob: Page, room: str) -> None:
    send_message(bob, "milk or lemon?")
    expect(message(alice, "milk or lemon?")).to_be_visible()
    bob.evaluate("setHidden(true)")
    reply(alice, "milk or lemon?", "@Bob milk")
    expect(bob).to_have_title(f"(@1) {room} · Lobby")
    delete(alice, "@Bob milk")
    expect(bob).to_have_title(f"{room} · Lobby")


def test_a_mention_that_is_deleted_leaves_the_title_of_who_reads_far_back(
    alice: Page, bob: Page, server: Server, room: str
) -> None:
    post_many(server, room, 220)
    bob.goto("about:blank")
    bob.goto(f"{room_url(server, room)}#3")
    expect(bob.locator('[data-seq="3"]')).to_be_focused()
    bob.evaluate("setHidden(true)")
    send_message(alice, "@Bob tea?")
    expect(bob).to_have_title(f"(@1) {room} · Lobby")
    delete(alice, "@Bob tea?")
    expect(bob).to_have_title(f"{room} · Lobby")


def delete(page: Page, text: str) -> None:
    message(page, text).focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="Delete…").click()
    page.get_by_role("button", name="Delete", exact=True).click()


def test_a_mention_that_is_deleted_leaves_the_title(alice: Page, bob: Page, room: str) -> None:
    bob.evaluate("setHidden(true)")
    send_message(alice, "hello")
    send_message(alice, "@Bob tea?")
    expect(bob).to_have_title(f"(@1) {room} · Lobby")
    delete(alice, "tea?")
    expect(bob).to_have_title(f"(1) {room} · Lobby")


def test_messages_are_shown_where_pages_cannot_show_notifications(alice: Page, bob: Page) -> None:
    """As in Chrome on Android, before the service worker is active."""
    bob.evaluate("""() => {
      window.Notification = class { constructor() { throw new TypeError(); } };
      Notification.permission = "granted";
    }""")
    bob.evaluate("setHidden(true)")
    send_message(alice, "@Bob tea?")
    send_message(alice, "and cake?")
    expect(message(bob, "and cake?")).to_be_visible()
    expect(bob).to_have_title(re.compile(r"^\(@1\) "))


NOTIFICATIONS = """async () => {
  const registration = await navigator.serviceWorker.ready;
  const shown = await registration.getNotifications();
  return shown.map(({ title, body, data }) => [title, body, data.url]);
}"""
CLICK = """async () => {
  const [notification] = await registration.getNotifications();
  dispatchEvent(new NotificationEvent("notificationclick", { notification }));
}"""


def test_the_service_worker_shows_a_mention_and_opens_the_message(
    alice: Page, server: Server, new_page: NewPage, room: str
) -> None:
    options: dict[str, Any] = {"service_workers": "allow", "permissions": ["notifications"]}
    bob = new_page("Bob", **options)
    bob.add_init_script(FAKE_VISIBILITY)
    enter_room(bob, server, "Bob", room)
    bob.evaluate("navigator.serviceWorker.ready.then(() => null)")
    bob.evaluate("setHidden(true)")
    send_message(alice, "@Bob **tea**")
    expect(message(bob, "tea")).to_be_visible()
    bob.wait_for_function(f"async () => (await ({NOTIFICATIONS})()).length === 1")
    path = room_url(server, room).removeprefix(server.url)
    assert bob.evaluate(NOTIFICATIONS) == [[f"Alice in {room}", "@Bob tea", f"{path}#1"]]
    [worker] = bob.context.service_workers
    worker.evaluate(CLICK)
    bob.wait_for_url("**/#1")
    assert bob.evaluate(NOTIFICATIONS) == []


def test_the_unread_bar_jumps_to_the_first_unread_message(
    bob: Page, server: Server, room: str
) -> None:
    bob.goto(server.url)
    post_many(server, room, 120)
    bob.goto(room_url(server, room))
    bar = bob.locator("[data-unread]")
    expect(bar).to_be_visible()
    bar.locator("[data-unread-go]").click()
    expect(bob.locator('[data-seq="1"]')).to_be_in_viewport()
    expect(bob.locator('[data-seq="1"] .unread-divider')).to_be_visible()
    expect(bar).to_be_hidden()
