"""What a reader does: go to what is unread, open long messages, copy, print, go through rooms."""

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from chat.tests.browser.conftest import page_factory
from chat.tests.browser.layout import RECORD_LAYOUT_SHIFTS, box_of
from chat.tests.browser.modules import call_function
from chat.tests.browser.room_page import (
    AFTER_PAINT,
    SMALL_PHONE,
    NewPage,
    enter_in_german,
    enter_room,
    message,
    open_room,
    post_many,
    rendered_seqs,
    room_url,
    send_message,
    sidebar_row,
)
from chat.tests.browser.socket_person import SocketPerson, socket_person
from chat.tests.support.servers import Server

PASTE = "\n".join(f"line {number} of a log" for number in range(1, 35))
TOP = "node => node.getBoundingClientRect().top"


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


@pytest.mark.parametrize(
    ("text", "is_folded"),
    [
        (PASTE, True),
        ("\n".join("x" * 20), False),
        ("\n".join("x" * 21), True),
        (f"```\n{PASTE}\n```", True),
        (f"```\n{'x = 1; ' * 900}\n```", False),  # one line, which scrolls
        ("word " * 300, False),
        ("word " * 500, True),
        ("\n\n".join("x" * 13), False),  # paragraphs are closer than lines
        ("\n\n".join("x" * 21), True),
        ("- item\n" * 30, True),
        ("short", False),
    ],
)
def test_long_texts_fold(modules_page: Page, text: str, is_folded: bool) -> None:
    assert call_function(modules_page, "messages/folds.js", "isLong", text) is is_folded


def height(node: Locator) -> float:
    return box_of(node)["height"]


def test_a_long_paste_folds_at_once_and_opens_where_the_reader_is(
    alice: Page, server: Server, room: str
) -> None:
    post_many(server, room, 40)
    expect(message(alice, "message 40")).to_be_visible()
    send_message(alice, PASTE)
    toggle = alice.get_by_role("button", name="Show more")
    expect(alice.locator(".message:not(.is-pending)")).to_have_count(41)
    expect(toggle).to_have_attribute("aria-expanded", "false")
    text = alice.locator(".message-text").last
    expect(alice.get_by_text("line 12 of a log")).to_be_visible()
    assert "line 13" not in text.inner_text()
    folded, top = height(text), text.evaluate(TOP)
    toggle.click()
    opened = alice.get_by_role("button", name="Show less")
    expect(opened).to_have_attribute("aria-expanded", "true")
    assert height(text) > 2 * folded
    assert text.evaluate(TOP) == pytest.approx(top, abs=1)
    assert text.inner_text() == PASTE
    alice.keyboard.press("Enter")
    expect(toggle).to_be_focused()
    assert height(text) == folded
    assert text.evaluate(TOP) == pytest.approx(top, abs=1)
    alice.keyboard.press("Enter")
    opened.scroll_into_view_if_needed()
    bottom = opened.evaluate(TOP)
    alice.keyboard.press("Enter")
    expect(toggle).to_be_in_viewport()
    assert toggle.evaluate(TOP) == pytest.approx(bottom, abs=1)


@pytest.mark.parametrize(
    ("text", "shown", "hidden"),
    [
        (PASTE, "line 12 ", "line 13 "),
        (f"```\n{PASTE}\n```", "line 12 ", "line 13 "),
        (f"**log**\n{PASTE}", "line 11 ", "line 12 "),
        ("\n".join(f"- item {number}." for number in range(1, 31)), "item 12.", "item 13."),
        ("\n\n".join(f"_number {number}._" for number in range(1, 31)), "number 12.", "number 13."),
        (" ".join(f"word{number}." for number in range(400)), "word100.", "word399."),
        (" ".join(f"_word{number}._" for number in range(400)), "word100.", "word399."),
        (f"short\n```\n{PASTE}\n```\nend", "line 11 ", "end"),
    ],
    ids=["plain", "code", "lines", "list", "paragraphs", "words", "formatted", "mixed"],
)
def test_the_first_lines_of_a_long_message_are_shown(
    alice: Page, server: Server, room: str, text: str, shown: str, hidden: str
) -> None:
    with socket_person(server, room) as bob:
        bob.post(text)
    toggle = alice.get_by_role("button", name="Show more")
    expect(toggle).to_be_visible()
    found = alice.locator(".message-text").inner_text()
    assert shown in found
    assert hidden not in found
    toggle.click()
    expect(alice.locator(".fold-rest")).to_have_count(0)
    assert hidden in alice.locator(".message-text").inner_text()


