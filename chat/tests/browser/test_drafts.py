"""Drafts: each tab has its own, and that of a closed tab is found again."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.attached_files import (
    expect_attached,
    pick,
    picture,
    sent_files,
    text_file,
)
from chat.tests.browser.room_page import (
    Enter,
    NewPage,
    another_tab,
    enter_room,
    expect_confirmed,
    expect_connected,
    message_field,
    open_room,
    send_message,
    submit,
)
from chat.tests.support.servers import Server

OPEN_TABS = "navigator.locks.query().then(({ held }) => held.map(({ name }) => name))"
NO_LOCKS = "Object.defineProperty(navigator, 'locks', { value: undefined })"


@pytest.fixture
def tab(enter: Enter) -> Page:
    return enter("Alice")


def close(tab: Page, survivor: Page) -> None:
    """Close a tab, and wait until the browser has noticed."""
    lock = tab.evaluate("`lobby tab ${sessionStorage['lobby tab']}`")
    tab.close()
    survivor.wait_for_function(f"(lock) => {OPEN_TABS}.then((it) => !it.includes(lock))", arg=lock)


def expect_drafts_after_reload(*drafts: tuple[Page, str]) -> None:
    for tab, text in drafts:
        tab.reload()
        expect(message_field(tab)).to_have_value(text)


def test_two_tabs_of_a_room_keep_their_own_drafts(tab: Page) -> None:
    message_field(tab).fill("one")
    other = another_tab(tab)
    expect(message_field(other)).to_have_value("")
    message_field(other).fill("two")
    expect_drafts_after_reload((tab, "one"), (other, "two"))
    message_field(tab).press("Enter")
    expect(tab.locator(".message:not(.is-pending)")).to_have_count(1)
    other.reload()
    expect(message_field(other)).to_have_value("two")
    tab.reload()
    expect_connected(tab)
    expect(message_field(tab)).to_have_value("")


def duplicate(tab: Page) -> Page:
    """A tab with a copy of the session storage, as a browser's "Duplicate tab" makes one."""
    copy = tab.context.new_page()
    stored = tab.evaluate("JSON.stringify(sessionStorage)")
    copy.add_init_script(
        f"""if (!sessionStorage.length) {{
          Object.assign(sessionStorage, {stored});
        }}"""
    )
    copy.goto(tab.url)
    expect_connected(copy)
    return copy


def tab_id(tab: Page) -> str:
    return str(tab.evaluate("sessionStorage['lobby tab']"))


@pytest.mark.parametrize("script", ["", NO_LOCKS], ids=["https", "http"])
def test_a_duplicated_tab_has_a_draft_of_its_own(
    new_page: NewPage, server: Server, room: str, script: str
) -> None:
    tab = new_page("Alice")
    tab.context.add_init_script(script)
    enter_room(tab, server, "Alice", room)
    message_field(tab).fill("one")
    copy = duplicate(tab)
    expect(message_field(copy)).to_have_value("one")
    message_field(copy).fill("two")
    ids = tab_id(tab), tab_id(copy)
    assert ids[0] != ids[1]
    expect_drafts_after_reload((tab, "one"), (copy, "two"))
    assert ids == (tab_id(tab), tab_id(copy))
    message_field(copy).press("Enter")
    expect(copy.locator(".message:not(.is-pending)")).to_have_count(1)
    expect_drafts_after_reload((tab, "one"))


def test_the_draft_of_a_closed_duplicate_is_not_what_the_original_sent(
    tab: Page, server: Server
) -> None:
    message_field(tab).fill("one")
    close(duplicate(tab), tab)
    message_field(tab).press("Enter")
    expect(tab.locator(".message:not(.is-pending)")).to_have_count(1)
    other = another_tab(tab)
    expect(message_field(other)).to_have_value("")


def test_the_draft_of_a_closed_original_is_found_beside_its_duplicate(tab: Page) -> None:
    message_field(tab).fill("one")
    copy = duplicate(tab)
    message_field(copy).fill("two")
    close(tab, copy)
    other = another_tab(copy)
    expect(message_field(other)).to_have_value("one")
    expect_drafts_after_reload((copy, "two"), (other, "one"))


