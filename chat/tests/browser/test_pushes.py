"""Web push in the browser: what the service worker shows, and how a browser is registered."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.room_page import NewPage, enter_room, open_room, room_url, send_message
from chat.tests.support.push_service import Browser
from chat.tests.support.servers import Server

OPTIONS: dict[str, Any] = {"service_workers": "allow", "permissions": ["notifications"]}
PAGE = "/accounts/notifications/"

# A headless browser has no push service, and Debian's shows no notifications.
FAKE_SUBSCRIPTION = """
  (subscription) => {
    Object.defineProperty(Notification, "permission", { get: () => "granted" });
    Notification.requestPermission = async () => "granted";
    const fake = (it) => it && { endpoint: it.endpoint, options: {}, toJSON: () => it,
      unsubscribe: async () => localStorage.removeItem("fake subscription") };
    PushManager.prototype.getSubscription = async () =>
      fake(JSON.parse(localStorage.getItem("fake subscription")));
    PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
      if (!userVisibleOnly || applicationServerKey.length !== 87) throw new TypeError();
      localStorage.setItem("fake subscription", JSON.stringify(subscription));
      return fake(subscription);
    };
  }
"""
FAKE_NOTIFICATIONS = """() => {
  self.shown = [];
  registration.showNotification = async (title, options) => {
    shown = shown.filter(({ tag }) => tag !== options.tag);
    const close = () => (shown = shown.filter((it) => it.title !== title));
    shown.push({ title, ...options, close });
  };
  registration.getNotifications = async ({ tag } = {}) =>
    shown.filter((it) => tag === undefined || it.tag === tag);
  navigator.setAppBadge = async (count) => (self.badge = count);
  navigator.clearAppBadge = async () => (self.badge = 0);
}"""
SHOWN = "() => shown.map(({ title, body, tag, data }) => [title, body, tag, data.url])"
WAIT = """async (event) => {
  let waiting;
  event.waitUntil = (it) => (waiting = it); // the browser's own takes events of its own alone
  dispatchEvent(event);
  await waiting;
}"""
PUSH = f"(data) => ({WAIT})(new PushEvent('push', data === null ? {{}} : {{ data }}))"
CLICK = f"""() => ({WAIT})(
  Object.assign(new ExtendableEvent("notificationclick"), {{ notification: shown[0] }})
).catch(() => {{}})"""  # only a press of a person lets a worker focus the page
CHANGE = f"""(subscription) => {{
  const subscribed = {{ ...subscription, toJSON: () => subscription }};
  const pushManager = {{ subscribe: async () => subscribed }};
  Object.defineProperty(registration, "pushManager", {{ value: pushManager }});
  return ({WAIT})(new ExtendableEvent("pushsubscriptionchange"));
}}"""


@pytest.fixture
def bob(server: Server, new_page: NewPage, room: str) -> Page:
    page = new_page("Bob", **OPTIONS)
    enter_room(page, server, "Bob", room)
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    [worker] = page.context.service_workers
    worker.evaluate(FAKE_NOTIFICATIONS)
    return page


def subscription(name: str) -> dict[str, Any]:
    browser = Browser(name)
    return {"endpoint": browser.endpoint, "keys": browser.keys}


def push(page: Page, content: dict[str, Any] | str | None) -> list[list[str]]:
    """What is shown after a push."""
    [worker] = page.context.service_workers
    data = json.dumps(content) if isinstance(content, dict) else content
    worker.evaluate(PUSH, data)
    shown: list[list[str]] = worker.evaluate(SHOWN)
    return shown


def test_a_push_is_shown_and_a_press_opens_the_message(
    bob: Page, server: Server, room: str
) -> None:
    send_message(bob, "hello")
    path = room_url(server, room).removeprefix(server.url)
    content = {"title": "Alice", "body": "tea?", "tag": "a 1", "url": f"{path}#1", "badge": 3}
    assert push(bob, content) == [["Alice", "tea?", "a 1", f"{path}#1"]]
    [worker] = bob.context.service_workers
    worker.evaluate(CLICK)
    bob.wait_for_url("**/#1")
    assert worker.evaluate(SHOWN) == []
    assert worker.evaluate("self.badge") == 3


@pytest.mark.parametrize("content", [None, "", "{", "[]", "null", '{"body": 1}'])
def test_a_push_without_content_shows_something_as_well(bob: Page, content: str | None) -> None:
    """An iPhone ends the subscription of an app that shows nothing."""
    assert push(bob, content) == [["Lobby", "Something new for you", "new", "/"]]


def test_a_push_replaces_the_notification_of_a_page_that_says_less(bob: Page) -> None:
    [worker] = bob.context.service_workers
    show = 'registration.showNotification("A message", { tag: "tea-room", data: { url: "/" } })'
    worker.evaluate(f"() => {show}")
    assert [it[0] for it in worker.evaluate(SHOWN)] == ["A message"]
    content = {
        "title": "Alice",
        "body": "tea?",
        "tag": "tea-room 1",
        "room": "tea-room",
        "url": "/",
    }
    assert [it[0] for it in push(bob, content)] == ["Alice"]


def test_the_worker_registers_a_subscription_that_the_browser_has_changed(
    bob: Page, server: Server
) -> None:
    [worker] = bob.context.service_workers
    worker.evaluate(CHANGE, subscription("changed"))
    bob.goto(server.url + PAGE)
    expect(bob.get_by_role("listitem").filter(has_text="Chrome")).to_have_count(1)


def test_a_browser_is_registered_on_the_page_of_notifications_and_taken_off_again(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("Bob", **OPTIONS)
    enter_room(page, server, "Bob", room)  # where nothing is permitted yet
    page.add_init_script(f"({FAKE_SUBSCRIPTION})({json.dumps(subscription('settings'))})")
    page.goto(server.url + PAGE)
    devices = page.get_by_role("listitem").filter(has_text="Chrome")
    expect(page.get_by_text("It gets no notifications.")).to_be_visible()
    page.get_by_role("button", name="Notify me on this device").click()
    expect(page.get_by_text("It gets notifications.")).to_be_visible()
    expect(devices).to_have_count(1)
    page.get_by_role("button", name="No more on this device").click()
    expect(page.get_by_text("It gets no notifications.")).to_be_visible()
    expect(devices).to_have_count(0)


def test_a_visit_registers_a_browser_that_permits_notifications(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("Bob", **OPTIONS)
    page.add_init_script(f"({FAKE_SUBSCRIPTION})({json.dumps(subscription('visit'))})")
    with page.expect_response("**/push/devices") as registered:
        enter_room(page, server, "Bob", room)
    assert registered.value.status == 204
    page.evaluate("localStorage.removeItem('fake subscription')")  # the browser has lost it
    with page.expect_response("**/push/devices"):
        open_room(page, server, room)


def test_where_a_browser_cannot_subscribe_the_page_says_so(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("Bob", **OPTIONS)
    enter_room(page, server, "Bob", room)
    page.add_init_script(f"({FAKE_SUBSCRIPTION})(null)")
    page.goto(server.url + PAGE)
    page.evaluate("() => { PushManager.prototype.subscribe = async () => Promise.reject('no'); }")
    page.get_by_role("button", name="Notify me on this device").click()
    expect(page.get_by_text("It could not be registered.")).to_be_visible()
