"""The page sends and knows the frames and events of docs/protocol.md."""

import json

from playwright.sync_api import Page

from chat import protocol
from chat.protocol import Event, Frame, MalformedFrame
from chat.tests.protocol.test_document import examples, tags

FRAMES_AND_EVENTS = """async () => {
  const { frames, EVENTS } = await import("/static/chat/js/net/protocol.js");
  const id = "6f3c3b0e-6f0e-4c7b-9f0e-0d1f4b7c1a11";
  return { events: EVENTS, frames: [
    frames.send({ id, text: "hi", kind: "text", replyTo: 41 }),
    frames.send({ id, text: "waves", kind: "action", replyTo: null }),
    frames.edit(id, 41, "hi there"), frames.delete(id, 41), frames.react(id, 41, "👍", true),
    frames.typing(true), frames.typing(false), frames.read(42), frames.rooms(), frames.ack(42),
  ] };
}"""


def test_the_server_decodes_every_frame_of_the_page(modules_page: Page) -> None:
    made = modules_page.evaluate(FRAMES_AND_EVENTS)
    for frame in made["frames"]:
        try:
            protocol.decode(json.dumps(frame))
        except MalformedFrame as malformed:
            raise AssertionError(f"{frame}: {malformed}") from None
    assert {frame["type"] for frame in made["frames"]} == set(tags(Frame))
    fields = {it["type"]: set(it) for it in examples("A client sends")}
    assert all(set(frame) <= fields[frame["type"]] for frame in made["frames"])


def test_the_page_knows_every_event_of_the_server(modules_page: Page) -> None:
    assert set(modules_page.evaluate(FRAMES_AND_EVENTS)["events"]) == set(tags(Event))