def test_the_next_tab_finds_the_draft_of_a_closed_one(tab: Page, server: Server) -> None:
    survivor = tab.context.new_page()
    survivor.goto(server.url)
    message_field(tab).fill("one")
    address = tab.url
    close(tab, survivor)
    survivor.goto(address)
    expect(message_field(survivor)).to_have_value("one")
    third = another_tab(survivor)
    expect(message_field(third)).to_have_value("")
    message_field(survivor).press("Enter")
    expect(survivor.locator(".message:not(.is-pending)")).to_have_count(1)
    close(survivor, third)
    third.reload()
    expect_connected(third)
    expect(message_field(third)).to_have_value("")


def test_a_tab_that_left_the_room_keeps_its_draft(tab: Page, server: Server) -> None:
    message_field(tab).fill("one")
    address = tab.url
    tab.goto(server.url)
    other = tab.context.new_page()
    other.goto(address)
    expect_connected(other)
    expect(message_field(other)).to_have_value("")
    tab.go_back()
    expect(message_field(tab)).to_have_value("one")


def test_a_draft_of_an_earlier_version_is_found(tab: Page, server: Server) -> None:
    tab.goto(server.url)
    tab.evaluate("localStorage['lobby draft tea'] = 'one'")
    open_room(tab, server, "tea")
    expect(message_field(tab)).to_have_value("one")
    message_field(tab).fill("")
    other = another_tab(tab)
    expect(message_field(other)).to_have_value("")


def test_a_draft_survives_another_language(tab: Page) -> None:
    message_field(tab).fill("one")
    tab.locator("[data-rename]").click()
    tab.get_by_role("button", name="Deutsch").click()
    expect(tab.locator("html")).to_have_attribute("lang", "de")
    expect(message_field(tab)).to_have_value("one")


def test_without_web_locks_each_tab_still_keeps_its_own_draft(
    new_page: NewPage, server: Server, room: str
) -> None:
    tab = new_page("Alice")
    tab.context.add_init_script(NO_LOCKS)
    enter_room(tab, server, "Alice", room)
    message_field(tab).fill("one")
    other = another_tab(tab)
    expect(message_field(other)).to_have_value("one")
    message_field(other).fill("two")
    expect_drafts_after_reload((tab, "one"), (other, "two"))


def draft_copies(page: Page, count: int, text: str) -> list[Any]:
    """The copies in localStorage after drafts in many rooms."""
    script = """async ([count, text]) => {
      localStorage.clear();
      const { Draft } = await import("/static/chat/js/composer/draft.js");
      for (let number = 1; number <= count; number += 1) {
        new Draft({ name: `room ${number}` }).text = text;
      }
      return Object.keys(localStorage).filter((key) => key.startsWith("lobby tab draft "));
    }"""
    return list(page.evaluate(script, [count, text]))


def test_the_drafts_that_outlive_their_tabs_are_bounded(modules_page: Page) -> None:
    assert len(draft_copies(modules_page, 60, "tea")) == 40
    assert draft_copies(modules_page, 1, "x" * 40_001) == []


def test_attached_files_stay_through_a_reload(tab: Page) -> None:
    pick(tab, picture(), text_file())
    tab.get_by_label("What does cat.png show?").fill("a cat")
    tab.reload()
    expect_attached(tab, "cat.png", "notes.txt")
    expect(tab.get_by_label("What does cat.png show?")).to_have_value("a cat")
    message_field(tab).fill("both")
    submit(tab)
    expect_confirmed(tab, ["both"])
    assert sent_files(tab) == [["cat.png", "notes.txt"]]
    tab.reload()
    pick(tab, text_file("other.txt"))  # the script is there
    expect_attached(tab, "other.txt")


def test_files_that_are_aside_during_an_edit_stay_through_a_reload(tab: Page) -> None:
    send_message(tab, "to edit")
    pick(tab, text_file())
    expect_attached(tab, "notes.txt")
    message_field(tab).press("ArrowUp")
    expect(message_field(tab)).to_have_value("to edit")
    expect_attached(tab)
    tab.reload()
    expect_attached(tab, "notes.txt")


def test_a_duplicated_tab_does_not_have_the_files_of_the_original(tab: Page) -> None:
    pick(tab, text_file())
    expect_attached(tab, "notes.txt")
    copy = duplicate(tab)
    pick(copy, text_file("own.txt"))  # the script is there
    expect_attached(copy, "own.txt")
