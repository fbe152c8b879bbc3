"""The sheet of a room: its whole name and topic, sharing, notifications, mute, leave, people."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from chat.tests.browser.conftest import page_factory
from chat.tests.browser.room_page import (
    FAKE_NOTIFICATIONS,
    PHONE,
    Enter,
    NewPage,
    enter_room,
    expect_sent,
    keep_room,
    next_held,
    open_room,
    room_url,
    send_message,
    sidebar_row,
)
from chat.tests.browser.socket_person import socket_person
from chat.tests.support.servers import Server

DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
LONG_TOPIC = "What grows where, who waters when, and who eats the beans. " * 4
FAILED = "That did not work. Try again in a moment."


@pytest.fixture(scope="module", params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    with page_factory(browser) as new:
        yield new("Alice", **request.param)


def sheet(page: Page) -> Locator:
    return page.locator("[data-room-sheet]")


def open_sheet(page: Page) -> Locator:
    page.locator("[data-open-room-sheet]").click()
    expect(sheet(page)).to_be_visible()
    return sheet(page)


def test_the_title_opens_the_whole_name_and_topic_and_the_topic_can_be_set(
    page: Page, server: Server, room: str
) -> None:
    name = f"The weekly planning of the allotment {room}"
    with socket_person(server, name) as bob:
        bob.post(LONG_TOPIC, kind="topic")
    open_room(page, server, name)
    opened = open_sheet(page)
    for text in (opened.get_by_role("heading", level=2), opened.locator("[data-sheet-topic]")):
        assert text.evaluate("it => it.scrollWidth <= it.clientWidth")
    expect(opened.get_by_role("heading", level=2)).to_have_text(name)
    expect(opened.locator("[data-sheet-topic]")).to_have_text(LONG_TOPIC.strip())
    opened.get_by_role("button", name="Edit topic").click()
    expect(opened).to_be_hidden()
    page.get_by_role("dialog", name="What is this room about?").get_by_label("Topic").fill("Beans")
    page.keyboard.press("Enter")
    expect(page.locator("[data-topic]")).to_have_text("Beans")
    expect(page.locator("[data-open-room-sheet]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(opened.locator("[data-sheet-topic]")).to_have_text("Beans")
    page.keyboard.press("Escape")
    expect(opened).to_be_hidden()


def test_a_set_topic_opens_to_be_read_and_another_is_asked_for(
    alice: Page, server: Server, room: str
) -> None:
    alice.locator("[data-topic]").click()
    dialog = alice.get_by_role("dialog", name="What is this room about?")
    dialog.get_by_label("Topic").fill("Tea")
    alice.keyboard.press("Enter")
    expect(alice.locator("[data-topic]")).to_have_text("Tea")
    alice.locator("[data-topic]").click()
    expect(sheet(alice).locator("[data-sheet-topic]")).to_have_text("Tea")
    with socket_person(server, room) as bob:
        bob.post("Coffee", kind="topic")
    expect(sheet(alice).locator("[data-sheet-topic]")).to_have_text("Coffee")


@pytest.mark.parametrize("topic", ["", "Tea"])
def test_a_name_that_fits_is_not_cut_in_the_header_of_a_phone(
    phone_page: Page, server: Server, room: str, topic: str
) -> None:
    name = f"Plans of {room}"[:20]
    if topic:
        with socket_person(server, name) as bob:
            bob.post(topic, kind="topic")
    phone = open_room(phone_page, server, name)
    title = phone.locator(".room-title span")
    assert title.evaluate("it => it.scrollWidth <= it.clientWidth")
    expect(phone.locator("[data-topic]")).to_be_visible(visible=bool(topic))


def test_a_long_name_without_a_topic_takes_two_lines_on_a_phone(
    phone_page: Page, server: Server, room: str
) -> None:
    phone = open_room(phone_page, server, room)
    header = phone.locator(".room-header")
    height = header.evaluate("it => it.offsetHeight")
    open_room(phone, server, f"Plans of the garden {room}")
    title = phone.locator(".room-title span")
    assert title.evaluate("it => it.scrollHeight - it.clientHeight") < 12  # half a line
    assert header.evaluate("it => it.offsetHeight") == height


def test_the_sheet_shares_the_room(enter: Enter, server: Server, room: str) -> None:
    phone = enter("Alice", permissions=["clipboard-read", "clipboard-write"], **PHONE)
    opened = open_sheet(phone)
    expect(opened.get_by_alt_text("QR code that opens this room")).to_be_visible()
    opened.get_by_role("button", name="Copy").tap()
    expect(opened.get_by_role("button", name="Copied")).to_be_visible()
    assert phone.evaluate("navigator.clipboard.readText()") == room_url(server, room)


def test_the_sheet_opens_the_list_of_people(phone_page: Page, server: Server, room: str) -> None:
    phone = open_room(phone_page, server, room)
    open_sheet(phone).get_by_role("button", name="People").tap()
    expect(phone.locator("[data-pane=people]")).to_be_visible()


def test_the_sheet_asks_for_notifications(server: Server, new_page: NewPage, room: str) -> None:
    phone = new_page("Alice", **PHONE)
    phone.add_init_script(FAKE_NOTIFICATIONS)
    enter_room(phone, server, "Alice", room)
    opened = open_sheet(phone)
    opened.get_by_role("button", name="Notify me when I’m mentioned").tap()
    on = opened.get_by_role("button", name="You are notified when you are mentioned")
    expect(on).to_be_disabled()


def test_the_sheet_leads_to_what_is_notified_of_the_room(
    phone_page: Page, server: Server, room: str
) -> None:
    for name in (f"{room} before", room):
        enter_room(phone_page, server, "Alice", name)
        send_message(phone_page, "hello")
        expect_sent(phone_page)
    open_room(phone_page, server, room)  # it had no id at first
    open_sheet(phone_page).get_by_role("link", name="Notifications").tap()
    of_room = phone_page.get_by_label(room, exact=True)
    expect(of_room).to_be_in_viewport()
    of_room.select_option("All messages")
    phone_page.get_by_role("button", name="Save").tap()
    expect(of_room).to_have_value("all")


def hold(page: Page, action: str) -> list[Route]:
    """The requests of an action, which are not answered yet."""
    held: list[Route] = []
    page.route(f"**/{action}", lambda route: held.append(route))
    return held


def test_a_mute_in_the_sheet_shows_at_once_and_goes_back_if_it_fails(
    page: Page, server: Server, room: str
) -> None:
    enter_room(page, server, "Alice", room)
    expect(sidebar_row(page, room)).to_be_attached()
    held = hold(page, "mute")
    opened = open_sheet(page)
    opened.get_by_role("button", name="Mute", exact=True).click()
    expect(opened.get_by_role("button", name="Unmute")).to_be_visible()
    expect(sidebar_row(page, room)).to_have_class(re.compile("is-muted"))
    next_held(page, held).abort()
    expect(opened.get_by_role("alert")).to_have_text(FAILED)
    expect(opened.get_by_role("button", name="Mute", exact=True)).to_be_visible()
    expect(sidebar_row(page, room)).not_to_have_class(re.compile("is-muted"))
    page.unroute("**/mute")
    with page.expect_response("**/mute"):
        opened.get_by_role("button", name="Mute", exact=True).click()
    expect(opened.get_by_role("alert")).to_have_count(0)
    page.reload()
    expect(sidebar_row(page, room)).to_have_class(re.compile("is-muted"))


def test_leaving_this_room_leads_to_the_start_page(page: Page, server: Server, room: str) -> None:
    enter_room(page, server, "Alice", room)
    expect(sidebar_row(page, room)).to_be_attached()
    open_sheet(page).get_by_role("button", name="Leave").click()
    page.wait_for_url(f"{server.url}/")
    expect(page.locator(".rooms-name", has_text=room)).to_have_count(0)


def test_a_mute_or_leave_of_another_room_shows_at_once_and_goes_back_if_it_fails(
    enter: Enter, server: Server, room: str
) -> None:
    alice = enter("Alice")
    keep_room(alice)
    open_room(alice, server, f"{room} 2")
    row = sidebar_row(alice, room)
    expect(row).to_be_visible()
    muted, left = hold(alice, "mute"), hold(alice, "leave")
    choose(row, "mute")
    expect(row).to_have_class(re.compile("is-muted"))
    muted[0].fulfill(status=503)
    expect(alice.locator("[data-toast]")).to_have_text(FAILED)
    expect(row).not_to_have_class(re.compile("is-muted"))
    choose(row, "leave")
    expect(row).to_have_count(0)
    left[0].abort()
    expect(row).to_be_visible()
    alice.unroute("**/leave")
    with alice.expect_response("**/leave"):
        choose(row, "leave")
    expect(row).to_have_count(0)
    alice.reload()
    expect(sidebar_row(alice, f"{room} 2")).to_be_visible()
    expect(row).to_have_count(0)


def choose(row: Locator, action: str) -> None:
    row.hover()
    row.locator(".rooms-more").click()
    row.page.locator(f"[data-room-action={action}]").click()
