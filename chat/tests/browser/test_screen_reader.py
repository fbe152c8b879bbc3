"""What screen readers announce, and accessible names."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from chat.tests.browser.room_page import expect_connected, send_message
from chat.tests.browser.socket_person import SocketPerson
from chat.tests.support.servers import Server

ANNOUNCE = """async ({ messages, me }) => {
  const { Announcer } = await import("/static/chat/js/accessibility/announcer.js");
  const announcer = new Announcer(me, ({ name }) => name);
  announcer.add(messages);
  return announcer.flush().map(({ text }) => text);
}"""
ALICE = {"id": "a", "name": "Alice"}
BOB = {"id": "b", "name": "Bob"}


def announcements(page: Page) -> Locator:
    return page.locator("[data-announcer] p")


def test_new_messages_are_announced_with_author_and_text(alice: Page, bob: SocketPerson) -> None:
    bob.post("**Tea?** ||with rum||")
    expect(announcements(alice)).to_have_text([f"{bob.name}: Tea? (hidden)"])
    log = alice.get_by_role("log", name="Messages")
    expect(log.locator(announcements(alice))).to_have_count(1)
    expect(log.locator("[data-messages]")).to_have_attribute("aria-live", "off")


def test_history_own_messages_and_changes_are_not_announced(
    alice: Page, bob: SocketPerson, server: Server
) -> None:
    old = bob.post("old")
    expect(announcements(alice)).to_have_count(1)
    alice.reload()
    expect_connected(alice)
    send_message(alice, "mine")
    bob.react(old, "🎉")
    bob.edit(old, "older")
    bob.post("news")
    expect(announcements(alice)).to_have_text([f"{bob.name}: news"])


def test_deleting_a_message_removes_its_announcement(alice: Page, bob: SocketPerson) -> None:
    deleted = bob.post("rash")
    expect(announcements(alice)).to_have_count(1)
    bob.delete(deleted)
    expect(announcements(alice)).to_have_count(0)


def test_everything_has_an_accessible_name_and_state(alice: Page, bob: SocketPerson) -> None:
    first = bob.post("Tea?")
    bob.react(first, "🎉")
    bob.post("@Alice: cake?", reply_to=first)
    expect(alice.locator(".reaction")).to_be_visible()
    alice.locator(".message").first.hover()
    expect(alice.locator("body")).to_match_aria_snapshot(f"""
      - navigation "Rooms":
        - link "Lobby"
        - button "Collapse rooms"
        - button "Find a room Ctrl K"
        - region "Rooms":
          - heading "Rooms" [level=2]
          - button "Sort rooms"
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
            - button "Alice you"
          - listitem:
            - button "{bob.name} Guest"
        - button "You are Alice"
        - button "Help"
    """)
    mention = alice.locator(".mentions-me")
    expect(mention).to_have_accessible_description("Mentions you")
    alice.locator(".message").first.locator("[data-action=menu]").click()
    expect(alice.locator("[data-action=menu]")).to_have_attribute("aria-expanded", "true")
    expect(alice.get_by_role("menu", name="Message").get_by_role("menuitem")).to_have_text(
        ["React…", "Reply", "Reactions", "About the author", "Copy link", "Copy text", "Report…"]
    )
    alice.keyboard.press("Escape")
    expect(alice.locator("[data-action=menu]")).to_have_attribute("aria-expanded", "false")


def post(seq: int, text: str, author: dict[str, str] = BOB, **more: object) -> dict[str, object]:
    return {"seq": seq, "version": seq, "author": author, "text": text, "deleted": False, **more}


@pytest.mark.parametrize(
    ("messages", "announced"),
    [
        ([post(1, "hi")], ["Bob: hi"]),
        ([post(1, "hi"), post(2, "you"), post(3, "there")], ["Bob: hi", "Bob: you", "Bob: there"]),
        ([post(seq, "hi") for seq in range(1, 5)], ["4 new messages"]),
        (
            [post(seq, "@Alice", mentions=["a"] if seq < 3 else []) for seq in range(1, 13)],
            ["12 new messages. 2 mention you"],
        ),
        ([post(1, "@Alice hi", mentions=["a"])], ["Bob mentions you: @Alice hi"]),
        ([post(1, "yes", mentions=["a"], reply_to=1)], ["Bob replies to you: yes"]),
        (
            [post(1, "@Alice", mentions=["a"], reply_to=1, html='<span data-member="a">@Alice')],
            ["Bob mentions you: @Alice"],
        ),
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
def test_messages_are_announced(
    modules_page: Page, messages: list[dict[str, object]], announced: list[str]
) -> None:
    assert modules_page.evaluate(ANNOUNCE, {"messages": messages, "me": ALICE}) == announced


def test_a_long_message_is_announced_truncated(modules_page: Page) -> None:
    [text] = modules_page.evaluate(ANNOUNCE, {"messages": [post(1, "la " * 2_000)], "me": ALICE})
    assert re.fullmatch(r"Bob: (la ){166}la…", text)
