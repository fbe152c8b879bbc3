"""The card of a person: by pointer, touch and keyboard."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from chat.tests.browser.axe import violations
from chat.tests.browser.layout import box_of
from chat.tests.browser.room_page import (
    PHONE,
    Enter,
    NewPage,
    enter_in_german,
    expect_sent,
    message_field,
    next_held,
    send_message,
)
from chat.tests.browser.socket_person import socket_person
from chat.tests.browser.states import open_people
from chat.tests.support.servers import Server


def card(page: Page) -> Locator:
    return page.locator("[data-person-card]")


def person(page: Page, name: str) -> Locator:
    return page.locator(".people-row", has=page.get_by_text(name, exact=True))


def test_a_press_on_a_name_opens_a_card_that_mentions(
    enter: Enter, server: Server, room: str
) -> None:
    page = enter("Alice")
    with socket_person(server, room) as bob:
        bob.post("hi")
        page.locator(".message-author").last.click()
        expect(page.get_by_role("dialog", name=bob.name)).to_be_visible()
        expect(card(page)).to_contain_text("Guest")
        expect(card(page)).to_contain_text("Since")
        assert violations(page) == []
        card(page).get_by_role("button", name="Mention").click()
        expect(card(page)).to_be_hidden()
        expect(message_field(page)).to_be_focused()
        expect(message_field(page)).to_have_value(f"@{bob.name} ")


def test_the_card_opens_by_keyboard_and_gives_the_focus_back(
    enter: Enter, server: Server, room: str
) -> None:
    page = enter("Alice")
    with socket_person(server, room) as bob:
        bob.post("hi")
        page.locator(".message").last.focus()
        page.keyboard.press("Enter")
        page.get_by_role("menuitem", name="About the author").press("Enter")
        expect(card(page).get_by_role("button", name="Mention")).to_be_focused()
        page.keyboard.press("Escape")
        expect(card(page)).to_be_hidden()
        person(page, bob.name).focus()
        page.keyboard.press("Enter")
        expect(card(page).get_by_role("button", name="Mention")).to_be_focused()
        page.keyboard.press("Escape")
        expect(person(page, bob.name)).to_be_focused()


def test_a_mention_and_a_list_of_reactions_open_cards(
    enter: Enter, server: Server, room: str
) -> None:
    page = enter("Alice")
    with socket_person(server, room) as bob:
        bob.post("hello")
        seq = bob.post(f"I am @{bob.name}, ||not @Alice||")
        bob.react(seq, "👍")
        mention = page.locator(".mention").first
        mention.click()
        expect(page.get_by_role("dialog", name=bob.name)).to_be_visible()
        page.keyboard.press("Escape")
        expect(mention).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog", name=bob.name)).to_be_visible()
        page.keyboard.press("Escape")
        page.locator(".spoiler").click()
        expect(card(page)).to_be_hidden()
        page.locator(".mention.is-me").click()
        expect(card(page)).to_contain_text("This is you")
        page.keyboard.press("Escape")
        page.locator(".message").last.focus()
        page.keyboard.press("Enter")
        page.get_by_role("menuitem", name="Reactions").click()
        sheet = page.get_by_role("dialog", name="Reactions")
        reactor = sheet.get_by_role("button", name=bob.name)
        reactor.press("Enter")
        expect(card(page)).to_be_visible()
        assert violations(page) == []
        bob.react(seq, "🎉")  # the list changes under the card
        expect(sheet.locator("section")).to_have_count(2)
        page.keyboard.press("Escape")
        expect(card(page)).to_be_hidden()
        expect(sheet).to_be_visible()
        reactor.first.click()
        card(page).get_by_role("button", name="Mention").click()
        expect(sheet).to_be_hidden()
        expect(message_field(page)).to_be_focused()
        expect(message_field(page)).to_have_value(f"@{bob.name} ")


def test_my_own_card_changes_my_name(enter: Enter) -> None:
    page = enter("Alice")
    person(page, "Alice").click()
    expect(card(page)).to_contain_text("This is you")
    expect(card(page).get_by_role("button", name="Mention")).to_be_hidden()
    card(page).get_by_role("button", name="Change your name").click()
    expect(page.locator("[data-name-dialog]")).to_be_visible()


@pytest.mark.parametrize("options", [PHONE, {}])
def test_what_is_loaded_moves_nothing(
    enter: Enter, server: Server, room: str, options: dict[str, Any]
) -> None:
    page = enter("Alice", reduced_motion="reduce", **options)
    with socket_person(server, room) as bob:
        bob.post("hi")
        held: list[Any] = []
        page.route("**/people/*", lambda route: held.append(route))
        page.locator(".message-author").last.click()
        expect(card(page)).to_be_visible()
        before = box_of(card(page))
        with page.expect_response("**/people/*"):
            next_held(page, held).continue_()
        expect(card(page)).to_contain_text("Since")
        assert box_of(card(page)) == before


def test_on_a_phone_the_card_is_a_sheet_and_a_mention_uncovers_the_composer(
    enter: Enter, server: Server, room: str
) -> None:
    page = enter("Alice", reduced_motion="reduce", **PHONE)
    with socket_person(server, room) as bob:
        open_people(page)
        person(page, bob.name).tap()
        expect(card(page)).to_be_visible()
        sheet = box_of(card(page))
        assert (sheet["x"], sheet["width"]) == (0, PHONE["viewport"]["width"])
        card(page).get_by_role("button", name="Mention").tap()
        expect(message_field(page)).to_be_focused()
        expect(message_field(page)).to_have_value(f"@{bob.name} ")
        bob.post("\n".join("a tall message"))
        page.locator(".message-author").last.tap()
        expect(card(page)).to_be_visible()
        text = box_of(page.locator(".message-text").last)
        page.touchscreen.tap(text["x"] + 5, text["y"] + 5)  # beside the sheet
        expect(card(page)).to_be_hidden()
        expect(page.locator("[data-actions]")).to_be_hidden()


def test_a_new_name_is_a_line_in_the_words_of_each_page(
    enter: Enter, new_page: NewPage, server: Server, room: str
) -> None:
    alice, bob = enter("Alice"), new_page("Bob", locale="de")
    enter_in_german(bob, server, "Bob", room)
    send_message(alice, "hi")
    expect_sent(alice)
    send_message(alice, "/nick Alina")
    expect(alice.locator(".is-topic .message-text")).to_have_text(
        "changed their name from Alice to Alina"
    )
    expect(bob.locator(".is-topic .message-author")).to_have_text("Alina")
    expect(bob.locator(".is-topic .message-text")).to_have_text(
        "hat den Namen von Alice in Alina geändert"
    )
    expect(bob.locator("[data-announcer]")).to_contain_text("Alina")