def test_what_a_reader_has_opened_stays_open_when_the_message_changes(
    alice: Page, server: Server, room: str
) -> None:
    with socket_person(server, room) as bob:
        seq = bob.post(PASTE)
        alice.get_by_role("button", name="Show more").click()
        bob.edit(seq, f"{PASTE}!")
        expect(alice.locator(".message-text")).to_contain_text("log!")
        bob.react(seq, "👍")
        expect(alice.locator(".reaction")).to_have_count(1)
        expect(alice.get_by_role("button", name="Show less")).to_be_visible()
        bob.edit(seq, "short")
        expect(alice.locator(".message-text")).to_contain_text("short")
        expect(alice.locator(".fold-toggle")).to_have_count(0)
        bob.edit(seq, PASTE)
        expect(alice.get_by_role("button", name="Show more")).to_be_visible()


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


def test_a_permalink_opens_a_folded_message(alice: Page, server: Server, room: str) -> None:
    with socket_person(server, room) as bob:
        bob.post(PASTE)
        bob.post("see above", reply_to=1)
    alice.locator(".quote").click()
    expect(alice.get_by_role("button", name="Show less")).to_be_visible()


def test_a_text_that_the_browser_finds_in_a_fold_is_shown(
    alice: Page, server: Server, room: str
) -> None:
    with socket_person(server, room) as bob:
        bob.post(PASTE)
        bob.post(f"{PASTE}\n**needle**\nend")
    needle = alice.locator(".message-text strong")
    expect(needle).to_have_count(1)
    assert not needle.is_visible()
    needle.evaluate("node => { node.id = 'needle'; location.hash = 'needle'; }")
    expect(needle).to_be_in_viewport()
    expect(alice.get_by_role("button", name="Show less")).to_have_count(1)
    expect(alice.get_by_role("button", name="Show more")).to_have_count(1)


def test_folded_code_is_copied_whole(copying: Page, server: Server, room: str) -> None:
    with socket_person(server, room) as bob:
        bob.post(f"```\n{PASTE}\n```\nand\n```\nshort\n```")
    copying.get_by_role("button", name="Copy code").last.click()
    expect(copying.locator("[data-toast]")).to_have_text("Code copied.")
    assert copying.evaluate("navigator.clipboard.readText()") == PASTE


# --- Copying ------------------------------------------------------------------------------------


def test_code_is_copied_by_its_button(clipboard_page: Page) -> None:
    send_message(clipboard_page, "do:\n```sh\nmake all\n  make test\n```\nthen\n```\nb\n```")
    expect(clipboard_page.locator(".message:not(.is-pending)")).to_have_count(1)
    clipboard_page.locator("#chat-log").focus()
    clipboard_page.keyboard.press("ArrowUp")
    copy = clipboard_page.get_by_role("button", name="Copy code").first
    while not copy.evaluate("node => node === document.activeElement"):
        clipboard_page.keyboard.press("Tab")
    expect(copy).to_have_css("opacity", "1")
    clipboard_page.keyboard.press("Enter")
    expect(clipboard_page.locator("[data-toast]")).to_have_text("Code copied.")
    clipboard_page.locator("#chat-message-input").press("Control+v")
    expect(clipboard_page.locator("#chat-message-input")).to_have_value("make all\n  make test")


def test_the_name_of_a_message_has_its_code_and_no_button(
    alice: Page, server: Server, room: str
) -> None:
    with socket_person(server, room) as bob:
        bob.post("do:\n```\nmake\n```")
        expect(alice.get_by_role("article", name=re.compile(r"do:.*make now$"))).to_have_count(1)


SELECT = """([from, to]) => {
  const texts = [...document.querySelectorAll(".message-text")];
  const find = (it) => {
    const walker = document.createTreeWalker(texts[it.message], NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    return [nodes.at(it.node ?? 0), it.offset];
  };
  getSelection().setBaseAndExtent(...find(from), ...find(to));
}"""


@pytest.fixture(scope="module")
def copying_page(browser: Browser, server: Server) -> Iterator[Page]:
    with page_factory(browser) as new:
        page = new("Alice", locale="en-GB", permissions=["clipboard-read", "clipboard-write"])
        page.clock.install(time="2026-11-25T10:09:00Z")
        enter_room(page, server, "Alice", "first")
        yield page


