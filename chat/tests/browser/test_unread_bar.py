"""The unread bar: how many are new, how many mention me, and the way to each."""

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from chat.tests.browser.conftest import page_factory
from chat.tests.browser.layout import RECORD_LAYOUT_SHIFTS, box_of
from chat.tests.browser.long_messages import PASTE
from chat.tests.browser.room_page import (
    AFTER_PAINT,
    SMALL_PHONE,
    NewPage,
    enter_in_german,
    enter_room,
    message,
    open_room,
    room_url,
    send_message,
    sidebar_row,
)
from chat.tests.browser.socket_person import SocketPerson, socket_person
from chat.tests.support.servers import Server


def bar(page: Page) -> Locator:
    return page.locator("[data-unread]")


def first_unread(page: Page) -> Locator:
    return page.locator("[data-unread-go]")


def mention_in_bar(page: Page) -> Locator:
    return page.locator("[data-unread-mention]")


# --- The unread bar -----------------------------------------------------------------------------


def post_unread(bob: SocketPerson) -> tuple[int, int]:
    """62 messages, among them a mention and a reply. Returns the seqs of these."""
    for number in range(20):
        bob.post(f"before {number}")
    mention = bob.post("@Alice, tea?")
    for number in range(20):
        bob.post(f"between {number}")
    reply = bob.post("milk", reply_to=1)
    for number in range(20):
        bob.post(f"after {number}")
    return mention, reply


@pytest.fixture(scope="module")
def british_page(browser: Browser, server: Server) -> Iterator[Page]:
    with page_factory(browser) as new:
        page = new("Alice", locale="en-GB")
        enter_room(page, server, "Alice", "first")
        yield page


@pytest.fixture
def alice_away(british_page: Page, server: Server, room: str) -> Page:
    """Alice, who has posted in the room and left for the index."""
    open_room(british_page, server, room)
    send_message(british_page, "I was here")
    expect(british_page.locator(".message:not(.is-pending)")).to_have_count(1)
    british_page.goto(server.url)
    return british_page


def test_the_unread_bar_counts_and_leads_to_the_new_line_and_to_each_mention(
    alice_away: Page, server: Server, room: str
) -> None:
    alice = alice_away
    with socket_person(server, room) as bob:
        mention, reply = post_unread(bob)
    open_room(alice, server, room)
    expect(first_unread(alice)).to_have_text(re.compile(r"^62 new since \d\d:\d\d$"))
    expect(mention_in_bar(alice)).to_have_text("2 mention you")
    mention_in_bar(alice).click()
    expect(alice.locator(f'[data-seq="{mention}"]')).to_be_focused()
    expect(mention_in_bar(alice)).to_have_text("1 mentions you")
    mention_in_bar(alice).click()
    expect(alice.locator(f'[data-seq="{reply}"]')).to_be_focused()
    expect(mention_in_bar(alice)).to_be_hidden()
    first_unread(alice).click()
    expect(alice.locator('[data-seq="2"]')).to_be_focused()
    expect(alice.locator('[data-seq="2"] .unread-divider')).to_be_in_viewport()
    expect(bar(alice)).to_be_hidden()


def test_the_unread_bar_follows_what_is_posted_and_deleted(
    alice_away: Page, server: Server, room: str
) -> None:
    alice = alice_away
    with socket_person(server, room) as bob:
        mention, _ = post_unread(bob)
        open_room(alice, server, room)
        expect(first_unread(alice)).to_contain_text("62 new")
        bob.delete(mention)
        expect(first_unread(alice)).to_contain_text("61 new")
        expect(mention_in_bar(alice)).to_have_text("1 mentions you")
        bob.post("one more")
        expect(first_unread(alice)).to_contain_text("62 new")


def test_marking_as_read_removes_the_bar_and_the_new_line_for_good(
    alice_away: Page, server: Server, room: str
) -> None:
    alice = alice_away
    with socket_person(server, room) as bob:
        post_unread(bob)
    open_room(alice, server, room)
    mention_in_bar(alice).click()
    alice.get_by_role("button", name="Mark as read").click()
    expect(bar(alice)).to_be_hidden()
    expect(alice.locator(".unread-divider")).to_have_count(0)
    open_room(alice, server, f"{room} elsewhere")
    expect(sidebar_row(alice, room).locator(".rooms-count")).to_have_text("")


