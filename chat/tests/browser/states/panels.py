"""The states of a room's sheets, dialogs, panes and notices."""

from urllib.parse import unquote

from playwright.sync_api import Page, expect

from chat.tests.browser.room_page import (
    go_offline,
    send_message,
)
from chat.tests.browser.sent_files import animation, picture, post_files, sound, text
from chat.tests.browser.states.conversation import focus_last_message
from chat.tests.browser.states.lists import PHONE, ROOM, in_lists
from chat.tests.browser.states.opening import leave_room, open_pane, open_people, open_search


@in_lists(ROOM, PHONE)
def room_sheet(page: Page) -> None:
    page.locator("[data-open-room-sheet]").click()
    sheet = page.locator("[data-room-sheet]")
    expect(sheet.get_by_text("Tea and cake")).to_be_visible()
    expect(sheet.get_by_alt_text("QR code")).to_be_visible()


@in_lists(ROOM, PHONE)
def reactions_sheet(page: Page) -> None:
    page.locator(".message", has=page.locator(".reaction")).focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="Reactions").click()
    expect(page.get_by_role("dialog", name="Reactions")).to_be_visible()


@in_lists(ROOM)
def share_dialog(page: Page) -> None:
    page.locator("[data-share]").click()
    expect(page.get_by_role("dialog", name="Share this room")).to_be_visible()


@in_lists(ROOM, PHONE)
def room_switcher(page: Page) -> None:
    page.keyboard.press("ControlOrMeta+k")
    page.locator("[data-switcher-field]").fill("else")
    expect(page.get_by_role("dialog", name="Find a room").get_by_role("option")).to_have_count(2)


@in_lists(ROOM, PHONE)
def room_switcher_without_results(page: Page) -> None:
    page.keyboard.press("ControlOrMeta+k")
    page.locator("[data-switcher-field]").fill("🎉")
    expect(page.get_by_text("A room name cannot contain “🎉”.")).to_be_visible()


@in_lists(ROOM, PHONE)
def search_with_nothing_typed(page: Page) -> None:
    open_search(page)
    expect(page.get_by_role("option", name="from:")).to_be_visible()


@in_lists(ROOM, PHONE)
def search_results(page: Page) -> None:
    open_search(page).fill("a")
    expect(page.locator(".search-result mark").first).to_be_visible()


@in_lists(ROOM, PHONE)
def search_without_results(page: Page) -> None:
    open_search(page).fill("")
    page.locator("#search-input").press_sequentially(
        "is:mention an-exceedingly-long-word-of-no-message"
    )
    expect(page.locator(".search-chip")).to_be_visible()
    page.locator("[data-search-calendar]").click()
    expect(page.get_by_text("Nothing in this room was found")).to_be_visible()


@in_lists(ROOM, PHONE)
def search_that_can_be_gone_back_to(page: Page) -> None:
    search = open_search(page)
    page.locator(".search-chip").click()
    search.fill("an answer")
    expect(page.locator(".search-result mark").first).to_have_text("an")
    search.press("Enter")
    expect(page.locator(".message:focus")).to_be_visible()


@in_lists(ROOM, PHONE)
def update_notice(page: Page) -> None:
    notice = page.locator("[data-update-notice]")
    notice.evaluate("notice => (notice.hidden = false)")
    expect(notice.get_by_role("button", name="Reload")).to_be_visible()


@in_lists(ROOM, PHONE)
def dismissed_update_notice(page: Page) -> None:
    page.locator("[data-update-dismiss]").click()
    expect(page.locator("[data-update-notice]")).to_be_hidden()


@in_lists(ROOM, PHONE)
def topic_dialog(page: Page) -> None:
    page.locator("[data-open-room-sheet]").click()
    page.locator("[data-sheet-action=topic]").click()
    expect(page.get_by_role("dialog", name="What is this room about?")).to_be_visible()


@in_lists(ROOM, PHONE)
def delete_dialog(page: Page) -> None:
    focus_last_message(page)
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_role("dialog", name="Delete this message?")).to_be_visible()


@in_lists(ROOM, PHONE)
def help_dialog(page: Page) -> None:
    open_people(page)
    page.locator("[data-help]").click()
    expect(page.get_by_role("dialog", name="Help")).to_be_visible()


@in_lists(ROOM, PHONE)
def menu_of_a_room(page: Page) -> None:
    open_pane(page, "rooms")
    more = page.locator(".rooms-more").first
    more.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menu", name="Room")).to_be_visible()


@in_lists(ROOM, PHONE)
def menu_that_sorts_rooms(page: Page) -> None:
    open_pane(page, "rooms")
    page.get_by_role("button", name="Sort rooms").click()
    expect(page.get_by_role("menuitemradio", name="By latest activity")).to_be_checked()


@in_lists(PHONE)
def rooms_pane(page: Page) -> None:
    open_pane(page, "rooms")
    expect(page.locator(".rooms-count.is-mention")).to_be_visible()


@in_lists(ROOM, PHONE)
def switcher_with_a_hint(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.locator("[data-switcher-field]").fill("R&D")
    expect(page.get_by_role("option", name="Open new room “R-D”")).to_be_visible()


@in_lists(ROOM, PHONE)
def room_of_the_list_that_was_left(page: Page) -> None:
    open_pane(page, "rooms")
    leave_room(page, at=-1)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


@in_lists(PHONE)
def people_pane(page: Page) -> None:
    open_people(page)
    expect(page.locator(".people-row")).to_have_count(1)


@in_lists(ROOM, PHONE)
def card_of_a_person(page: Page) -> None:
    page.locator(".message:not(.is-grouped) .message-author").last.click()
    expect(page.locator("[data-person-card]")).to_be_visible()
    expect(page.locator("[data-person-card]")).to_contain_text("Since")


@in_lists(ROOM)
def collapsed_panes(page: Page) -> None:
    for button in page.locator("[data-pane-close]").all():
        button.click()
    expect(page.locator("[data-toggle]:visible")).to_have_count(2)


@in_lists(ROOM, PHONE)
def refused_message(page: Page) -> None:
    send_message(page, "no\0pe")
    expect(page.locator(".is-refused")).to_contain_text("Discard")
    page.locator("#chat-log").evaluate("log => log.scrollTo(0, log.scrollHeight)")


@in_lists(ROOM, PHONE)
def files_of_messages(page: Page) -> None:
    room = unquote(page.url.partition("/chat/")[2].partition("/")[0])
    post_files(page, room, *(picture(800, 600, alt=f"hill {it}") for it in range(6)))
    post_files(page, room, animation(), sound(1), text("one\ntwo", "the long name of a text.txt"))
    expect(page.locator(".picture-open")).to_have_count(5)
    expect(page.locator(".file-row")).to_have_count(2)


@in_lists(ROOM, PHONE)
def opened_picture(page: Page) -> None:
    page.locator(".picture-open").first.click()
    expect(page.get_by_role("dialog", name="Pictures")).to_be_visible()


@in_lists(ROOM, PHONE)
def offline(page: Page) -> None:
    go_offline(page)
    send_message(page, "one for later")
    expect(page.get_by_text("Waiting for a connection")).to_be_visible()
    expect(page.get_by_role("status").first).to_contain_text("You are offline")


@in_lists(ROOM)
def reconnecting(page: Page) -> None:
    page.evaluate("Object.defineProperty(navigator, 'onLine', { value: true })")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("button", name="Try now")).to_be_visible()