@pytest.fixture
def copying(copying_page: Page, server: Server, room: str) -> Page:
    """A page with three messages of two people."""
    page = open_room(copying_page, server, room)
    with socket_person(server, room) as bob:
        page.bob_name = bob.name  # type: ignore[attr-defined]
        bob.post("one **bold** line\nand another")
        bob.react(bob.post("```\ncode()\n    more()\n```"), "👍")
        bob.post("waves", kind="action")
    expect(page.locator(".reaction")).to_have_count(1)
    expect(page.locator(".is-action")).to_have_count(1)
    page.wait_for_load_state("networkidle")
    return page


def copied(page: Page, kind: str = "text/plain") -> str:
    page.keyboard.press("Control+c")
    found: str = page.evaluate(
        """async (kind) => {
          const [item] = await navigator.clipboard.read();
          return (await item.getType(kind)).text();
        }""",
        kind,
    )
    return found


def clock_times(page: Page) -> list[str]:
    times: list[str] = page.locator(".message-time").evaluate_all(
        "nodes => nodes.map(({ dateTime }) => new Date(dateTime)"
        ".toLocaleTimeString('en-GB', { timeStyle: 'short' }))"
    )
    return times


def test_several_messages_are_copied_as_their_lines(copying: Page) -> None:
    name = copying.bob_name  # type: ignore[attr-defined]
    copying.evaluate(SELECT, [{"message": 0, "offset": 4}, {"message": 2, "offset": 5}])
    first, *_ = clock_times(copying)
    assert copied(copying) == (
        f"{name}, {first}\nbold line\nand another\ncode()\n    more()\n\n{name} waves"
    )
    html = copied(copying, "text/html")
    assert html.count(f"<b>{name}") == 2
    assert f"<b>{name}, {first}</b>" in html
    assert "<strong>bold</strong>" in html
    assert "<pre><code>code()\n    more()" in html
    assert "button" not in html
    assert "👍" not in html


def test_a_name_is_copied_once_for_a_group_wherever_the_selection_begins(
    copying: Page, server: Server, room: str
) -> None:
    name = copying.bob_name  # type: ignore[attr-defined]
    with socket_person(server, room) as eve:
        eve.post("one")
        eve.post("two")
        eve.post("three")
        eve_name = eve.name
    expect(copying.locator(".message")).to_have_count(6)
    copying.evaluate(SELECT, [{"message": 4, "offset": 0}, {"message": 5, "offset": 5}])
    times = clock_times(copying)
    assert copied(copying) == f"{eve_name}, {times[4]}\ntwo\nthree"
    copying.evaluate(SELECT, [{"message": 1, "offset": 0}, {"message": 4, "offset": 3}])
    assert copied(copying) == (
        f"{name}, {times[1]}\ncode()\n    more()\n\n"
        f"{name} waves\n\n{eve_name}, {times[3]}\none\ntwo"
    )


def test_a_link_to_a_room_is_copied_and_printed_with_its_address(
    copying: Page, server: Server, room: str
) -> None:
    """In the page it leads to "#" or "#3", and may be shown by the name of the room."""
    here, there = room_url(server, room), room_url(server, "tea")
    with socket_person(server, room) as bob:
        bob.post(here)
        bob.post(f"{here}#3")
        bob.post(there)
        bob.post(f"[top]({here}) [third]({here}#3)")
    expect(copying.locator(".message")).to_have_count(7)
    addresses = [here, f"{here}#3", there, here, f"{here}#3"]
    copying.evaluate(SELECT, [{"message": 3, "offset": 0}, {"message": 6, "node": -1, "offset": 5}])
    assert copied(copying).split("\n")[1:] == [here, f"{here}#3", there, "top third"]
    assert re.findall('href="(.*?)"', copied(copying, "text/html")) == addresses
    copying.evaluate("dispatchEvent(new Event('beforeprint'))")
    printed = copying.locator(".message-text a").evaluate_all(
        "it => it.map((a) => a.dataset.printed)"
    )
    assert printed == addresses


