"""Rooms by name: typed, pasted, linked, only looked at, kept, left and taken back."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from chat.tests.browser.layout import box_of
from chat.tests.browser.room_page import (
    PHONE,
    Enter,
    NewPage,
    enter_room,
    expect_connected,
    expect_sent,
    keep_room,
    message,
    open_room,
    post_many,
    room_url,
    send_message,
    sidebar_row,
)
from chat.tests.support.servers import Server


def recent_rooms(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Recent rooms").locator(".rooms-name")


def leave(page: Page, room: str) -> None:
    row = sidebar_row(page, room)
    row.locator(".rooms-more").focus()
    page.keyboard.press("Enter")
    page.locator("[data-room-action=leave]").press("Enter")


# --- The index ----------------------------------------------------------------------------------


def test_the_index_says_where_a_typed_name_leads_to(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("Alice")
    post_many(server, room, 1)
    page.goto(server.url)
    field, hint = page.locator("#room-name-input"), page.locator("[data-room-hint]")
    button = page.locator("#room-name-submit")
    place = box_of(button)
    field.fill(f"#{room}")
    expect(hint).to_have_text("This room exists.")
    assert box_of(button) == place
    field.fill(f"{room} new")
    expect(hint).to_have_text("This is a new room.")
    field.fill(f"R&D {room}")
    expect(hint).to_contain_text("A room name cannot contain “&”.")
    hint.get_by_role("button", name=f"Open new room “R-D {room}”").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"R-D {room}")


def test_a_pasted_address_opens_the_message(server: Server, new_page: NewPage, room: str) -> None:
    page = new_page("Alice")
    post_many(server, room, 3)
    page.goto(server.url)
    page.locator("#room-name-input").fill(f" {room_url(server, room)}#2 ")
    page.locator("#room-name-input").press("Enter")
    expect(message(page, "message 2")).to_be_focused()


def filled_buttons(page: Page) -> list[str]:
    """The buttons of the form that look like the way on."""
    labels: list[str] = page.locator(".landing-form button:visible").evaluate_all(
        """buttons => buttons.filter((button) => {
          const { backgroundColor, clipPath } = getComputedStyle(button);
          return backgroundColor !== "rgba(0, 0, 0, 0)" && clipPath === "none";
        }).map((button) => button.textContent)"""
    )
    return labels


def test_one_button_of_the_index_is_the_way_on(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("Alice", reduced_motion="reduce")
    page.goto(server.url)
    field, hint = page.locator("#room-name-input"), page.locator("[data-room-hint]")
    assert filled_buttons(page) == ["Open room"]
    field.fill(f"R&D {room}")
    expect(hint.get_by_role("button")).to_be_visible()
    assert filled_buttons(page) == [f"Open new room “R-D {room}”"]
    field.fill(room)
    expect(hint).to_have_text("This is a new room.")
    assert filled_buttons(page) == ["Open room"]


def test_the_nearest_name_is_offered_without_javascript(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("Alice", java_script_enabled=False)
    page.goto(server.url)
    field = page.locator("#room-name-input")
    field.fill(f"R&D {room}")
    field.press("Enter")
    expect(page.get_by_text("A room name cannot contain “&”.")).to_be_visible()
    field.fill(f"S&M {room}")
    field.press("Enter")  # opens what is typed, and not what is offered
    expect(page.get_by_role("button", name=f"Open “S-M {room}”")).to_be_visible()
    page.get_by_role("button", name=f"Open “S-M {room}”").click()
    expect(page).to_have_url(room_url(server, f"S-M {room}"))


def test_the_page_of_a_wrong_name_offers_the_nearest_one(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("Alice")
    page.goto(f"{server.url}/chat/{quote(f'🎉 {room}')}/")
    expect(page.get_by_text("A room name cannot contain “🎉”.")).to_be_visible()
    page.get_by_role("link", name=f"Open “{room}”").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(room)


# --- Looking and keeping ------------------------------------------------------------------------


def test_a_room_that_is_only_looked_at_stays_in_no_list(
    enter: Enter, server: Server, room: str
) -> None:
    page = enter("Alice", f"{room} mistyped")
    current = sidebar_row(page, f"{room} mistyped")
    expect(current.get_by_role("link")).to_have_attribute("aria-current", "page")
    page.goto(server.url)
    expect(page.get_by_role("navigation", name="Recent rooms")).to_have_count(0)
    enter_room(page, server, "Alice", room)
    expect(sidebar_row(page, room)).to_be_attached()
    expect(current).to_have_count(0)
    saved_names = "JSON.parse(localStorage['lobby rooms']).map(({ name }) => name)"
    assert page.evaluate(saved_names) == [room]


def test_who_writes_in_a_room_keeps_it(enter: Enter, server: Server, room: str) -> None:
    page = enter("Alice")
    keep = sidebar_row(page, room).get_by_role("button", name=f"Keep {room} in your list")
    expect(keep).to_be_visible()
    send_message(page, "hello")
    expect(keep).to_be_hidden()
    page.goto(server.url)
    expect(recent_rooms(page)).to_have_text([room])


def test_who_only_reads_can_keep_a_room(enter: Enter, server: Server, room: str) -> None:
    page = enter("Alice")
    row = sidebar_row(page, room)
    with page.expect_response("**/keep"):
        row.get_by_role("button", name="Keep").press("Enter")
    expect(row.get_by_role("button", name="Keep")).to_be_hidden()
    expect(row.get_by_role("link")).to_be_focused()
    page.goto(server.url)
    expect(recent_rooms(page)).to_have_text([room])


def test_the_button_that_keeps_a_room_stands_at_the_end_of_the_row(enter: Enter) -> None:
    page = enter("Alice")
    row = page.locator(".rooms-row", has=page.get_by_role("button", name="Keep"))
    keep, more = row.get_by_role("button", name="Keep"), row.locator(".rooms-more")
    for _ in range(2):
        assert 0 <= end_of(row) - end_of(keep) <= 8
        place = box_of(keep)
        row.hover()
        expect(more).to_have_css("opacity", "1")
        assert box_of(keep) == place  # under the pointer
        assert end_of(more) <= place["x"]


def end_of(node: Locator) -> float:
    box = box_of(node)
    return box["x"] + box["width"]


# --- Leaving and undoing ------------------------------------------------------------------------


def test_leaving_a_room_of_the_list_is_undone_with_what_was_unread_and_muted(
    enter: Enter, server: Server, room: str
) -> None:
    page = enter("Alice")
    send_message(page, "hello")
    expect_sent(page)
    open_room(page, server, f"{room} 2")
    post_many(server, room, 2, first="@Alice")
    row = sidebar_row(page, room)
    row.locator(".rooms-more").focus()
    page.keyboard.press("Enter")
    page.locator("[data-room-action=mute]").press("Enter")
    expect(row).to_have_class(re.compile("is-muted"))
    expect(row.locator(".rooms-count")).to_have_text("@1")
    other = page.context.new_page()
    open_room(other, server, f"{room} 2")
    expect(sidebar_row(other, room)).to_be_attached()
    leave(page, room)
    expect(page.get_by_text(f"You left {room}.", exact=True)).to_be_visible()
    expect(row).to_have_count(0)
    expect(sidebar_row(other, room)).to_have_count(0)
    expect(page.locator("[data-rooms-status]")).to_contain_text(f"You left {room}.")
    page.keyboard.press("Shift+Tab")
    undo = page.get_by_role("button", name=f"Undo leaving {room}")
    expect(undo).to_be_focused()
    page.keyboard.press("Enter")
    for one in (page, other):
        expect(sidebar_row(one, room)).to_have_class(re.compile("is-muted"))
        expect(sidebar_row(one, room).locator(".rooms-count")).to_have_text("@1")
    expect(undo).to_have_count(0)
    expect(row.get_by_role("link")).to_be_focused()
    other.close()


def test_leaving_the_room_of_the_page_is_undone_on_the_index(
    enter: Enter, server: Server, room: str
) -> None:
    page = enter("Alice")
    send_message(page, "hello")
    expect(sidebar_row(page, room).get_by_role("button", name="Keep")).to_be_hidden()
    leave(page, room)
    page.wait_for_url(f"{server.url}/")
    expect(page.get_by_role("status").filter(has_text=f"You left {room}.")).to_be_visible()
    expect(page.get_by_role("navigation", name="Recent rooms")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(room)
    expect_connected(page)
    page.goto(server.url)
    expect(recent_rooms(page)).to_have_text([room])
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


@pytest.mark.parametrize("size", [(320, 480), (375, 667), (768, 500), (1440, 600)])
def test_the_offer_to_undo_covers_nothing_of_the_index(
    enter: Enter, size: tuple[int, int], room: str
) -> None:
    name = f"{room} with a name that is as long as any can be, and longer"[:64].strip(", ")
    page = enter("Alice", name.replace(",", ""), viewport={"width": size[0], "height": size[1]})
    keep_room(page)
    page.locator("[data-open-room-sheet]").click()
    page.locator("[data-room-sheet]").get_by_role("button", name="Leave").click()
    notice = page.locator("[data-left-notice]")
    expect(notice).to_be_visible()
    expect(notice).to_be_in_viewport(ratio=1)
    below = box_of(notice)["y"] + box_of(notice)["height"]
    assert below <= box_of(page.get_by_role("heading", level=1))["y"]
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]


def test_the_offer_to_undo_ends_and_not_under_the_pointer(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("Alice")
    page.clock.install()
    enter_room(page, server, "Alice", room)
    keep_room(page)
    open_room(page, server, f"{room} 2")
    leave(page, room)
    undo = page.get_by_role("button", name=f"Undo leaving {room}")
    undo.hover()
    page.clock.run_for(11_000)
    expect(undo).to_be_visible()
    page.mouse.move(600, 300)
    page.clock.run_for(11_000)
    expect(undo).to_have_count(0)


def test_the_offer_to_undo_stays_if_it_fails(enter: Enter, server: Server, room: str) -> None:
    page = enter("Alice")
    keep_room(page)
    open_room(page, server, f"{room} 2")
    leave(page, room)
    page.route("**/keep", lambda route: route.abort())
    undo = page.get_by_role("button", name=f"Undo leaving {room}")
    undo.click()
    expect(page.locator("[data-toast]")).to_have_text("That did not work. Try again in a moment.")
    page.unroute("**/keep")
    undo.click()
    expect(sidebar_row(page, room)).to_be_visible()


# --- Links --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "shown", "href"),
    [
        ("{other}", "{name}", "{other}"),
        ("{other}#2", "{name} › message", "{other}#2"),
        ("see {here}#1, please", "{room} › message", "#1"),
        ("{here}", "{room}", "#"),
        ("[the other room]({other}#2)", "the other room", "{other}#2"),
        ("{server}/chat/%E2%80%AEevil/", None, "{server}/chat/%E2%80%AEevil/"),
        ("{server}/", None, "{server}/"),
        ("https://example.com/chat/tea/#2", None, "https://example.com/chat/tea/#2"),
    ],
)
def test_links_to_rooms_here_read_as_their_names(
    alice: Page, server: Server, room: str, typed: str, shown: str | None, href: str
) -> None:
    name = f"Other {room}"
    places = {"other": room_url(server, name), "here": room_url(server, room)}
    texts = {**places, "name": name, "room": room, "server": server.url}
    send_message(alice, typed.format(**texts))
    expect_sent(alice)
    link = alice.locator(".message-text a")
    expect(link).to_have_attribute("href", href.format(**texts))
    if shown:
        expect(link).to_have_text(shown.format(**texts))
        assert link.get_attribute("target") is None
    else:
        assert link.get_attribute("target") == "_blank"


def test_a_link_to_a_message_of_this_room_goes_there_without_loading_the_page(
    alice: Page, server: Server, room: str
) -> None:
    post_many(server, room, 2)
    send_message(alice, f"{room_url(server, room.upper())}#1")
    expect_sent(alice)
    alice.evaluate("window.isSamePage = true")
    for _ in range(2):
        alice.locator(".message-text a").click()
        expect(message(alice, "message 1")).to_be_focused()
        alice.locator("#chat-message-input").focus()
    assert alice.evaluate("window.isSamePage")


def test_a_link_to_another_room_opens_in_this_tab(alice: Page, server: Server, room: str) -> None:
    post_many(server, f"Other {room}", 2)
    send_message(alice, f"{room_url(server, f'Other {room}')}#2")
    expect_sent(alice)
    alice.locator(".message-text a").click()
    expect(alice.get_by_role("heading", level=1)).to_have_text(f"Other {room}")
    expect(message(alice, "message 2")).to_be_focused()
    assert len(alice.context.pages) == 1


# --- The drawer of a phone ----------------------------------------------------------------------


def test_the_drawer_closes_when_a_room_is_chosen(enter: Enter, room: str) -> None:
    page = enter("Alice", **PHONE)
    drawer, toggle = page.locator(".rooms-pane"), page.locator("[data-toggle=rooms]")
    page.evaluate("window.isSamePage = true")
    for choose in (sidebar_row(page, room).get_by_role("link"), page.locator("[data-find-room]")):
        toggle.tap()
        expect(drawer).to_be_visible()
        choose.tap()
        expect(drawer).to_be_hidden()
    page.keyboard.press("Escape")
    assert page.evaluate("window.isSamePage")
