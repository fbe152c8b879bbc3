"""What is shown once has a button that copies it."""

from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.axe import violations
from chat.tests.browser.layout import cut_off, small_targets
from chat.tests.browser.room_page import PHONE, NewPage, expect_connected
from chat.tests.browser.test_accounts import sign_up
from chat.tests.support.servers import Server

CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}


def keeper(new_page: NewPage, server: Server, **options: object) -> Page:
    """Of a new open room, at its settings."""
    page = new_page("Ada", **CLIPBOARD, **options)
    sign_up(page, server.url, f"ada-{uuid4().hex[:6]}")
    page.goto(f"{server.url}/chat/room-{uuid4().hex[:8]}/")
    expect_connected(page)
    page.goto(f"{page.url}settings/")
    return page


def expect_copied(page: Page, label: str) -> str:
    """Press a button, and read the clipboard."""
    page.get_by_role("button", name=label).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied: str = page.evaluate("navigator.clipboard.readText()")
    expect(page.get_by_role("button", name=label)).to_be_visible()
    return copied


@pytest.mark.parametrize("device", [{}, PHONE], ids=["wide", "phone"])
def test_the_token_and_the_address_of_a_bot_are_copied(
    new_page: NewPage, server: Server, device: dict[str, object]
) -> None:
    page = keeper(new_page, server, **device)
    page.goto(f"{page.url}bots/")
    page.get_by_label("Name").fill(f"Robot-{uuid4().hex[:6]}")
    page.get_by_role("button", name="Make the bot").click()
    token = expect_copied(page, "Copy the token")
    assert token.startswith("lobby_")
    assert expect_copied(page, "Copy the address") == f"{server.url}/hooks/{token}"
    assert [*violations(page), *cut_off(page), *small_targets(page, 24)] == []


def test_the_secret_of_a_webhook_is_copied(new_page: NewPage, server: Server) -> None:
    page = keeper(new_page, server)
    page.goto(f"{page.url}webhooks/")
    page.get_by_label("Name").fill(f"Reporter-{uuid4().hex[:6]}")
    page.get_by_label("Address of the receiver").fill("https://receiver.example/")
    page.get_by_role("button", name="Make the webhook").click()
    assert expect_copied(page, "Copy the secret").startswith("whsec_")


def test_the_link_for_another_device_is_copied(new_page: NewPage, server: Server) -> None:
    page = keeper(new_page, server)
    page.goto(f"{server.url}/device/")
    page.get_by_role("button", name="Show the code").click()
    assert expect_copied(page, "Copy the link").startswith(f"{server.url}/device/")
