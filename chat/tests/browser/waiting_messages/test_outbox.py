"""The outbox alone."""

import pytest
from playwright.sync_api import Page

from chat.tests.browser.room_page import (
    expect_confirmed,
    message_field,
    send_message,
)

OUTBOX = """async ([isOpen, steps]) => {
  const { Outbox } = await import("/static/chat/js/net/outbox.js");
  const sent = [];
  const [claim, withdraw] = [() => claimed, () => claimed];
  const store = { listen() {}, put() {}, remove() {}, claim, withdraw };
  let claimed = Promise.resolve(true);
  const connection = { isOpen: () => isOpen, send: ({ text }) => sent.push(text) };
  const outbox = new Outbox(store, connection);
  const text = { kind: "text", replyTo: null };
  const id = (wanted) => outbox.messages.find((it) => it.text === wanted).id;
  const actions = {
    add: (wanted) => outbox.add(wanted, text),
    online: () => { isOpen = true; outbox.resend(); },
    confirm: (wanted) => outbox.confirm(id(wanted)),
    elsewhere: () => { claimed = Promise.resolve(false); },
    cancel: (wanted) => outbox.cancel(id(wanted)),
  };
  for (const [name, wanted] of steps) {
    await actions[name](wanted);
    await new Promise((done) => setTimeout(done));
  }
  return [sent, outbox.messages.map((it) => it.text)];
}"""


@pytest.mark.parametrize(
    ("is_open", "steps", "sent", "left"),
    [
        (True, ["add a"], ["a"], ["a"]),
        (True, ["add a", "add b"], ["a"], ["a", "b"]),
        (True, ["add a", "add b", "confirm a"], ["a", "b"], ["b"]),
        (False, ["add a", "online"], ["a"], ["a"]),
        (False, ["add a", "add b", "cancel a", "online"], ["b"], ["b"]),
        (False, ["add a", "elsewhere", "online"], [], []),
        (True, ["add a", "add b", "cancel a"], ["a", "b"], ["b"]),
        (True, ["add a", "cancel a", "online"], ["a"], []),
        (False, ["add a", "online", "online"], ["a", "a"], ["a"]),
    ],
)
def test_an_outbox_sends_one_message_at_a_time_and_none_that_was_taken_back(
    modules_page: Page, is_open: bool, steps: list[str], sent: list[str], left: list[str]
) -> None:
    found = modules_page.evaluate(OUTBOX, [is_open, [step.split() for step in steps]])
    assert found == [sent, left]


def test_what_nobody_could_see_is_not_sent(alice: Page) -> None:
    """The server would refuse it, and the message would wait for a retry that cannot succeed."""
    for blank in (" ", "\x01", "\u2800", "\u3164", "\u00ad", "\u200b\ufe0f"):
        message_field(alice).fill(blank)
        message_field(alice).press("Enter")
    send_message(alice, "hello")
    expect_confirmed(alice, ["hello"])
