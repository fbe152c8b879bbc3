"""The page speaks the protocol that the server and docs/protocol.md speak."""

import json
from collections.abc import Callable

from playwright.sync_api import Page

from chat import protocol
from chat.protocol import Event, Frame, MalformedFrame
from chat.tests.browser.modules import lend_modules
from chat.tests.protocol.test_document import examples, tags
from chat.tests.support.servers import Server

NewPerson = Callable[..., Page]

MADE = """async () => {
  const { frames, EVENTS } = await import("/static/chat/js/net/protocol.js");
  const id = "6f3c3b0e-6f0e-4c7b-9f0e-0d1f4b7c1a11";
  return { events: EVENTS, frames: [
    frames.send({ id, text: "hi", kind: "text", replyTo: 41 }),
    frames.send({ id, text: "waves", kind: "action", replyTo: null }),
    frames.edit(id, 41, "hi there"), frames.delete(id, 41), frames.react(id, 41, "👍", true),
    frames.typing(), frames.read(42), frames.rooms(), frames.ack(42),
  ] };
}"""


def test_what_the_page_sends_the_server_understands(server: Server, person: NewPerson) -> None:
    page = person("Alice")
    lend_modules(page)
    page.goto(server.url)
    made = page.evaluate(MADE)
    for frame in made["frames"]:
        try:
            protocol.decode(json.dumps(frame))
        except MalformedFrame as malformed:
            raise AssertionError(f"{frame}: {malformed}") from None
    assert {frame["type"] for frame in made["frames"]} == set(tags(Frame))
    fields = {it["type"]: set(it) for it in examples("A client sends")}
    assert all(set(frame) <= fields[frame["type"]] for frame in made["frames"])


def test_the_page_knows_every_event_the_server_sends(server: Server, person: NewPerson) -> None:
    page = person("Alice")
    lend_modules(page)
    page.goto(server.url)
    assert set(page.evaluate(MADE)["events"]) == set(tags(Event))