def test_a_few_unread_messages_that_are_in_view_need_no_bar(
    alice_away: Page, server: Server, room: str
) -> None:
    with socket_person(server, room) as bob:
        bob.post("@Alice, tea?")
    alice = open_room(alice_away, server, room)
    expect(alice.locator(".unread-divider")).to_be_in_viewport()
    alice.wait_for_load_state("networkidle")
    expect(bar(alice)).to_be_hidden()


def test_a_mention_below_the_view_is_in_the_bar_until_it_is_seen(
    alice_away: Page, server: Server, room: str
) -> None:
    with socket_person(server, room) as bob:
        for number in range(40):
            bob.post(f"before {number}")
        bob.post("@Alice, tea?")
    alice = open_room(alice_away, server, room)
    expect(alice.locator(".unread-divider")).to_be_in_viewport()
    expect(mention_in_bar(alice)).to_have_text("1 mentions you")
    alice.locator("[data-jump]").click()
    expect(message(alice, "@Alice, tea?")).to_be_in_viewport()
    expect(bar(alice)).to_be_hidden()


@pytest.mark.parametrize(
    ("texts", "label"),
    [
        (["tea?"], "1 new since {time}"),
        (["tea?", "@Alice", "@Alice and cake?"], "3 new since {time} · 2 mention you"),
        (["tea?"] * 40 + ["@Alice"], "41 new since {time} · 1 mentions you"),
    ],
)
def test_the_new_line_says_how_many_are_new_and_how_many_mention_me(
    alice_away: Page, server: Server, room: str, texts: list[str], label: str
) -> None:
    with socket_person(server, room) as bob:
        for text in texts:
            bob.post(text)
        alice = open_room(alice_away, server, room)
        line = alice.locator(".unread-divider")
        expect(line).to_be_in_viewport()
        expected = re.escape(label).replace(re.escape("{time}"), r"\d\d:\d\d")
        expect(line).to_have_attribute("data-label", re.compile(f"^{expected}$"))
        bob.post("@Alice, one that comes while she reads")
        expect(message(alice, "while she reads")).to_be_attached()
        expect(line).to_have_attribute("data-label", re.compile(f"^{expected}$"))


def test_the_toolbar_stands_at_the_message_below_its_dividers(
    alice_away: Page, server: Server, room: str
) -> None:
    with socket_person(server, room) as bob:
        bob.post("tea?")
    alice = open_room(alice_away, server, room)
    for divider in (".day-divider", ".unread-divider"):
        node = alice.locator(".message", has=alice.locator(divider))
        node.locator(".message-text").hover()
        toolbar = node.locator("[data-actions]")
        expect(toolbar).to_be_visible()
        assert abs(box_of(toolbar)["y"] - box_of(node.locator(".message-body"))["y"]) < 32


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    is_beside = one["right"] <= other["left"] or other["right"] <= one["left"]
    return not (is_beside or one["bottom"] <= other["top"] or other["bottom"] <= one["top"])


