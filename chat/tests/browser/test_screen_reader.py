"""What a screen reader is told of a room: what others say, as they say it, and no more."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from chat.tests.browser.modules import lend_modules
from chat.tests.browser.somebody import Somebody, somebody_in
from chat.tests.browser.test_room import enter, say
from chat.tests.support.servers import Server

SPOKEN = """async ({ messages, me }) => {
  const { Announcer } = await import("/static/chat/js/accessibility/announcer.js");
  const announcer = new Announcer(me, ({ name }) => name);
  announcer.add(messages);
  return announcer.flush().map(({ text }) => text);
}"""
ALICE = {"id": "a", "name": "Alice"}
BOB = {"id": "b", "name": "Bob"}


@pytest.fixture(scope="module")
def listener(browser: Browser, server: Server) -> Iterator[Page]:
    """Alice, who listens."""
    with ExitStack() as contexts:
        context = contexts.enter_context(browser.new_context(service_workers="block"))
        page = context.new_page()
        lend_modules(page)
        enter(page, server, "Alice", "first")
        yield page


@pytest.fixture
def alice(listener: Page, server: Server, room: str) -> Page:
    listener.goto(f"{server.url}/chat/{quote(room)}/")
    expect(listener.locator("[data-status]")).to_have_attribute("data-state", "open")
    return listener


@pytest.fixture
def bob(server: Server, room: str) -> Iterator[Somebody]:
    with somebody_in(server, room) as bob:
        yield bob


def said(page: Page) -> Locator:
    return page.locator("[data-announcer] p")


def test_author_and_text_are_said_in_the_log_and_the_messages_are_silent(
    alice: Page, bob: Somebody
) -> None:
    bob.say("**Tea?** ||with rum||")
    expect(said(alice)).to_have_text([f"{bob.name}: Tea? (hidden)"])
    log = alice.get_by_role("log", name="Messages")
    expect(log.locator(said(alice))).to_have_count(1)
    expect(log.locator("[data-messages]")).to_have_attribute("aria-live", "off")


def test_neither_history_nor_my_own_nor_changes_are_said(
    alice: Page, bob: Somebody, server: Server
) -> None:
    old = bob.say("long ago")
    expect(said(alice)).to_have_count(1)
    alice.reload()
    expect(alice.locator("[data-status]")).to_have_attribute("data-state", "open")
    say(alice, "mine")
    bob.react(old, "🎉")
    bob.edit(old, "very long ago")
    bob.say("news")
    expect(said(alice)).to_have_text([f"{bob.name}: news"])


def test_what_is_deleted_is_no_longer_there_to_be_heard(alice: Page, bob: Somebody) -> None:
    rash = bob.say("rash")
    expect(said(alice)).to_have_count(1)
    bob.delete(rash)
    expect(said(alice)).to_have_count(0)


def test_everything_has_a_name_and_says_how_it_stands(alice: Page, bob: Somebody) -> None:
    first = bob.say("Tea?")
    bob.react(first, "🎉")
    bob.say("@Alice: cake?", reply_to=first)
    expect(alice.locator(".reaction")).to_be_visible()
    alice.locator(".message").first.hover()
    expect(alice.locator("body")).to_match_aria_snapshot(f"""
      - navigation "Rooms":
        - link "Lobby"
        - button "Collapse rooms"
        - button "Find a room Ctrl K"
        - list
        - link "New room"
      - main:
        - heading /room/ [level=1]
        - button "Set a topic"
        - button "Share"
        - status
        - log "Messages":
          - article /^{bob.name} Tea\\? now 🎉 1. {bob.name}$/:
            - heading "Today" [level=2]
            - button /🎉 1. {bob.name}/
            - toolbar "Message actions":
              - button "React"
              - button "Reply"
              - button "More"
          - article /^{bob.name} In reply to {bob.name}. Tea\\? @Alice. cake\\? now$/:
            - link /In reply to {bob.name}. Tea\\?/
        - textbox /Message to room/
        - button "Send"
      - complementary "People":
        - heading "People" [level=2]
        - button "Collapse people"
        - list:
          - listitem:
            - button "Mention Alice"
          - listitem:
            - button "Mention {bob.name}"
        - button "You are Alice"
        - button "Help"
    """)
    meaning = alice.locator(".mentions-me")
    expect(meaning).to_have_accessible_description("Mentions you")
    alice.locator(".message").first.locator("[data-action=menu]").click()
    expect(alice.locator("[data-action=menu]")).to_have_attribute("aria-expanded", "true")
    expect(alice.get_by_role("menu", name="Message").get_by_role("menuitem")).to_have_text(
        ["React…", "Reply", "Copy link", "Copy text"]
    )
    alice.keyboard.press("Escape")
    expect(alice.locator("[data-action=menu]")).to_have_attribute("aria-expanded", "false")


def post(seq: int, text: str, author: dict[str, str] = BOB, **more: object) -> dict[str, object]:
    return {"seq": seq, "version": seq, "author": author, "text": text, "deleted": False, **more}


@pytest.mark.parametrize(
    ("messages", "spoken"),
    [
        ([post(1, "hi")], ["Bob: hi"]),
        ([post(1, "hi"), post(2, "you"), post(3, "there")], ["Bob: hi", "Bob: you", "Bob: there"]),
        ([post(seq, "hi") for seq in range(1, 5)], ["4 new messages"]),
        (
            [post(seq, "@Alice", mentions=["a"] if seq < 3 else []) for seq in range(1, 13)],
            ["12 new messages. 2 mention you"],
        ),
        ([post(1, "@Alice hi", mentions=["a"])], ["Bob mentions you: @Alice hi"]),
        ([post(1, "waves", kind="action")], ["Bob waves"]),
        ([post(1, "Tea", kind="topic")], ["Bob set the topic: Tea"]),
        ([post(1, "", kind="topic")], ["Bob removed the topic"]),
        ([post(1, "mine", ALICE)], []),
        ([post(1, "edited since", version=4)], []),
        ([post(1, "helo"), post(1, "hello", version=2)], ["Bob: hello"]),
        ([post(1, "rash"), post(1, "", version=2, deleted=True)], []),
        (
            [post(1, "…", html="see <pre><code>1\n2\n3\n</code></pre> and <pre>1</pre>")],
            ["Bob: see (3 lines of code) and 1"],
        ),
    ],
)
def test_what_is_said(listener: Page, messages: list[dict[str, object]], spoken: list[str]) -> None:
    assert listener.evaluate(SPOKEN, {"messages": messages, "me": ALICE}) == spoken


def test_a_long_message_is_cut(listener: Page) -> None:
    [text] = listener.evaluate(SPOKEN, {"messages": [post(1, "la " * 2_000)], "me": ALICE})
    assert re.fullmatch(r"Bob: (la ){166}la…", text)
