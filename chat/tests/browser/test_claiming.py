"""A guest becomes an account, in every open tab and without a reload."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from accounts.tests.conftest import PASSWORD
from chat.tests.browser.axe import violations
from chat.tests.browser.room_page import (
    Enter,
    NewPage,
    expect_confirmed,
    expect_connected,
    expect_sent,
    message,
    message_field,
    open_room,
    send_message,
    sidebar_row,
)
from chat.tests.browser.socket_person import socket_person
from chat.tests.support.servers import Server

SUBMIT = "form.landing-form button.button"
SOCKETS = re.compile("/ws/chat/")


def tab_that_loses_frames(page: Page) -> tuple[Page, Callable[[], None]]:
    """A tab beside `page`, and a function that loses what it sends from then on, as yet."""
    tab = page.context.new_page()
    losing: set[WebSocketRoute] = set()
    connections: list[WebSocketRoute] = []

    def connect(route: WebSocketRoute) -> None:
        connections.append(route)
        server = route.connect_to_server()
        route.on_message(lambda text: None if route in losing else server.send(text))

    tab.route_web_socket(SOCKETS, connect)
    tab.goto(page.url)
    expect_connected(tab)
    tab.evaluate("window.isSamePage = true")
    return tab, lambda: losing.add(connections[-1])


def open_account_link(page: Page, name: str) -> None:
    page.locator("[data-rename]").click()
    page.get_by_role("dialog").get_by_role("link", name=name).click()


def sign_up(page: Page, username: str) -> None:
    page.locator("#id_username").fill(username)
    page.locator("#id_password1").fill(PASSWORD)
    page.locator(SUBMIT).click()


def sign_in(page: Page, username: str) -> None:
    page.locator("#id_login").fill(username)
    page.locator("#id_password").fill(PASSWORD)
    page.locator(SUBMIT).click()


def edit(page: Page, text: str, edited: str) -> None:
    message(page, text).press("e")
    expect(message_field(page)).to_have_value(text)
    send_message(page, edited)
    expect(message(page, edited).locator(".message-edited")).to_be_visible()


def offer(page: Page) -> Locator:
    return page.locator(".claim")


def expect_account_links(tab: Page, username: str) -> None:
    tab.locator("[data-rename]").click()
    expect(tab.get_by_role("link", name=username)).to_be_visible()
    expect(tab.get_by_role("button", name="Sign out")).to_be_visible()


def rename(tab: Page, name: str) -> None:
    """In the dialog that is open."""
    tab.get_by_label("Your name").fill(name)
    tab.get_by_role("button", name="Save").click()
    expect(tab.locator("[data-rename]")).to_contain_text(name)


def test_a_guest_signs_up_and_goes_on_in_every_tab(enter: Enter, server: Server, room: str) -> None:
    page = enter("Panda")
    send_message(page, "before")
    expect_sent(page)
    expect(page.locator(".message .avatar.is-guest")).to_have_count(1)
    tab, lose_frames = tab_that_loses_frames(page)
    lose_frames()
    send_message(tab, "under way")
    expect(tab.locator(".is-pending")).to_have_text(re.compile("under way"))
    open_account_link(page, "Create an account")
    username = f"a-{room[-8:]}"
    sign_up(page, username)
    expect_connected(page)
    expect_confirmed(tab, ["before", "under way"])
    expect_connected(tab)
    send_message(tab, "after")
    expect_confirmed(page, ["before", "under way", "after"])
    edit(tab, "before", "edited")
    expect_account_links(tab, username)
    rename(tab, "Red Panda")
    expect(page.locator(".people-row")).to_have_count(1)
    expect(page.locator(".people-row")).to_contain_text("Red Panda")
    expect(sidebar_row(page, room)).to_be_visible()
    for it in (page, tab):
        expect(it.locator(".message-author")).to_have_text(["Red Panda"] * 4)
        expect(it.locator(".avatar.is-guest")).to_have_count(0)
    assert tab.evaluate("window.isSamePage")


def test_a_guest_signs_in_and_is_claimed_in_every_tab(
    enter: Enter, new_page: NewPage, server: Server, room: str
) -> None:
    username = f"b-{room[-8:]}"
    elsewhere = new_page("Alice")
    elsewhere.goto(f"{server.url}/accounts/signup/")
    sign_up(elsewhere, username)
    elsewhere.wait_for_url(f"{server.url}/")
    page = enter("Panda")
    send_message(page, "before")
    expect_sent(page)
    tab, lose_frames = tab_that_loses_frames(page)
    open_account_link(page, "Sign in")
    sign_in(page, username)
    for it in (page, tab):
        expect(offer(it)).to_contain_text("you also wrote as the guest Panda")
    index = page.context.new_page()
    index.goto(server.url)
    expect(offer(index)).to_contain_text("you also wrote as the guest Panda")
    assert [*violations(page), *violations(index)] == []
    index.close()
    send_message(tab, "still a guest")
    expect_sent(tab)
    lose_frames()
    send_message(tab, "under way")
    expect(tab.locator(".is-pending")).to_have_text(re.compile("under way"))
    offer(page).get_by_role("button", name="This was me").click()
    texts = ["before", "still a guest", "under way"]
    for it in (page, tab):
        expect_confirmed(it, texts)
        expect_connected(it)
        expect(offer(it)).to_have_count(0)
    edit(tab, "under way", "edited")
    send_message(tab, "as the account")
    expect(tab.locator(".message-author").last).to_have_text(tab.locator(".me").inner_text())
    expect_account_links(tab, username)
    rename(tab, "Alice")
    assert tab.evaluate("window.isSamePage")
    with socket_person(server, room) as bob:
        bob.post("what does @Panda think?")
        for it in (page, tab):
            expect(message(it, "what does")).to_have_class(re.compile("mentions-me"))
        expect(message(tab, "what does").locator(".mention.is-me")).to_be_visible()
        expect(tab.locator(".people-row", has_text=bob.name)).to_contain_text("Guest")
        tab.bring_to_front()
        message_field(tab).press_sequentially(f"@{bob.name.split()[0]}")
        expect(tab.get_by_role("option", name=bob.name)).to_contain_text("Guest · in this room")
        tab.keyboard.press("Escape")
    observer = open_room(new_page("Charlie"), server, room)
    observer.locator(".message-author", has_text="Panda").first.click()
    card = observer.locator("[data-person-card]")
    expect(card).to_contain_text(f"@{username}")
    expect(card.locator("[data-card=name]")).to_have_text("Alice")


def test_a_new_password_leaves_the_own_browser_where_it_was(
    enter: Enter, new_page: NewPage, server: Server, room: str
) -> None:
    username = f"c-{room[-8:]}"
    page = enter("Koala")
    open_account_link(page, "Create an account")
    sign_up(page, username)
    expect_connected(page)
    page.evaluate("window.isSamePage = true")
    elsewhere = new_page("Koala's phone")
    elsewhere.goto(f"{server.url}/accounts/login/?next={page.url.removeprefix(server.url)}")
    sign_in(elsewhere, username)
    expect_connected(elsewhere)
    account = page.context.new_page()
    account.goto(f"{server.url}/accounts/password/change/")
    account.locator("#id_oldpassword").fill(PASSWORD)
    account.locator("#id_password1").fill("another horse battery")
    account.locator(SUBMIT).click()
    expect(elsewhere.locator("[data-status]")).to_contain_text("Sign in to continue.")
    send_message(page, "still here")
    expect_confirmed(page, ["still here"])
    assert page.evaluate("window.isSamePage")
    assert elsewhere.locator(".message").count() == 0
    elsewhere.get_by_role("button", name="Sign in").click()
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_tab_of_an_account_does_not_go_on_as_a_guest(
    enter: Enter, server: Server, room: str
) -> None:
    page = enter("Wombat")
    open_account_link(page, "Create an account")
    sign_up(page, f"d-{room[-8:]}")
    expect_connected(page)
    tab = page.context.new_page()
    tab.goto(f"{server.url}/accounts/logout/")
    tab.locator(SUBMIT).click()
    tab.wait_for_url(f"{server.url}/")
    status = page.locator("[data-status]")
    expect(status).to_have_attribute("data-state", "closed")
    expect(status).to_contain_text("Sign in to continue.")
    tab.get_by_role("link", name="Sign in").click()
    sign_in(tab, f"d-{room[-8:]}")
    expect_connected(page)
    send_message(page, "back")
    expect_confirmed(page, ["back"])
