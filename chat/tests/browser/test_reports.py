"""A report, from the message to what the reporter hears of it."""

from playwright.sync_api import Page, expect

from chat.tests.browser.axe import violations
from chat.tests.browser.layout import cut_off, small_targets
from chat.tests.browser.room_page import NewPage, message, open_room, send_message
from chat.tests.browser.test_accounts import sign_up
from chat.tests.support.servers import Server

SMALL = {"width": 320, "height": 640}


def open_menu(page: Page, text: str) -> None:
    message(page, text).focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-message-menu]")).to_be_visible()


def expect_fits(page: Page) -> None:
    """Accessible, and nothing is cut off or hard to press on a small phone."""
    page.set_viewport_size(SMALL)  # type: ignore[arg-type]
    assert violations(page) == []
    assert cut_off(page) == []
    assert small_targets(page, 24) == []


def test_a_report_reaches_the_moderator_at_once_and_its_outcome_the_reporter(
    new_page: NewPage, server: Server, room: str
) -> None:
    ada = new_page("Ada")
    sign_up(ada, server.url, f"ada-{room[-6:]}")
    open_room(ada, server, room)  # it is hers
    waiting = ada.locator("[data-open-reports]")
    expect(waiting).to_have_text("Moderation")
    cleo = open_room(new_page("Cleo"), server, room)
    send_message(cleo, "hello")
    send_message(cleo, "rude")
    bert = open_room(new_page("Bert", locale="de"), server, room)

    open_menu(cleo, "rude")
    expect(cleo.get_by_role("menuitem", name="Report…")).to_have_count(0)
    open_menu(bert, "rude")
    bert.get_by_role("menuitem", name="Melden …").press("Enter")
    dialog = bert.get_by_role("dialog", name="Diese Nachricht melden?")
    expect(dialog).to_be_visible()
    assert violations(bert) == []
    bert.keyboard.type("Das ist eine Beleidigung.")
    bert.keyboard.press("Enter")
    expect(bert.locator("[data-toast]")).to_have_text("Danke. Die Moderation sieht sich das an.")

    expect(waiting).to_have_text("Moderation (1)")
    waiting.click()
    case = ada.get_by_role("region")
    expect(case).to_contain_text("Das ist eine Beleidigung.")
    expect(case).to_contain_text("hello")
    expect_fits(ada)
    case.get_by_label("Answer to who reported it").fill("It is gone.")
    case.get_by_role("button", name="Delete the message").click()
    expect(ada.get_by_role("status")).to_contain_text("Decided.")
    expect(cleo.locator(".message-text").last).to_have_text("Removed by a moderator.")

    bert.goto(server.url)
    bert.get_by_role("link", name="Neues von der Moderation").click()
    expect(bert.get_by_role("main")).to_contain_text("Die Moderation hat gehandelt.")
    expect(bert.get_by_role("main")).to_contain_text("It is gone.")
    expect(bert.locator("[data-seen]")).to_have_count(0)
    expect_fits(bert)
    bert.goto(server.url)
    expect(bert.get_by_role("link", name="Neues von der Moderation")).to_have_count(0)
