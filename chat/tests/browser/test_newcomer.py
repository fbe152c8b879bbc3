"""The line that tells a newcomer the name which the others see; and what a new name closes."""

import pytest
from playwright.sync_api import Locator, Page, expect

from chat.tests.browser.layout import RECORD_LAYOUT_SHIFTS
from chat.tests.browser.room_page import (
    AFTER_PAINT,
    SMALL_PHONE,
    Enter,
    NewPage,
    enter_room,
    open_room,
    send_message,
)
from chat.tests.browser.socket_person import socket_person
from chat.tests.support.servers import Server


@pytest.fixture(params=[{}, SMALL_PHONE], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, new_page: NewPage) -> Page:
    return new_page("a newcomer", **request.param)


def line(page: Page) -> Locator:
    return page.locator("[data-newcomer]")


def my_name(page: Page) -> str:
    name: str = page.evaluate("JSON.parse(document.querySelector('#you').textContent).name")
    return name


def test_a_newcomer_reads_the_own_name_until_the_first_message_and_nothing_moves(
    page: Page, server: Server, room: str
) -> None:
    with socket_person(server, room) as bob:
        for number in range(30):
            bob.post(f"message {number}")
        page.add_init_script(RECORD_LAYOUT_SHIFTS)
        open_room(page, server, room)
        expect(line(page)).to_contain_text(f"You appear as {my_name(page)} · Change")
        assert page.locator("#chat-log").evaluate("log => log.clientHeight > 300")
        height = page.locator("#chat-log").evaluate("log => log.clientHeight")
        typing = page.locator("[data-typing]")
        while typing.text_content() != f"{bob.name} is typing…":  # it ends after some seconds
            bob.send_typing()
            page.wait_for_timeout(500)
        expect(typing).to_be_visible()
        send_message(page, "hello")
        expect(page.locator(".message").last).to_contain_text("hello")
        expect(line(page)).to_have_count(0)
        page.evaluate(AFTER_PAINT)
        assert page.locator("#chat-log").evaluate("log => log.clientHeight") == height
        assert page.evaluate("shifts") == []
    expect(page.locator(".is-pending")).to_have_count(0)
    for other in (room, f"{room} 2"):
        open_room(page, server, other)
        expect(line(page)).to_have_count(0)


def test_the_line_changes_the_name(page: Page, server: Server, room: str) -> None:
    open_room(page, server, room)
    line(page).get_by_role("button", name="Change").click()
    dialog = page.get_by_role("dialog", name="Settings")
    expect(dialog.get_by_label("Your name")).to_have_value(my_name(page))
    page.keyboard.press("Escape")
    expect(line(page).get_by_role("button")).to_be_focused()
    page.keyboard.press("Enter")
    dialog.get_by_label("Your name").fill("Alice")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(line(page)).to_have_count(0)
    expect(page.locator("#chat-message-input")).to_be_focused()
    expect(page.locator("[data-people]")).to_contain_text("Alice")
    open_room(page, server, room)
    expect(line(page)).to_have_count(0)


def test_who_has_chosen_a_name_is_no_newcomer(page: Page, server: Server, room: str) -> None:
    enter_room(page, server, "Alice", room)
    expect(line(page)).to_have_count(0)


def test_a_new_name_closes_the_drawer_it_was_changed_from(enter: Enter) -> None:
    phone = enter("Alice", **SMALL_PHONE)
    people = phone.locator("[data-pane=people]")
    phone.locator("[data-toggle=people]").tap()
    phone.locator("[data-rename]").tap()
    phone.keyboard.press("Escape")
    expect(people).to_be_visible()
    phone.locator("[data-rename]").tap()
    phone.get_by_label("Your name").fill("Alicia")
    phone.get_by_role("button", name="Save").tap()
    expect(people).to_be_hidden()
    expect(phone.locator("[data-toggle=people]")).to_be_focused()
