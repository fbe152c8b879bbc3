"""What an operator does from a room page: remove messages, and block people."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.axe import violations
from chat.tests.browser.room_page import (
    PHONE,
    Enter,
    NewPage,
    expect_connected,
    message,
    open_room,
    send_message,
)
from chat.tests.support.servers import ROOT, Server, environment, serving

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of these tests alone: a block is of all guests here."""
    with serving("daphne", tmp_path_factory.mktemp("moderation")) as server:
        command = ["createsuperuser", "--noinput", "--username=olga", "--email=o@example.com"]
        manage(server, *command, DJANGO_SUPERUSER_PASSWORD=PASSWORD)
        yield server


def manage(server: Server, *command: str, **settings: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment(server.data_dir, **server.settings, **settings),
        check=True,
        capture_output=True,
    )


def operator_page(new_page: NewPage, server: Server, room: str, **options: Any) -> Page:
    page = new_page("Olga", **options)
    page.goto(f"{server.url}/accounts/login/")
    page.locator("#id_login").fill("olga")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("form.landing-form button.button").click()
    page.wait_for_url(f"{server.url}/")
    return open_room(page, server, room)


def choose(page: Page, text: str, item: str) -> None:
    """Choose in the menu of a message."""
    message(page, text).focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name=item).click()


@pytest.mark.parametrize(
    ("locale", "delete", "confirm", "removed"),
    [
        ("en", "Delete…", "Delete", "Removed by a moderator."),
        ("de", "Löschen …", "Löschen", "Von der Moderation entfernt."),
    ],
)
def test_an_operator_removes_a_message_and_everybody_sees_who_did(
    enter: Enter,
    new_page: NewPage,
    server: Server,
    room: str,
    locale: str,
    delete: str,
    confirm: str,
    removed: str,
) -> None:
    bert = enter("Bert")
    send_message(bert, "rude")
    olga = operator_page(new_page, server, room, locale=locale)
    choose(olga, "rude", delete)
    olga.locator("[data-delete-dialog]").get_by_role("button", name=confirm).click()
    expect(olga.locator(".message-text")).to_have_text([removed])
    expect(bert.locator(".message-text")).to_have_text(["Removed by a moderator."])


def test_others_have_no_such_entries(enter: Enter, room: str) -> None:
    bert, ada = enter("Bert"), enter("Ada")
    send_message(bert, "hello")
    message(ada, "hello").focus()
    ada.keyboard.press("Enter")
    expect(ada.get_by_role("menuitem", name="Reply")).to_be_visible()
    for item in ("Delete…", "Block…"):
        expect(ada.get_by_role("menuitem", name=item)).to_have_count(0)


def test_an_operator_does_not_block_themselves(
    new_page: NewPage, server: Server, room: str
) -> None:
    olga = operator_page(new_page, server, room)
    send_message(olga, "mine")
    message(olga, "mine").focus()
    olga.keyboard.press("Enter")
    expect(olga.get_by_role("menuitem", name="Delete…")).to_be_visible()
    expect(olga.get_by_role("menuitem", name="Block…")).to_have_count(0)
    olga.get_by_role("menuitem", name="About the author").press("Enter")
    card = olga.locator("[data-person-card]")
    expect(card.get_by_role("link", name="Your profile")).to_be_focused()
    expect(card.get_by_role("button")).to_have_count(0)
    olga.keyboard.press("Escape")
    send_message(olga, "/topic Tea")
    message(olga, "set the topic").focus()
    olga.keyboard.press("Enter")
    expect(olga.get_by_role("menuitem", name="Reply")).to_be_visible()
    expect(olga.get_by_role("menuitem", name="Delete…")).to_have_count(0)


@pytest.mark.parametrize("options", [{}, PHONE], ids=["wide", "phone"])
def test_an_operator_blocks_a_guest(
    enter: Enter, new_page: NewPage, server: Server, room: str, options: dict[str, Any]
) -> None:
    bert = enter("Bert")
    send_message(bert, "buy now")
    olga = operator_page(new_page, server, room, **options)
    choose(olga, "buy now", "Block…")
    dialog = olga.get_by_role("dialog", name="Block Bert?")
    expect(dialog).to_be_visible()
    expect(dialog.locator("[data-of-account]")).to_be_hidden()
    assert violations(olga) == []
    dialog.get_by_label("How long?").select_option("1 hour")
    dialog.get_by_role("button", name="Block", exact=True).click()
    expect(olga.locator("[data-toast]")).to_contain_text("Bert is blocked.")
    expect(bert.locator("[data-status]")).not_to_have_attribute("data-state", "open")
    bert.reload()
    expect(bert.get_by_role("heading", level=1)).to_have_text("You are blocked")
    manage(server, "shell", "-c", "from chat.models import Block; Block.objects.all().lift()")
    bert.goto(olga.url)
    expect_connected(bert)


def test_a_block_can_be_left(enter: Enter, new_page: NewPage, server: Server, room: str) -> None:
    bert = enter("Bert")
    send_message(bert, "hello")
    olga = operator_page(new_page, server, room)
    message(olga, "hello").locator(".message-author").click()
    olga.locator("[data-person-card]").get_by_role("button", name="Block…").click()
    expect(olga.get_by_role("dialog", name="Block Bert?")).to_be_visible()
    olga.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(olga.get_by_role("dialog")).to_have_count(0)
    send_message(bert, "still here")
    expect(message(olga, "still here")).to_be_visible()