def test_messages_of_several_days_are_copied_under_their_dates(copying: Page) -> None:
    name = copying.bob_name  # type: ignore[attr-defined]
    copying.evaluate(
        """document.querySelectorAll(".message-time").forEach((time, index) => {
          time.dateTime = `2026-11-${["23T10:09", "25T10:10", "25T10:11"][index]}:00`;
          time.closest(".message").classList.remove("is-grouped");
        })"""
    )
    copying.evaluate(SELECT, [{"message": 0, "offset": 0}, {"message": 2, "offset": 5}])
    assert copied(copying) == (
        f"Monday, 23 November 2026\n\n{name}, 10:09\none bold line\nand another\n\n"
        f"Wednesday, 25 November 2026\n\n{name}, 10:10\ncode()\n    more()\n\n{name} waves"
    )
    assert copied(copying, "text/html").count("November 2026") == 2


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (PASTE, PASTE),
        (f"```\n{PASTE}\n```", PASTE),
        (f"**log**\n{PASTE}", f"log\n{PASTE}"),
        ("\n\n".join(f"**{number}**" for number in range(1, 31)), None),
        ("\n".join(f"- item {number}" for number in range(1, 31)), None),
    ],
    ids=["plain", "code", "lines", "paragraphs", "list"],
)
def test_a_folded_message_is_copied_whole(
    copying: Page, server: Server, room: str, text: str, lines: str | None
) -> None:
    with socket_person(server, room) as bob:
        bob.post(text)
        bob.post("end", kind="action")
    expect(copying.locator(".is-action")).to_have_count(2)
    copying.evaluate(SELECT, [{"message": 2, "offset": 0}, {"message": 4, "offset": 3}])
    found = copied(copying).split("\n\n", 1)[1].rsplit("\n\n", 1)[0].split("\n", 1)[1]
    if lines is None:
        assert [it for it in found.split("\n") if it] == [
            it.strip("*- ") for it in text.split("\n") if it
        ]
    else:
        assert found == lines


def test_a_part_of_one_message_is_copied_as_it_is(copying: Page) -> None:
    end = {"message": 0, "node": -1, "offset": 4}
    copying.evaluate(SELECT, [{"message": 0, "offset": 0}, end])
    assert copied(copying).replace("\r", "") == "one bold line\nand "


def test_a_line_selected_by_three_clicks_is_copied_without_the_next_message(copying: Page) -> None:
    copying.locator(".message-text").nth(1).locator("code").click(click_count=3)
    assert copied(copying).strip("\n") in ("code()", "code()\n    more()")


def test_a_selection_in_the_composer_is_copied_as_it_is(copying: Page) -> None:
    field = copying.locator("#chat-message-input")
    field.fill("my draft")
    field.press("Control+a")
    assert copied(copying) == "my draft"


# --- Printing -----------------------------------------------------------------------------------

# As the stylesheet says, or with the attribute put in.
PRINTED_ADDRESS = ('" (" attr(data-printed) ")"', '" (https://docs.example.com/a)"')


def test_a_print_has_the_whole_conversation_and_nothing_else(
    new_page: NewPage, server: Server, room: str
) -> None:
    page = new_page("Alice", color_scheme="dark", locale="en-GB")
    post_many(server, room, 260)
    with socket_person(server, room) as bob:
        bob.post(f"{PASTE}\n[docs](https://docs.example.com/a) https://example.com/b")
        bob.post(f"```\n{'wide ' * 200}\n```")
    open_room(page, server, room)
    page.wait_for_load_state("networkidle")
    page.wait_for_function(
        """() => {
          document.querySelector("#chat-log").scrollTop = 0;
          return document.querySelector('[data-seq="1"]') !== null;
        }"""
    )
    before = rendered_seqs(page)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    printed = rendered_seqs(page)
    assert printed == list(range(1, 263))
    assert len(before) == 200
    for part in (
        "nav",
        "aside",
        ".composer",
        ".room-header button:not(.room-title *)",
        ".fold-toggle",
        ".copy-code",
    ):
        assert page.locator(part).evaluate_all(
            "nodes => nodes.every((it) => !it.checkVisibility())"
        )
    heights = page.evaluate(
        "[document.body.scrollHeight, document.querySelector('.messages').scrollHeight]"
    )
    assert heights[0] >= heights[1] > 5_000
    text = page.locator(".message-text").nth(-2)
    assert height(text) > 34 * 20
    after = "node => getComputedStyle(node, '::after').content"
    links = text.locator("a")
    expect(links.nth(0)).to_have_attribute("data-printed", "https://docs.example.com/a")
    assert links.nth(0).evaluate(after) in PRINTED_ADDRESS
    assert links.nth(1).evaluate(after) == "none"
    code = page.locator("pre")
    assert code.evaluate("node => node.scrollWidth <= node.clientWidth")
    assert page.locator(".day-divider").first.get_attribute("data-printed")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.evaluate(AFTER_PAINT)
    assert rendered_seqs(page) == before
    assert page.evaluate("document.querySelector('#chat-log').scrollTop") == 0


# --- Going through rooms ------------------------------------------------------------------------


