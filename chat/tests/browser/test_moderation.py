"""What moderators do from a room page, and what those see to whom it is done."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.tests.conftest import PASSWORD
from chat.tests.browser.axe import violations
from chat.tests.browser.layout import cut_off, small_targets
from chat.tests.browser.room_page import (
    PHONE,
    SMALL_PHONE,
    Enter,
    NewPage,
    expect_confirmed,
    expect_connected,
    expect_sent,
    message,
    message_field,
    open_room,
    send_message,
)
from chat.tests.support.servers import ROOT, Server, environment, serving


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
    return account_page(new_page("Olga", **options), server, room, "olga")


def account_page(page: Page, server: Server, room: str, username: str) -> Page:
    """The room, for somebody who signs in."""
    page.goto(f"{server.url}/accounts/login/")
    sign_in(page, username)
    page.wait_for_url(f"{server.url}/")
    return open_room(page, server, room)


def sign_in(page: Page, username: str) -> None:
    page.locator("#id_login").fill(username)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("form.landing-form button.button").click()


def new_account(server: Server, username: str) -> None:
    made = f"User.objects.create_user({username!r}, password={PASSWORD!r})"
    manage(server, "shell", "-c", f"from accounts.models import User; {made}")


def expect_given_up(page: Page, text: str) -> None:
    """The page says why it is not connected, and does not try again by itself."""
    status = page.locator("[data-status]")
    expect(status).to_have_attribute("data-state", "closed")
    expect(status).to_contain_text(text)


def choose(page: Page, text: str, item: str) -> None:
    """Choose in the menu of a message."""
    message(page, text).focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name=item, exact=True).click()


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
    olga.locator("[data-moderation-dialog]").get_by_role("button", name=confirm).click()
    expect(olga.locator(".message-text")).to_have_text([removed])
    expect(bert.locator(".message-text")).to_have_text(["Removed by a moderator."])


def test_others_have_no_such_entries(enter: Enter, room: str) -> None:
    bert, ada = enter("Bert"), enter("Ada")
    send_message(bert, "hello")
    message(ada, "hello").focus()
    ada.keyboard.press("Enter")
    expect(ada.get_by_role("menuitem", name="Reply")).to_be_visible()
    for item in ("Delete…", "Delete all", "Mute", "Ban"):
        expect(ada.get_by_role("menuitem", name=item)).to_have_count(0)


def test_an_operator_does_not_ban_themselves(new_page: NewPage, server: Server, room: str) -> None:
    olga = operator_page(new_page, server, room)
    send_message(olga, "mine")
    expect_sent(olga)
    message(olga, "mine").focus()
    olga.keyboard.press("Enter")
    expect(olga.get_by_role("menuitem", name="Delete…")).to_be_visible()
    expect(olga.get_by_role("menuitem", name="Ban")).to_have_count(0)
    olga.get_by_role("menuitem", name="About the author").press("Enter")
    card = olga.locator("[data-person-card]")
    expect(card.get_by_role("link", name="Your account")).to_be_focused()
    expect(card.get_by_role("button")).to_have_count(0)
    olga.keyboard.press("Escape")
    send_message(olga, "/topic Tea")
    expect(message(olga, "set the topic")).to_be_visible()
    expect_sent(olga)
    message(olga, "set the topic").press("Enter")
    expect(olga.get_by_role("menuitem", name="Reply")).to_be_visible()
    expect(olga.get_by_role("menuitem", name="Delete…")).to_have_count(0)


@pytest.mark.parametrize("options", [{}, PHONE], ids=["wide", "phone"])
def test_an_operator_bans_a_guest_from_the_installation(
    enter: Enter, new_page: NewPage, server: Server, room: str, options: dict[str, Any]
) -> None:
    bert = enter("Bert")
    send_message(bert, "buy now")
    olga = operator_page(new_page, server, room, **options)
    choose(olga, "buy now", "Ban Bert…")
    dialog = olga.get_by_role("dialog", name="Ban Bert?")
    expect(dialog).to_contain_text("The guest can come back from another one.")
    dialog.get_by_label("from the whole installation").check()
    expect(dialog).to_contain_text("This guest can no longer come in")
    assert violations(olga) == []
    dialog.get_by_label("How long?").select_option("1 hour")
    dialog.get_by_role("button", name="Ban", exact=True).click()
    expect(olga.locator("[data-toast]")).to_contain_text("Bert is banned from the installation.")
    expect_given_up(bert, "You no longer have access.")
    bert.get_by_role("button", name="Reload").click()
    expect(bert.get_by_role("heading", level=1)).to_have_text(
        "You are banned from this installation"
    )
    lift = "Sanction.objects.everywhere().lift()"
    manage(server, "shell", "-c", f"from chat.models import Sanction; {lift}")
    bert.goto(olga.url)
    expect_connected(bert)


def test_a_dialog_can_be_left_and_the_focus_returns(
    enter: Enter, new_page: NewPage, server: Server, room: str
) -> None:
    bert = enter("Bert")
    send_message(bert, "hello")
    olga = operator_page(new_page, server, room)
    author = message(olga, "hello").locator(".message-author")
    author.click()
    olga.locator("[data-person-card]").get_by_role("button", name="Mute…").press("Enter")
    expect(olga.get_by_role("dialog", name="Mute Bert?")).to_be_visible()
    olga.keyboard.press("Escape")
    expect(olga.get_by_role("dialog")).to_have_count(0)
    choose(olga, "hello", "Ban Bert…")
    expect(olga.get_by_role("dialog", name="Ban Bert?")).to_be_visible()
    olga.keyboard.press("Escape")
    expect(message(olga, "hello")).to_be_focused()
    send_message(bert, "still here")
    expect(message(olga, "still here")).to_be_visible()


@pytest.mark.parametrize(
    ("locale", "options", "words"),
    [
        (
            "en",
            {},
            [
                "Ban carol-en…",
                "Ban carol-en?",
                "from the whole installation",
                "is deactivated",
                "Ban",
                "no longer",
                "Reload",
            ],
        ),
        (
            "de",
            PHONE,
            [
                "carol-de sperren …",
                "carol-de sperren?",
                "für die ganze Installation",
                "ist deaktiviert",
                "Sperren",
                "mehr",
                "Neu laden",
            ],
        ),
    ],
    ids=["wide", "phone"],
)
def test_an_operator_bans_an_account_from_the_installation(
    new_page: NewPage,
    server: Server,
    room: str,
    locale: str,
    options: dict[str, Any],
    words: list[str],
) -> None:
    item, title, everywhere, deactivated, confirm, no_access, reload = words
    username = f"carol-{locale}"
    new_account(server, username)
    carol = account_page(new_page("Carol", locale=locale, **options), server, room, username)
    send_message(carol, "buy now")
    olga = operator_page(new_page, server, room, locale=locale, **options)
    choose(olga, "buy now", item)
    dialog = olga.get_by_role("dialog", name=title)
    dialog.get_by_label(everywhere).check()
    deactivates = "wird es deaktiviert" if locale == "de" else "it is deactivated"
    expect(dialog.locator("[data-moderation=text]")).to_contain_text(deactivates)
    expect(dialog.locator("[data-moderation=limit]")).to_be_hidden()
    dialog.locator("select").select_option("0")
    assert violations(olga) == []
    dialog.get_by_role("button", name=confirm, exact=True).click()
    expect(olga.locator("[data-toast]")).to_contain_text(username)
    expect_given_up(carol, no_access)
    assert violations(carol) == []
    carol.get_by_role("button", name=reload).click()
    expect(carol.get_by_role("heading", level=1)).to_contain_text(deactivated)
    assert violations(carol) == []


def test_a_page_whose_session_has_ended_says_so_and_leads_through_the_sign_in_back(
    new_page: NewPage, server: Server, room: str
) -> None:
    new_account(server, "dora")
    dora = account_page(new_page("Dora"), server, room, "dora")
    send_message(dora, "before")
    ended = "operators.end_sessions(User.objects.filter(username='dora'))"
    imports = "from accounts import operators; from accounts.models import User"
    manage(server, "shell", "-c", f"{imports}; {ended}")
    expect_given_up(dora, "Sign in to continue.")
    assert violations(dora) == []
    send_message(dora, "meanwhile")
    dora.get_by_role("button", name="Sign in").click()
    sign_in(dora, "dora")
    expect_connected(dora)
    expect_confirmed(dora, ["before", "meanwhile"])
    expect(dora.locator(".message-author:visible")).to_have_text(["dora", "dora"])


@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_the_tables_of_people_fit_a_small_screen(
    server: Server, new_page: NewPage, room: str, locale: str
) -> None:
    viewport = {"width": 1280, "height": 800}
    page = operator_page(new_page, server, room, locale=locale, viewport=viewport)
    new_account(server, f"a-name-of-usual-length-{locale.lower()}")
    for table in ("accounts/user", "chat/member"):
        page.goto(f"{server.url}/admin/{table}/")
        found = page.locator("#changelist .results")
        width, shown = found.evaluate("it => [it.scrollWidth, it.clientWidth]")
        assert width <= shown, table


def expect_silent(page: Page, why: str, kept: str) -> None:
    """The composer says why nothing can be sent, and keeps what is typed."""
    expect(page.locator("[data-composer-state]")).to_contain_text(why)
    expect(message_field(page)).to_have_js_property("readOnly", True)
    expect(message_field(page)).to_have_value(kept)


def expect_free(page: Page) -> None:
    expect(message_field(page)).to_have_js_property("readOnly", False)
    expect(page.locator("#chat-message-submit")).to_be_enabled()


def submit_by_key(page: Page) -> None:
    """On a touch screen, Enter alone starts a line."""
    message_field(page).press("ControlOrMeta+Enter")


def found_on_small_phone(page: Page) -> list[str]:
    page.evaluate("Promise.allSettled(document.getAnimations().map(({ finished }) => finished))")
    return [*violations(page), *small_targets(page, size=44), *cut_off(page)]


def command(page: Page, typed: str) -> None:
    send_message(page, typed)
    expect(message_field(page)).to_have_value("")


def test_who_is_muted_is_told_and_keeps_what_is_typed(
    enter: Enter, new_page: NewPage, server: Server, room: str
) -> None:
    bert = enter("Bert", **SMALL_PHONE)
    send_message(bert, "buy now")
    olga = operator_page(new_page, server, room, **SMALL_PHONE)
    message_field(bert).fill("half a thought")
    choose(olga, "buy now", "Delete…")
    dialog = olga.get_by_role("dialog", name="Delete this message of Bert?")
    dialog.get_by_label("Mute Bert as well").check()
    dialog.get_by_label("Reason").fill("No advertising")
    assert found_on_small_phone(olga) == []
    dialog.get_by_role("button", name="Delete", exact=True).click()
    expect(bert.locator(".message-text")).to_have_text(["Removed by a moderator."])
    expect_silent(bert, "Reason: No advertising", "half a thought")
    expect(bert.get_by_role("button", name="Copy text")).to_be_visible()
    assert found_on_small_phone(bert) == []
    submit_by_key(bert)
    bert.reload()
    expect_silent(bert, "A moderator has muted you in this room until", "half a thought")
    olga.locator("[data-toast]").get_by_role("button", name="Undo").click()
    expect_free(bert)
    submit_by_key(bert)
    expect(message(olga, "half a thought")).to_be_visible()


def test_the_card_says_who_is_muted_and_lifts_it(
    enter: Enter, new_page: NewPage, server: Server, room: str
) -> None:
    bert = enter("Bert")
    send_message(bert, "hello")
    olga = operator_page(new_page, server, room)
    card = olga.locator("[data-person-card]")
    message(olga, "hello").locator(".message-author").click()
    card.get_by_role("button", name="Mute…").click()
    olga.get_by_role("dialog", name="Mute Bert?").get_by_role("button", name="Mute").click()
    expect_silent(bert, "A moderator has muted you", "")
    message(olga, "hello").locator(".message-author").click()
    expect(card).to_contain_text("Muted here until")
    assert violations(olga) == []
    card.get_by_role("button", name="Lift mute").click()
    expect_free(bert)
    send_message(bert, "thanks")
    expect(message(olga, "thanks")).to_be_visible()
    choose(olga, "hello", "Delete the last hour of Bert…")
    olga.get_by_role("dialog").get_by_role("button", name="Delete all").click()
    expect(olga.locator("[data-toast]")).to_have_text("2 messages are deleted.")
    expect(bert.locator(".message-text")).to_have_text(2 * ["Removed by a moderator."])


def test_moderators_act_by_commands(
    enter: Enter, new_page: NewPage, server: Server, room: str
) -> None:
    bert = enter("Bert Ernst")
    send_message(bert, "/mute Olga")
    expect(bert.get_by_role("alert")).to_contain_text("Only moderators can use /mute.")
    send_message(bert, "hello")
    olga = operator_page(new_page, server, room)
    expect(message(olga, "hello")).to_be_visible()
    message_field(olga).press_sequentially("/mute be")
    olga.get_by_role("option", name="Bert Ernst").click()
    expect(message_field(olga)).to_have_value("/mute Bert Ernst ")
    command(olga, "/mute bert ernst 10m Too loud")
    expect_silent(bert, "Reason: Too loud", "")
    command(olga, "/unmute Bert Ernst")
    expect_free(bert)
    command(olga, "/lock A pause")
    expect_silent(bert, "only moderators can write", "")
    command(olga, "/unlock")
    expect_free(bert)
    command(olga, "/slow 30s")
    expect(bert.locator("[data-composer-state] p")).to_have_text(
        "Slow mode: one message every 30 seconds"
    )
    send_message(bert, "one")
    expect(message(olga, "one")).to_be_visible()
    send_message(bert, "two")
    expect(message(bert, "two")).to_contain_text("this message is sent at")
    command(olga, "/slow off")
    expect(bert.locator("[data-composer-state]")).to_be_hidden()
    send_message(olga, "/ban nobody")
    expect(olga.get_by_role("alert")).to_contain_text(
        "does not begin with the name of anybody here"
    )


def test_who_is_banned_reads_why_and_keeps_what_is_typed(
    enter: Enter, new_page: NewPage, server: Server, room: str
) -> None:
    bert = enter("Bert")
    send_message(bert, "hello")
    olga = operator_page(new_page, server, room)
    message_field(bert).fill("half a thought")
    expect(message(olga, "hello")).to_be_visible()
    command(olga, "/ban Bert 1d No advertising")
    expect(olga.locator("[data-toast]")).to_contain_text("Bert is banned from this room.")
    expect(bert.get_by_role("heading", level=1)).to_have_text("You are banned from this room")
    expect(bert.get_by_text("Reason: No advertising")).to_be_attached()
    lost = bert.get_by_role("dialog", name="What you had typed")
    expect(lost.get_by_role("textbox")).to_have_value("half a thought")
    lost.get_by_role("button", name="Discard").click()
    assert violations(bert) == []
    send_message(olga, "/unban nobody")
    expect(olga.get_by_role("alert")).to_contain_text("Nobody called “nobody” is banned")
    message(olga, "hello").locator(".message-author").click()
    expect(olga.locator("[data-person-card]")).to_contain_text("Banned from here until")
    olga.keyboard.press("Escape")
    command(olga, "/unban bert")
    bert.reload()
    expect_connected(bert)