def test_the_unread_bar_fits_a_phone_and_speaks_german(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("Alice", locale="de-DE", **SMALL_PHONE)
    enter_in_german(page, server, "Alice", room)
    send_message(page, "I was here")
    expect(page.locator(".message:not(.is-pending)")).to_have_count(1)
    page.goto(server.url)
    with socket_person(server, room) as bob:
        post_unread(bob)
    page.goto(room_url(server, room))
    expect(first_unread(page)).to_have_text(re.compile(r"^62 neu seit \d\d:\d\d$"))
    expect(mention_in_bar(page)).to_have_text("2 erwähnen dich")
    boxes = (
        bar(page)
        .get_by_role("button")
        .evaluate_all("nodes => nodes.map((node) => node.getBoundingClientRect().toJSON())")
    )
    assert len(boxes) == 3
    assert all(box["height"] >= 44 and box["right"] <= 320 for box in boxes)
    assert not any(overlap(one, other) for one, other in combinations(boxes, 2))
    mention_in_bar(page).tap()
    expect(message(page, "@Alice, tea?")).to_be_in_viewport()


ME, BOB = {"id": "me"}, {"id": "bob"}


def post(seq: int, author: dict[str, str] = BOB, **fields: Any) -> dict[str, Any]:
    at = f"2026-11-25T10:{seq % 60:02}:00Z"
    return {"seq": seq, "version": seq, "author": author, "sent_at": at, "deleted": False, **fields}


def deleted(seq: int, version: int) -> dict[str, Any]:
    return post(seq) | {"version": version, "deleted": True}


COUNTED = {"count": 3, "more": False, "since": "2026-11-25T10:00:00Z", "mentions": [5]}


@pytest.mark.parametrize(
    ("counted", "messages", "count", "mentions"),
    [
        (None, [], 0, []),
        (COUNTED, [], 3, [5]),
        (COUNTED, [post(9), post(10, mentions=["me"])], 5, [5, 10]),
        (COUNTED, [post(9, ME)], 3, [5]),  # my own
        (COUNTED, [post(9), post(9), post(10, mentions=["room"])], 5, [5, 10]),  # twice is once
        (COUNTED, [deleted(5, 9)], 2, []),
        (COUNTED, [post(9, mentions=["me"]), deleted(9, 10)], 3, [5]),
        (COUNTED, [post(5) | {"version": 9}], 3, []),  # an edit took the mention back
        (COUNTED, [post(6, mentions=["me"]) | {"version": 9}], 3, [5]),  # no news, as elsewhere
        (COUNTED, [deleted(2, 9)], 3, [5]),  # was read
        (None, [post(seq) for seq in range(9, 1_509)], 1_500, []),
    ],
)
def test_unread_messages_are_counted_once_whatever_becomes_of_them(
    modules_page: Page,
    counted: dict[str, Any] | None,
    messages: list[dict[str, Any]],
    count: int,
    mentions: list[int],
) -> None:
    found = modules_page.evaluate(
        """async ([counted, messages]) => {
          const { UnreadMessages } = await import("/static/chat/js/timeline/unread_messages.js");
          const unread = new UnreadMessages({ id: "me" });
          unread.start(counted, 8);
          messages.forEach((message) => unread.apply([message], 2));
          return [unread.count, unread.mentions];
        }""",
        [counted, messages],
    )
    assert found == [count, mentions]


@pytest.mark.parametrize(
    ("count", "is_more", "has_time", "label"),
    [
        (1, False, False, "1 new"),
        (500, True, False, r"500\+ new"),
        (1_234, False, False, "1,234 new"),
        (500, True, True, r"500\+ new since \S+"),
    ],
)
def test_a_count_that_is_a_bound_says_so(
    modules_page: Page, count: int, is_more: bool, has_time: bool, label: str
) -> None:
    found = modules_page.evaluate(
        """async ([count, isMore, hasTime]) => {
          const { unreadLabel } = await import("/static/chat/js/reading/unread_bar.js");
          return unreadLabel(count, isMore, hasTime ? new Date() : null);
        }""",
        [count, is_more, has_time],
    )
    assert re.match(label, found)


# --- Long messages ------------------------------------------------------------------------------


def test_nothing_moves_while_the_bar_long_messages_and_code_appear(
    alice_away: Page, server: Server, room: str
) -> None:
    with socket_person(server, room) as bob:
        for number in range(50):
            bob.post(f"message {number}")
        bob.post(PASTE)
        bob.post(f"```\n{PASTE}\n```")
        bob.post("@Alice?")
    page = alice_away
    page.add_init_script(RECORD_LAYOUT_SHIFTS)
    open_room(page, server, room)
    expect(bar(page)).to_be_visible()
    expect(page.get_by_role("button", name="Show more")).to_have_count(2)
    page.evaluate(AFTER_PAINT)
    assert page.evaluate("shifts") == []