def stepped(page: Page, rooms: list[dict[str, Any]], step: int) -> str | None:
    found: str | None = page.evaluate(
        """async ([rooms, step]) => {
          const { adjacentRoom } = await import("/static/chat/js/reading/room_steps.js");
          return adjacentRoom(rooms, step, ({ unread }) => unread !== 0)?.name ?? null;
        }""",
        [rooms, step],
    )
    return found


def listed(names: str, current: str, read: str = "") -> list[dict[str, Any]]:
    return [
        {"name": it, "isCurrent": it == current, "unread": 0 if it in read else 1} for it in names
    ]


@pytest.mark.parametrize(
    ("rooms", "up", "down"),
    [
        (listed("abc", "b"), "a", "c"),
        (listed("abc", "a"), "c", "b"),  # as if the list were a ring
        (listed("abc", "c"), "b", "a"),
        (listed("abcde", "c", read="bd"), "a", "e"),
        (listed("abc", "-"), "c", "a"),  # the current room is not in the list
        (listed("a", "a"), None, None),
        (listed("", "-"), None, None),
        (listed("abc", "a", read="bc"), None, None),
    ],
)
def test_a_step_leads_to_the_next_room_that_is_wanted(
    modules_page: Page, rooms: list[dict[str, Any]], up: str | None, down: str | None
) -> None:
    assert stepped(modules_page, rooms, -1) == up
    assert stepped(modules_page, rooms, 1) == down


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def test_alt_and_an_arrow_go_through_the_rooms(
    new_page: NewPage, server: Server, room: str
) -> None:
    page = new_page("Alice")
    for name in ("a", "b", "c"):
        enter_room(page, server, "Alice", f"{room} {name}")
        send_message(page, "hello")
        expect(page.locator(".message:not(.is-pending)")).to_have_count(1)
    expect(page.locator(".rooms-row")).to_have_count(3)
    field = page.locator("#chat-message-input")
    field.press("Alt+ArrowDown")  # the latest active room is the first
    expect(heading(page)).to_have_text(f"{room} b")
    expect(page.locator(".rooms-row")).to_have_count(3)
    field.fill("a draft")
    field.press("Alt+ArrowDown")
    expect(heading(page)).to_have_text(f"{room} a")
    expect(page.locator(".rooms-row")).to_have_count(3)
    with socket_person(server, f"{room} c") as bob:
        bob.post("news")
    expect(sidebar_row(page, f"{room} c").locator(".rooms-count")).to_have_text("1")
    page.locator("#chat-log").press("Alt+Shift+ArrowUp")
    expect(heading(page)).to_have_text(f"{room} c")
    expect(page.locator(".rooms-row")).to_have_count(3)
    field.press("Alt+Shift+ArrowUp")
    expect(page.locator("[data-toast]")).to_have_text("There is no unread room.")
    assert page.evaluate("document.activeElement.id") == "chat-message-input"


@pytest.mark.parametrize(("text", "goes"), [("", True), ("two\n\nparagraphs", False)])
def test_on_a_mac_option_and_an_arrow_move_in_a_text(
    new_page: NewPage, server: Server, room: str, text: str, goes: bool
) -> None:
    page = new_page("Alice")
    page.add_init_script("Object.defineProperty(navigator, 'platform', { get: () => 'MacIntel' })")
    open_room(page, server, room)
    page.locator("#chat-message-input").fill(text)
    page.locator("#chat-message-input").press("Alt+Shift+ArrowUp")
    page.evaluate(AFTER_PAINT)
    shown = "There is no unread room." if goes else ""
    expect(page.locator("[data-toast]")).to_have_text(shown)


# --- Permalinks ---------------------------------------------------------------------------------


def test_a_missing_permalink_shows_the_end_and_a_note_beside_the_jump_button(
    alice: Page, server: Server, room: str
) -> None:
    post_many(server, room, 120)
    alice.goto("about:blank")
    alice.goto(f"{room_url(server, room)}#9999")
    expect(alice.locator("[data-toast]")).to_have_text("There is no such message in this room.")
    expect(message(alice, "message 120")).to_be_in_viewport()
    expect(alice.locator("[data-jump]")).to_be_hidden()
    alice.evaluate("document.querySelector('#chat-log').scrollTop = 0")
    expect(alice.locator("[data-jump]")).to_be_visible()
    toast, jump = (box_of(alice.locator(it)) for it in ("[data-toast]", "[data-jump]"))
    assert toast["y"] + toast["height"] <= jump["y"]
