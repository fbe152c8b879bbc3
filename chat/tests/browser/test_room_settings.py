"""Members rooms: made with people, and kept on the page of their settings."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.axe import violations
from chat.tests.browser.layout import cut_off, cut_off_if_spaced, small_targets
from chat.tests.browser.room_page import (
    PHONE,
    SMALL_PHONE,
    NewPage,
    expect_connected,
    expect_sent,
    message,
    send_message,
)
from chat.tests.browser.test_accounts import NO_WORDS, WORDS, sign_up
from chat.tests.support.servers import Server

SUBMIT = "form.landing-form button.button"
FOUND = "[data-found] [role=option]"
PERSON = re.compile(r".*\b(ada|ben)-.*|[A-Z0-9]{1,2}")  # a name, and initials
SAME_IN_BOTH = {"Lobby", "Moderation", "English", "Deutsch", "System", "Name", "The Den"}

Person = tuple[str, Page]
NewPerson = Callable[..., Person]


@pytest.fixture
def new_person(new_page: NewPage, server: Server) -> NewPerson:
    """An account with a page of its own: its name, and the page."""

    def new(name: str, **options: Any) -> Person:
        name = f"{name}-{uuid4().hex[:6]}"
        page = new_page(name, **options)
        sign_up(page, server.url, name)
        return name, page

    return new


def pick(page: Page, name: str) -> None:
    """Choose somebody by the beginning of their name."""
    field = page.get_by_role("combobox", name=re.compile("People|Personen"))
    field.press_sequentially(name[:-2])
    expect(page.locator(FOUND)).to_have_count(1)
    field.press("Enter")
    expect(page.locator("[data-picked]")).to_contain_text(name)
    expect(field).to_have_value("")


def make_room(page: Page, server: Server, *names: str) -> str:
    """Make a room with these people. Returns its address."""
    page.goto(f"{server.url}/chat/new/members")
    page.locator("#id_name").fill("The Den")
    page.locator("#id_topic").fill("Tea and cake")
    for name in names:
        pick(page, name)
    page.locator(SUBMIT).click()
    page.wait_for_url("**/chat/~*/")
    expect_connected(page)
    return page.url


def people_shown(page: Page) -> Any:
    return page.locator("[data-people] .people-name")


def test_ada_makes_a_room_with_ben_and_both_talk_there(
    new_person: NewPerson, server: Server
) -> None:
    (ada_name, ada), (ben_name, ben) = new_person("ada"), new_person("ben")
    ada.goto(server.url)
    ada.get_by_role("link", name="For members").click()
    address = make_room(ada, server, ben_name)
    expect(ada.locator(".message")).to_contain_text(f"made this room with {ben_name}")
    expect(people_shown(ada)).to_have_text([ada_name, ben_name])
    expect(ada.locator("[data-people] .is-absent")).to_have_count(1)
    expect(ada.locator("[data-people]")).to_contain_text("owner")
    ben.goto(address)
    expect_connected(ben)
    expect(ada.locator("[data-people] .is-absent")).to_have_count(0)
    send_message(ben, "hello")
    expect_sent(ben)
    expect(message(ada, "hello")).to_be_visible()


def test_what_ada_does_in_the_settings_ben_sees_at_once(
    new_person: NewPerson, server: Server
) -> None:
    (_, ada), (ben_name, ben), (cleo_name, _) = map(new_person, ("ada", "ben", "cleo"))
    address = make_room(ada, server, ben_name)
    ben.goto(address)
    expect_connected(ben)
    ada.get_by_role("complementary").get_by_role("link", name="Room settings").click()
    pick(ada, cleo_name)
    ada.get_by_role("button", name="Add", exact=True).click()
    expect(ada.locator("[data-person]")).to_have_count(3)
    expect(people_shown(ben)).to_have_count(3)
    expect(message(ben, f"added {cleo_name}")).to_be_visible()
    row = ada.locator("[data-person]", has_text=ben_name)
    row.get_by_label(re.compile("Options for")).click()
    row.get_by_role("button", name="Make a moderator").click()
    expect(row.locator(".person-role")).to_have_text("moderator")
    expect(ben.locator("[data-people] li", has_text=ben_name)).to_contain_text("moderator")
    row.get_by_label(re.compile("Options for")).click()
    row.get_by_role("button", name="Remove from the room").click()
    expect(ada.locator("[data-person]")).to_have_count(2)
    expect(ben.get_by_role("heading", level=1)).to_have_text("Room not found")


def test_a_bot_is_called_one_in_the_list_of_people_and_on_its_card(
    new_person: NewPerson, server: Server
) -> None:
    _, ada = new_person("ada")
    address = make_room(ada, server)
    ada.goto(f"{address}settings/bots/")
    ada.keyboard.type("Robot")  # the field has the focus
    ada.keyboard.press("Enter")
    expect(ada.get_by_role("button", name="Copy the token")).to_be_visible()
    ada.goto(address)
    row = ada.locator("[data-people] li", has_text="Robot")
    expect(row.locator(".people-note")).to_have_text("Bot")
    row.get_by_role("button").click()
    expect(ada.get_by_role("dialog", name="Robot").get_by_text("Bot", exact=True)).to_be_visible()


def test_the_settings_show_what_others_change_and_leave_an_open_menu_open(
    new_person: NewPerson, server: Server
) -> None:
    (_, ada), (ben_name, ben), (cleo_name, _) = map(new_person, ("ada", "ben", "cleo"))
    ada_settings = f"{make_room(ada, server, ben_name)}settings/"
    ada.goto(ada_settings)
    other = ada.context.new_page()
    other.goto(ada_settings)
    menu = ada.locator("[data-person]", has_text=ben_name).locator("details")
    menu.locator("summary").click()
    pick(other, cleo_name)
    other.get_by_role("button", name="Add", exact=True).click()
    expect(ada.locator("[data-person]")).to_have_count(3)
    expect(menu).to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()
    ben.goto(ada_settings)
    expect(ben.locator("[data-person]")).to_have_count(3)
    menu.get_by_role("button", name="Remove from the room").click()
    expect(ben.get_by_role("heading", level=1)).to_have_text("Room not found")


def test_after_a_fault_of_a_form_the_people_are_still_kept_up_to_date(
    new_person: NewPerson, server: Server
) -> None:
    (_, ada), (ben_name, _) = map(new_person, ("ada", "ben"))
    settings = f"{make_room(ada, server)}settings/"
    ada.goto(settings)
    ada.locator("#add-who").fill("nobody")
    ada.get_by_role("button", name="Add", exact=True).click()
    expect(ada.get_by_role("alert")).to_have_text("There is no account with this name.")
    other = ada.context.new_page()
    other.goto(settings)
    pick(other, ben_name)
    other.get_by_role("button", name="Add", exact=True).click()
    expect(ada.locator("[data-person]")).to_have_count(2)
    expect(ada.locator("#add-who")).to_have_value("nobody")


def test_on_a_phone_the_sheet_leads_to_the_invites_whoever_may_make_them(
    new_person: NewPerson, server: Server
) -> None:
    (_, ada), (ben_name, ben) = new_person("ada", **PHONE), new_person("ben", **PHONE)
    address = make_room(ada, server, ben_name)
    ben.goto(address)
    expect_connected(ben)
    ben.locator("[data-open-room-sheet]").tap()
    sheet = ben.locator("[data-room-sheet]")
    expect(sheet.get_by_role("link", name="Room settings")).to_be_visible()
    expect(sheet.get_by_role("link", name="Invite people")).to_be_hidden()
    ada.locator("[data-open-room-sheet]").tap()
    ada.locator("[data-room-sheet]").get_by_role("link", name="Invite people").tap()
    expect(ada.get_by_role("heading", name="Invites")).to_be_in_viewport()
    ada.get_by_role("button", name="Make a link").tap()
    expect(ada.get_by_label("Link of the invite")).to_be_in_viewport()
    row = ada.locator("[data-person]", has_text=ben_name)
    row.get_by_label(re.compile("Options for")).tap()
    row.get_by_role("button", name="Make a moderator").tap()
    expect(sheet.get_by_role("link", name="Invite people")).to_be_visible()


def test_on_a_phone_the_sheet_leads_to_the_people_and_the_room_is_handed_over(
    new_person: NewPerson, server: Server
) -> None:
    ada_name, ada = new_person("ada", **PHONE)
    ben_name, ben = new_person("ben", **PHONE)
    address = make_room(ada, server, ben_name)
    ada.locator("[data-open-room-sheet]").tap()
    ada.locator("[data-room-sheet]").get_by_role("link", name="Room settings").tap()
    expect(ada.get_by_text("You are the only owner.")).to_be_visible()
    row = ada.locator("[data-person]", has_text=ben_name)
    row.get_by_label(re.compile("Options for")).tap()
    row.get_by_role("button", name="Make an owner").tap()
    expect(row.locator(".person-role")).to_have_text("owner")
    ada.get_by_role("button", name="Leave the room").tap()
    ada.wait_for_url(f"{server.url}/")
    ben.goto(address)
    expect_connected(ben)
    expect(message(ben, "left the room")).to_be_visible()
    ben.locator("[data-open-room-sheet]").tap()
    ben.locator("[data-room-sheet]").get_by_role("link", name="Room settings").tap()
    expect(ben.locator("[data-person]")).to_have_count(1)
    expect(ben.get_by_text(ada_name)).to_have_count(0)
    assert ada.goto(address).status == 404  # type: ignore[union-attr]


def test_whoever_has_no_script_adds_somebody_by_name(
    new_person: NewPerson, server: Server, new_page: NewPage
) -> None:
    (_, ada), (ben_name, _) = new_person("ada"), new_person("ben")
    state = ada.context.storage_state()
    page = new_page("Ada", java_script_enabled=False, storage_state=state)
    page.goto(f"{server.url}/chat/new/members")
    page.locator("#id_name").fill("The Den")
    page.locator("#id_who").fill(ben_name)
    page.locator(SUBMIT).click()
    page.goto(f"{page.url}settings/")
    expect(page.locator("[data-person]")).to_have_count(2)


def test_somebody_who_was_chosen_is_taken_off_with_the_keyboard(
    new_person: NewPerson, server: Server
) -> None:
    (_, ada), (ben_name, _) = new_person("ada"), new_person("ben")
    ada.goto(f"{server.url}/chat/new/members")
    for _ in range(2):
        pick(ada, ben_name)
        ada.keyboard.press("Backspace")
        expect(ada.locator("[data-picked] li")).to_have_count(0)
    pick(ada, ben_name)
    ada.get_by_role("button", name=re.compile("Take .* off")).click()
    expect(ada.locator("[data-picked] li")).to_have_count(0)


def walk(page: Page, server: Server, other: str) -> tuple[list[str], dict[str, set[str]]]:
    """Through the pages: what is wrong with them, and their words, without people's names."""
    wrong: list[str] = []
    words: dict[str, set[str]] = {}

    def look(name: str) -> None:
        checks: list[Callable[[Page], list[str]]] = [violations, cut_off, cut_off_if_spaced]
        found = [it for check in checks for it in check(page)]
        found += small_targets(page, size=44)
        wrong.extend(f"{name}: {it}" for it in found)
        lines = {it.strip() for it in page.evaluate(WORDS).splitlines()}
        words[name] = {it for it in lines if not PERSON.fullmatch(it)}

    page.goto(server.url)
    look("index")
    page.goto(f"{server.url}/chat/new/members")
    look("new")
    page.locator("#id_name").fill("The Den")
    page.locator("#id_who").press_sequentially(other[:-1])
    expect(page.locator(FOUND)).to_have_count(1)
    look("found")
    page.keyboard.press("Enter")
    look("picked")
    page.locator(SUBMIT).click()
    page.wait_for_url("**/chat/~*/")
    page.goto(f"{page.url}settings/")
    page.locator(".person-menu summary").click()
    look("settings")
    page.locator("#add-who").fill("nobody")
    page.locator("form[action$='people'] button.button").click()
    look("fault")
    page.goto(f"{server.url}/chat/hall {uuid4().hex[:6]}/")
    expect_connected(page)
    page.goto(f"{page.url}settings/")
    look("open room")
    assert urlsplit(page.url).path.endswith("/settings/")
    return wrong, words


@pytest.mark.timeout(600)  # many pages
def test_the_pages_are_accessible_and_translated(new_person: NewPerson, server: Server) -> None:
    ben_name, _ = new_person("ben")
    walks = [
        walk(new_person("ada", locale=locale, **SMALL_PHONE)[1], server, ben_name)
        for locale in ("en-GB", "de-DE")
    ]
    assert [it for wrong, _ in walks for it in wrong] == []
    english, german = (words for _, words in walks)
    both = [(english[it] & german[it], it) for it in english]
    untranslated = {line for lines, _ in both for line in lines if not NO_WORDS.fullmatch(line)}
    rooms = {it for it in untranslated if it.startswith("hall ")}
    assert untranslated - SAME_IN_BOTH - rooms == set()
