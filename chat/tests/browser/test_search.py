"""The search in a room: typing, finding, going there, and coming back."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect

from chat.tests.browser.axe import violations
from chat.tests.browser.layout import cut_off, small_targets
from chat.tests.browser.room_page import (
    PHONE,
    NewPage,
    enter_in_german,
    expect_connected,
    expect_sent,
    message,
    message_field,
    next_held,
    open_room,
    post_many,
    send_message,
)
from chat.tests.browser.searching import field, open_search, results, say, search, status
from chat.tests.support.servers import Server


def open_on_phone(page: Page) -> None:
    """By the sheet of the room: the header has place for the name alone."""
    page.locator("[data-open-room-sheet]").tap()
    page.get_by_role("button", name="Search this room").tap()
    expect(field(page)).to_be_focused()


@pytest.fixture
def talk(alice: Page, server: Server, room: str) -> Page:
    """A long room, with two messages about a kettle far up."""
    say(alice, "the first kettle", "kettle and tea")
    post_many(server, room, 120)
    expect(message(alice, "message 120")).to_be_visible()
    alice.reload()
    expect_connected(alice)
    return alice


@pytest.fixture
def phone(phone_page: Page, server: Server, room: str) -> Page:
    return open_room(phone_page, server, room)


def test_what_i_type_is_found_and_a_press_goes_there_beside_the_results(talk: Page) -> None:
    search(talk, "kett")
    expect(status(talk)).to_have_text("2 messages")
    expect(results(talk).locator("mark")).to_have_text(["kett", "kett"])
    expect(results(talk).locator(".search-text")).to_have_text(
        ["kettle and tea", "the first kettle"]
    )
    results(talk).last.click()
    expect(message(talk, "the first kettle")).to_be_focused()
    expect(talk).to_have_url(re.compile(r"/#1$"))
    expect(results(talk)).to_have_count(2)
    results(talk).first.click()
    expect(message(talk, "kettle and tea")).to_be_focused()


def test_back_comes_back_to_the_result(talk: Page) -> None:
    search(talk, "kettle")
    results(talk).last.click()
    expect(message(talk, "the first kettle")).to_be_focused()
    talk.go_back()
    expect(field(talk)).to_be_focused()
    expect(field(talk)).to_have_value("kettle")
    expect(results(talk).last).to_have_attribute("aria-selected", "true")


def test_the_calendar_stays_beside_what_i_type_under_a_filter(phone: Page) -> None:
    open_on_phone(phone)
    field(phone).press_sequentially("on:2026-11-27 kettle")
    expect(phone.locator(".search-chip")).to_be_visible()
    calendar = phone.get_by_role("button", name="Choose a day").bounding_box()
    typed = field(phone).bounding_box()
    assert calendar is not None
    assert typed is not None
    assert calendar["y"] < typed["y"] + typed["height"] / 2 < calendar["y"] + calendar["height"]


def test_the_keyboard_alone_opens_finds_goes_and_closes(talk: Page) -> None:
    message_field(talk).focus()
    talk.keyboard.press("ControlOrMeta+f")
    expect(field(talk)).to_be_focused()
    talk.keyboard.type("kettle")
    expect(results(talk)).to_have_count(2)
    talk.keyboard.press("ArrowDown")
    talk.keyboard.press("ArrowDown")
    expect(results(talk).last).to_have_attribute("aria-selected", "true")
    active = results(talk).last.get_attribute("id") or ""
    expect(field(talk)).to_have_attribute("aria-activedescendant", active)
    talk.keyboard.press("ArrowUp")
    expect(results(talk).first).to_have_attribute("aria-selected", "true")
    talk.keyboard.press("ArrowDown")
    talk.keyboard.press("Enter")
    expect(message(talk, "the first kettle")).to_be_focused()
    talk.keyboard.press("ControlOrMeta+f")
    expect(field(talk)).to_be_focused()
    talk.keyboard.press("Escape")
    talk.keyboard.press("Escape")
    expect(talk.locator("[data-search-panel]")).to_be_hidden()
    expect(message_field(talk)).to_be_focused()


def test_enter_goes_to_the_newest_hit(talk: Page) -> None:
    search(talk, "kettle")
    expect(results(talk)).to_have_count(2)
    talk.keyboard.press("Enter")
    expect(message(talk, "kettle and tea")).to_be_focused()


def test_pressed_once_more_the_keys_are_the_browsers(alice: Page) -> None:
    alice.locator("[title*='Search this room (']").wait_for()  # the script that has the keys
    alice.evaluate("""() => addEventListener("keydown", (event) =>
        event.key === "f" && (window.wasPrevented = event.defaultPrevented))""")
    alice.keyboard.press("ControlOrMeta+f")
    expect(field(alice)).to_be_focused()
    assert alice.evaluate("wasPrevented") is True
    alice.keyboard.press("ControlOrMeta+f")
    assert alice.evaluate("wasPrevented") is False


def test_what_is_typed_before_the_script_is_there_is_searched(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = open_room(new_page("Alice"), server, room)
    say(page, "kettle")
    held: list[Route] = []
    page.route(re.compile(r"/js/search\.\w+\.js$"), lambda it: held.append(it))
    page.locator("[title*='Search this room (']").wait_for()  # the script that has the keys
    with page.expect_request(re.compile(r"/js/search\.\w+\.js$")):
        page.keyboard.press("ControlOrMeta+f")
    page.keyboard.type("ket")
    next_held(page, held).continue_()
    expect(results(page)).to_have_count(1)
    page.keyboard.type("tle")
    expect(page.locator("#search-input")).to_have_value("kettle")
    expect(message_field(page)).to_have_value("")


def test_a_script_that_cannot_be_loaded_is_told(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = open_room(new_page("Alice"), server, room)
    page.locator("[title*='Search this room (']").wait_for()
    page.route(re.compile(r"/js/search\.\w+\.js$"), lambda it: it.abort())
    page.keyboard.press("ControlOrMeta+f")
    expect(page.locator("[data-toast]")).to_contain_text("could not be loaded")
    expect(page.locator("[data-search-panel]")).to_be_hidden()


def test_the_keys_leave_a_dialog_alone(alice: Page) -> None:
    alice.get_by_role("button", name="Help").click()
    expect(alice.get_by_role("dialog", name="Help")).to_be_visible()
    alice.keyboard.press("ControlOrMeta+f")
    expect(alice.locator("[data-search-panel]")).to_be_hidden()
    alice.keyboard.press("Escape")


def test_all_my_rooms_are_grouped_and_another_room_leads_back(
    alice: Page, server: Server, room: str
) -> None:
    say(alice, "kettle here")
    other = f"other {uuid4().hex[:8]}"
    open_room(alice, server, other)
    word = f"kettle{uuid4().hex[:8]}"
    say(alice, f"{word} there")
    open_room(alice, server, room)
    say(alice, f"{word} here")
    search(alice, word)
    expect(results(alice)).to_have_count(1)
    alice.get_by_text("All my rooms").click()
    expect(results(alice)).to_have_count(2)
    expect(alice.locator(".search-group-name:visible")).to_have_text([room, other])
    results(alice).last.click()
    expect(alice.get_by_role("heading", level=1)).to_have_text(other)
    expect(message(alice, f"{word} there")).to_be_focused()
    alice.get_by_role("button", name="Back to results").click()
    expect(results(alice)).to_have_count(2)
    expect(results(alice).last).to_have_attribute("aria-selected", "true")
    alice.go_back()
    expect(alice.get_by_role("heading", level=1)).to_have_text(room)
    expect(results(alice)).to_have_count(2)
    alice.get_by_role("button", name="Close search").click()
    alice.reload()
    expect_connected(alice)
    expect(alice.locator("[data-search-panel]")).to_be_hidden()


def test_a_command_searches_all_my_rooms(talk: Page) -> None:
    send_message(talk, "/search kettle & tea")
    expect(talk).to_have_url(re.compile(r"/chat/search\?q=kettle\+%26\+tea$"))
    expect(talk.get_by_role("heading", level=1)).to_have_text("Search your rooms")


def test_operators_are_completed_and_become_tokens(alice: Page) -> None:
    say(alice, "kettle https://example.com/", "kettle alone")
    search(alice, "kettle fr")
    alice.get_by_role("option", name="from:").click()
    expect(field(alice)).to_have_value("kettle from:")
    field(alice).press_sequentially("Al")
    expect(alice.get_by_role("option", name="Alice", exact=True)).to_be_visible()
    alice.keyboard.press("Tab")
    expect(alice.get_by_role("button", name="Remove the filter “From Alice”")).to_be_visible()
    expect(field(alice)).to_have_value("kettle ")
    expect(results(alice)).to_have_count(2)
    field(alice).press_sequentially("has:link ")
    expect(alice.locator(".search-chip")).to_have_count(2)
    expect(results(alice)).to_have_count(1)
    alice.get_by_role("button", name="Remove the filter “With a link”").click()
    expect(field(alice)).to_be_focused()
    expect(results(alice)).to_have_count(2)
    field(alice).press("Home")
    alice.keyboard.press("Backspace")
    expect(alice.locator(".search-chip")).to_have_count(0)


def test_an_empty_field_shows_what_can_be_asked(alice: Page) -> None:
    open_search(alice)
    expect(alice.get_by_role("group", name="Filters").get_by_role("option")).to_have_count(7)
    alice.keyboard.press("ArrowDown")
    alice.keyboard.press("Enter")
    expect(field(alice)).to_have_value("from:")
    expect(field(alice)).to_be_focused()


def test_a_day_is_chosen_from_the_calendar_or_jumped_to(talk: Page) -> None:
    search(talk, "kettle on:")
    talk.get_by_role("option", name="Choose a day…").click()
    day = talk.get_by_label("Day", exact=True)
    expect(day).to_be_focused()
    talk.keyboard.press("Enter")
    expect(talk.locator(".search-chip")).to_have_count(1)
    expect(results(talk)).to_have_count(2)
    talk.get_by_role("button", name="Choose a day").click()
    day.fill("2020-02-02")
    talk.get_by_role("button", name="Jump to this day").click()
    expect(message(talk, "the first kettle")).to_be_focused()
    expect(talk).to_have_url(re.compile(r"/#1$"))


def test_a_result_opens_in_another_tab_as_a_link_does(talk: Page) -> None:
    search(talk, "kettle")
    expect(results(talk)).to_have_count(2)
    with talk.context.expect_page() as opened:
        results(talk).last.click(modifiers=["ControlOrMeta"])
    expect(message(opened.value, "the first kettle")).to_be_focused()
    opened.value.close()
    expect(talk.locator("[data-search-panel]")).to_be_visible()


# --- a phone ------------------------------------------------------------------------------------


def test_on_a_phone_a_result_takes_the_place_of_the_sheet_and_the_bar_leads_back(
    phone: Page, server: Server, room: str
) -> None:
    say_on_phone(phone, "the kettle")
    post_many(server, room, 60)
    open_on_phone(phone)
    field(phone).fill("kettle")
    results(phone).first.tap()
    expect(phone.locator("[data-search-panel]")).to_be_hidden()
    expect(message(phone, "the kettle")).to_be_focused()
    phone.get_by_role("button", name="Back to results").tap()
    expect(results(phone)).to_have_count(1)
    results(phone).first.tap()
    expect(phone.locator("[data-search-panel]")).to_be_hidden()
    phone.go_back()
    expect(phone.locator("[data-search-panel]")).to_be_visible()
    expect(results(phone).first).to_have_attribute("aria-selected", "true")
    phone.get_by_role("button", name="Close search").tap()
    expect(phone.get_by_role("button", name="Back to results")).to_have_count(0)


def say_on_phone(page: Page, text: str) -> None:
    message_field(page).fill(text)
    page.locator("#chat-message-submit").tap()
    expect_sent(page)


def test_the_sheet_of_a_phone_keeps_what_it_covers_out_of_reach(phone: Page) -> None:
    open_on_phone(phone)
    expect(phone.locator("[data-room-sheet]")).to_be_hidden()
    assert phone.evaluate("document.querySelector('main').inert") is True
    phone.get_by_role("button", name="Close search").tap()
    assert phone.evaluate("document.querySelector('main').inert") is False
    expect(phone.locator("[data-open-room-sheet]")).to_be_focused()


# --- all of it ----------------------------------------------------------------------------------


def test_a_german_searches_in_german(server: Server, new_page: NewPage, room: str) -> None:
    page = new_page("Otto", locale="de-DE")
    enter_in_german(page, server, "Otto", room)
    say(page, "der Kessel")
    page.keyboard.press("ControlOrMeta+f")
    box = page.get_by_role("combobox", name="Nachrichten durchsuchen")
    box.press_sequentially("kessel vo")
    page.get_by_role("option", name="von:").click()
    box.press_sequentially("Otto ")
    expect(page.locator(".search-chip")).to_have_text(["Von Otto ×"])
    expect(page.locator("[data-search-status]")).to_have_text("1 Nachricht")


@pytest.mark.parametrize("is_phone", [False, True], ids=["wide", "phone"])
def test_everybody_can_use_it(server: Server, new_page: NewPage, room: str, is_phone: bool) -> None:
    page = open_room(new_page("Alice", **(PHONE if is_phone else {})), server, room)
    message_field(page).fill("a kettle")
    page.locator("#chat-message-submit").click()
    expect_sent(page)
    open_on_phone(page) if is_phone else open_search(page)
    for query in ("", "has:link nothing ", "kettle"):
        while page.locator(".search-chip").count():
            page.locator(".search-chip").first.click()
        field(page).fill("")
        field(page).press_sequentially(query)
        expect(status(page)).not_to_be_empty() if query else None
        page.get_by_role("button", name="Choose a day").click()
        assert violations(page) == []
        assert small_targets(page, 44 if is_phone else 24) == []
        assert cut_off(page) == []
        page.get_by_role("button", name="Choose a day").click()
