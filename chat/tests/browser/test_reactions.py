"""Reactions in the page: changes of messages, and reactions of more people than are named."""

import json
import sqlite3
from contextlib import closing
from typing import Any
from uuid import uuid4

from hypothesis import given, settings
from playwright.sync_api import Page, expect

from chat.journal.entry import encode_reactions
from chat.journal.reaction_changes import copy
from chat.tests.browser.room_page import expect_connected, message, open_room
from chat.tests.browser.socket_person import socket_person
from chat.tests.journal.test_entry import message_of
from chat.tests.journal.test_reaction_changes import Step, react, steps
from chat.tests.support.servers import Server

PARTY = "🎉"
COMPLETE = """async (args) => {
  const { completeChanges } = await import("/static/chat/js/net/message_changes.js");
  const [events, known] = args;
  return completeChanges(events, (seq) => known[seq]);
}"""


def complete(page: Page, events: list[Any], known: dict[int, Any]) -> Any:
    return page.evaluate(COMPLETE, [events, known])


@settings(max_examples=30, database=None)
@given(before=steps, after=steps)
def check_changes(page: Page, before: list[Step], after: list[Step]) -> None:
    message = message_of("tea " * 2_000)
    react(message, before)
    known = json.loads(encode_reactions(message, 0, []).json)
    encoded = copy(message.reactions)
    react(message, after)
    message.version = 2
    entry = encode_reactions(message, 1, encoded)
    assert entry.change
    completed = complete(page, [json.loads(entry.change.json)], {1: known})
    assert completed == {"messages": [json.loads(entry.json)], "missing": []}


def test_the_page_makes_of_a_change_the_message_that_is_stored(modules_page: Page) -> None:
    check_changes(modules_page)


def test_the_page_finds_out_which_messages_it_lacks(modules_page: Page) -> None:
    def change(seq: int, base: int) -> dict[str, Any]:
        return {"type": "change", "seq": seq, "version": base + 1, "base": base, "reactions": []}

    def state(seq: int, version: int) -> dict[str, Any]:
        return {"type": "message", "seq": seq, "version": version, "reactions": []}

    events = [change(1, 7), change(2, 7), change(3, 7), state(4, 9), change(4, 9), change(5, 7)]
    known = {1: state(1, 7), 2: state(2, 6), 5: state(5, 20)}
    completed = complete(modules_page, events, known)
    assert completed["missing"] == [2, 3]
    assert [(it["seq"], it["version"]) for it in completed["messages"]] == [(1, 8), (4, 9), (4, 10)]


def react_with_100_others(server: Server, text: str) -> None:
    """Store that a hundred others have reacted to a message."""
    people = [{"id": str(uuid4()), "name": f"Guest {number}"} for number in range(100)]
    reactions = json.dumps([{"emoji": PARTY, "count": 100, "people": people}])
    with closing(sqlite3.connect(server.data_dir / "lobby.sqlite3", timeout=10)) as file, file:
        file.execute("UPDATE chat_message SET reactions = ? WHERE text = ?", (reactions, text))


def test_the_101st_to_react_sees_that_and_can_take_it_back(
    alice: Page, server: Server, room: str
) -> None:
    text = f"cake {uuid4()}"
    with socket_person(server, room) as bob:
        bob.post(text)
    react_with_100_others(server, text)
    open_room(alice, server, room)
    chip = message(alice, "cake").locator(".reaction")
    expect(chip).to_contain_text("100")
    chip.click()
    expect(chip).to_contain_text("101")
    expect(chip).to_have_attribute("aria-pressed", "true")
    alice.reload()
    expect_connected(alice)
    expect(chip).to_have_attribute("aria-pressed", "true")
    chip.click()
    expect(chip).to_contain_text("100")
    expect(chip).to_have_attribute("aria-pressed", "false")


PENDING = """async ([me, events]) => {
  const { PendingChanges } = await import("/static/chat/js/net/pending_changes.js");
  const sent = [];
  const changes = new PendingChanges(me, (frame) => sent.push(frame), () => {});
  changes.react(1, "🎉", true);
  changes.confirm(events);
  changes.resend();
  const resent = sent.length;
  changes.confirmReaction({ id: sent[0].id });
  changes.resend();
  return [resent, sent.length];
}"""


def test_a_reaction_that_the_message_does_not_show_is_pending_until_the_server_confirms_it(
    modules_page: Page,
) -> None:
    people = [{"id": "bob", "name": "Bob"}]
    shown = {"seq": 1, "version": 2, "reactions": [{"emoji": PARTY, "count": 2, "people": people}]}
    assert modules_page.evaluate(PENDING, [{"id": "alice"}, [shown]]) == [2, 2]
    named = shown | {"reactions": [{"emoji": PARTY, "count": 1, "people": people}]}
    assert modules_page.evaluate(PENDING, [{"id": "bob"}, [named]]) == [1, 1]


OWN_OF_GUEST = """async ([me, reaction]) => {
  const { OwnReactions } = await import("/static/chat/js/messages/own_reactions.js");
  const { showReactions } = await import("/static/chat/js/messages/reactions_view.js");
  const isMine = new OwnReactions(me).has({ seq: 1, reactions: [reaction] }, reaction.emoji);
  const node = document.createElement("div");
  node.innerHTML = "<div class=message-body></div>";
  showReactions(node, { reactions: [{ ...reaction, isMine }] }, me);
  const { ariaPressed, ariaLabel } = node.querySelector(".reaction");
  return [ariaPressed, ariaLabel];
}"""


def test_what_a_guest_reacted_is_shown_as_mine_once_i_have_claimed_the_guest(
    modules_page: Page,
) -> None:
    people = [{"id": "panda", "name": "Panda", "mark": ""}]
    reaction = {"emoji": PARTY, "count": 1, "people": people}
    me = {"id": "alice", "claimed": ["panda"]}
    assert modules_page.evaluate(OWN_OF_GUEST, [me, reaction]) == ["true", f"{PARTY} 1: You"]
    shown = {"seq": 1, "version": 2, "reactions": [reaction]}
    assert modules_page.evaluate(PENDING, [me, [shown]]) == [
        1,
        1,
    ]  # the server need not be asked again
