"""What is copied: code, messages with their authors and times, parts of one."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from chat.tests.browser.conftest import page_factory
from chat.tests.browser.long_messages import PASTE
from chat.tests.browser.room_page import (
    enter_room,
    open_room,
    room_url,
    send_message,
)
from chat.tests.browser.socket_person import socket_person
from chat.tests.support.servers import Server

# --- Long messages ------------------------------------------------------------------------------


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
