"""Tabs without a connection, and what is done in them to a message that waits."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

from chat.tests.browser.room_page import (
    expect_connected,
    go_offline,
    go_online,
    message,
)

LOSE_MESSAGES = """() => {
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (data) {
    data.includes("message.send") || send.call(this, data);
  };
  window.loseNoMore = () => void (WebSocket.prototype.send = send);
}"""
REMEMBER_WHAT_TABS_TELL = """() => {
  const { postMessage } = BroadcastChannel.prototype;
  const told = [];
  BroadcastChannel.prototype.postMessage = function (change) {
    change.put && told.push(() => postMessage.call(this, change));
    postMessage.call(this, change);
  };
  window.tellAgain = () => told.forEach((tell) => tell());
}"""


@contextmanager
def offline(*pages: Page) -> Iterator[None]:
    go_offline(*pages)
    yield
    go_online(*pages)
    for page in pages:
        expect_connected(page)


def press(page: Page, text: str, button: str) -> None:
    message(page, text).get_by_role("button", name=button).click()
