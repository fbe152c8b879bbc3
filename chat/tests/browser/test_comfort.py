"""What makes a room comfortable: a theme, ways to share it, and keys for everything."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from chat.tests.browser.modules import lend_modules
from chat.tests.browser.test_composer import call
from chat.tests.browser.test_conversation import come, message, sidebar_row
from chat.tests.browser.test_room import enter, say
from chat.tests.support.servers import Server

NewPerson = Callable[..., Page]


@pytest.fixture(scope="module")
def her(browser: Browser, server: Server) -> Iterator[Page]:
    """Alice's browser, for all these tests."""
    complaints: list[str] = []
    with browser.new_context(
        permissions=["clipboard-read", "clipboard-write"], service_workers="block"
    ) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        lend_modules(page)
        enter(page, server, "Alice", "first")
        yield page
    assert not complaints


@pytest.fixture
def alice(her: Page, server: Server, room: str) -> Page:
    return come(her, server, room)


# --- Theme --------------------------------------------------------------------------------------

THEME_BEFORE_BODY = """
  new MutationObserver((_, observer) => {
    if (document.body) {
      window.themeBeforeBody = document.documentElement.dataset.theme;
      observer.disconnect();
    }
  }).observe(document, { childList: true, subtree: true });
"""
BAR_AND_PAGE = """() => {
  const pixel = new OffscreenCanvas(1, 1).getContext("2d");
  const colour = (css) => {
    pixel.fillStyle = css;
    pixel.fillRect(0, 0, 1, 1);
    return [...pixel.getImageData(0, 0, 1, 1).data].join();
  };
  const metas = [...document.querySelectorAll("meta[name=theme-color]")];
  const shown = metas.filter(({ media }) => matchMedia(media).matches);
  const bars = shown.map(({ content }) => colour(content));
  return [bars, [colour(getComputedStyle(document.documentElement).backgroundColor)]];
}"""


def test_a_chosen_theme_stands_before_the_first_paint_of_every_page(
    server: Server, person: NewPerson, room: str
) -> None:
    page = person("Alice", color_scheme="light")
    page.context.add_init_script(THEME_BEFORE_BODY)
    enter(page, server, "Alice", room)
    light = page.evaluate(BAR_AND_PAGE)
    other = page.context.new_page()
    other.goto(server.url)
    page.get_by_title("Change your name").click()
    page.get_by_role("radio", name="Dark").check()
    for tab in (page, other):
        expect(tab.locator("html")).to_have_attribute("data-theme", "dark")
        expect(tab.locator("[name=theme][value=dark]")).to_be_checked()
    dark = page.evaluate(BAR_AND_PAGE)
    assert dark != light
    for bar, background in (light, dark):
        assert bar == background
    for address in (page.url, server.url, f"{server.url}/chat/a/b/"):
        page.goto(address)
        assert page.evaluate("themeBeforeBody") == "dark"
    page.get_by_role("link", name="Go to the start page").click()
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()
    assert page.evaluate("themeBeforeBody") == "dark"
    page.get_by_role("radio", name="System").check()
    assert page.evaluate(BAR_AND_PAGE) == light


# --- Sharing ------------------------------------------------------------------------------------


def test_an_empty_room_shows_how_to_share_it_until_somebody_speaks(
    alice: Page, server: Server, room: str
) -> None:
    address = f"{server.url}/chat/{quote(room)}/"
    empty = alice.locator("[data-empty]")
    code = empty.get_by_alt_text("QR code that opens this room")
    expect(code).to_be_visible()
    alice.wait_for_function(
        "image => image.complete && image.naturalWidth > 0", arg=code.element_handle()
    )
    empty.get_by_role("button", name="Copy").click()
    expect(empty.get_by_role("status")).to_have_text("Copied")
    assert alice.evaluate("navigator.clipboard.readText()") == address
    say(alice, "hello")
    expect(message(alice, "hello")).to_be_visible()
    expect(empty).to_be_hidden()
    alice.evaluate("navigator.clipboard.writeText('')")
    share = alice.get_by_role("button", name="Share", exact=True)
    share.click()
    dialog = alice.get_by_role("dialog", name="Share this room")
    expect(dialog.get_by_alt_text("QR code that opens this room")).to_be_visible()
    alice.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Copied")).to_be_focused()
    assert alice.evaluate("navigator.clipboard.readText()") == address
    alice.mouse.click(5, 5)
    expect(dialog).to_be_hidden()
    expect(share).to_be_focused()


def test_where_no_clipboard_is_the_address_is_selected_and_what_the_device_has_is_offered(
    server: Server, person: NewPerson, room: str
) -> None:
    page = person("Alice")
    page.add_init_script("""
      Object.defineProperty(navigator, "clipboard", { value: undefined });
      Object.defineProperty(navigator, "share", { value: (shared) => (window.shared = shared) });
      document.execCommand = () => false;
    """)
    enter(page, server, "Alice", room)
    page.locator("[data-empty] [data-share-copy]").click()
    expect(page.locator("[data-empty] [data-share-status]")).to_contain_text("Ctrl+C")
    assert page.evaluate("getSelection().toString()") == page.url
    page.locator("[data-empty] [data-share-native]").click()
    assert page.evaluate("shared") == {"title": room, "url": page.url}


# --- Another room -------------------------------------------------------------------------------

ROOMS = ["Old books", "Élan vital", "Team tea", "tea-house", "Steam"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("te", ["Team tea", "tea-house", "Steam"]),
        ("HOUSE", ["tea-house"]),
        ("tea h", ["tea-house"]),
        ("elan", ["Élan vital"]),
        ("oks", ["Old books"]),
        ("ebk", []),
        ("obk", ["Old books"]),
        ("", ROOMS),
    ],
)
def test_rooms_are_found_by_a_few_letters(her: Page, typed: str, found: list[str]) -> None:
    rooms = [{"name": name, "isCurrent": False, "unread": 0, "mentions": 0} for name in ROOMS]
    assert [
        it["name"] for it in call(her, "rooms/room_search.js", "searchRooms", rooms, typed)
    ] == found


def test_with_nothing_typed_the_room_that_calls_is_first_and_this_one_last(her: Page) -> None:
    def room(name: str, **news: Any) -> dict[str, Any]:
        return {"name": name, "isCurrent": False, "unread": 0, "mentions": 0, **news}

    rooms = [
        room("here", isCurrent=True),
        room("quiet"),
        room("news", unread=3),
        room("me", mentions=1),
    ]
    found = [it["name"] for it in call(her, "rooms/room_search.js", "searchRooms", rooms, "")]
    assert found == ["me", "news", "quiet", "here"]


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        (" new ", "new"),
        ("elan vital", "elan vital"),
        ("OLD BOOKS", None),
        ("a/b", None),
        ("", None),
    ],
)
def test_what_is_typed_names_a_room_that_is_not_listed(
    her: Page, typed: str, other: str | None
) -> None:
    rooms = [{"name": name} for name in ROOMS]
    assert call(her, "rooms/room_search.js", "newRoomName", rooms, typed) == other


def test_another_room_is_a_few_keys_away(alice: Page, server: Server, room: str) -> None:
    other = f"é {room}"
    say(alice, "one")
    come(alice, server, other)
    expect(sidebar_row(alice, room)).to_be_attached()
    alice.keyboard.press("Control+k")
    dialog = alice.get_by_role("dialog", name="Find a room")
    field = dialog.get_by_role("combobox")
    expect(field).to_be_focused()
    alice.keyboard.type(f"E {room}".upper())
    options = dialog.get_by_role("option")
    expect(options).to_have_text(
        [re.compile(f"{other}.*Current room"), f"Open “{f'E {room}'.upper()}”"]
    )
    alice.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(alice.locator("#chat-message-input")).to_be_focused()
    alice.keyboard.press("Control+k")
    expect(field).to_have_value("")
    alice.keyboard.type(room)
    expect(options).to_have_text([room, re.compile(other)])
    alice.keyboard.press("End")
    expect(options.last).to_have_attribute("aria-selected", "true")
    alice.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", str(options.first.get_attribute("id")))
    alice.keyboard.press("Enter")
    expect(alice.get_by_role("heading", level=1)).to_have_text(room)
    expect(alice.locator("[data-status]")).to_have_attribute("data-state", "open")
    alice.get_by_role("button", name="Find a room").click()
    alice.keyboard.type(f"{room} new")
    expect(options).to_have_text([f"Open “{room} new”"])
    alice.keyboard.press("Enter")
    expect(alice.get_by_role("heading", level=1)).to_have_text(f"{room} new")


def test_with_words_selected_the_same_keys_make_a_link(alice: Page) -> None:
    composer = alice.locator("#chat-message-input")
    composer.fill("here")
    composer.select_text()
    alice.keyboard.press("Control+k")
    expect(composer).to_have_value("[here](url)")
    expect(alice.locator("[data-switcher]")).to_be_hidden()


# --- Keys ---------------------------------------------------------------------------------------


def test_a_question_mark_shows_the_keys_and_a_letter_leads_to_the_composer(alice: Page) -> None:
    composer = alice.locator("#chat-message-input")
    help_dialog = alice.get_by_role("dialog", name="Help")
    composer.press_sequentially("?")
    expect(composer).to_have_value("?")
    alice.locator("#chat-log").focus()
    alice.keyboard.press("?")
    expect(help_dialog).to_contain_text("Edit your last message")
    expect(help_dialog.locator("kbd kbd").first).to_have_text("Ctrl")
    alice.keyboard.press("x")
    expect(composer).to_have_value("?")
    single = help_dialog.get_by_role("checkbox", name="Single-key shortcuts")
    single.uncheck()
    alice.keyboard.press("Escape")
    expect(alice.locator("#chat-log")).to_be_focused()
    alice.keyboard.press("x")
    alice.keyboard.press("?")
    alice.locator("[data-help]").click()
    expect(help_dialog).to_be_visible()
    single.check()
    help_dialog.get_by_role("button", name="Close").click()
    expect(alice.locator("[data-help]")).to_be_focused()
    alice.keyboard.press("x")
    alice.locator("#chat-log").focus()
    alice.keyboard.press("y")
    expect(composer).to_be_focused()
    expect(composer).to_have_value("?y")


def test_escape_closes_the_innermost_first(server: Server, person: NewPerson, room: str) -> None:
    page = person("Alice", viewport={"width": 800, "height": 700})
    enter(page, server, "Alice", room)
    say(page, "one")
    say(page, "two")
    expect(page.locator(".message:not(.is-pending)")).to_have_count(2)
    composer, banner = page.locator("#chat-message-input"), page.locator("[data-composer-banner]")
    pane, dialog = page.locator("#people-pane"), page.locator("[data-name-dialog]")
    composer.press("ArrowUp")
    page.locator("[data-toggle=people]").click()
    page.locator("[data-rename]").click()
    open_ones = [banner, pane, dialog]
    while open_ones:
        for it in open_ones:
            expect(it).to_be_visible()
        page.keyboard.press("Escape")
        expect(open_ones.pop()).to_be_hidden()
    expect(composer).to_be_focused()
    page.locator("#chat-log").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    menu = page.locator("[data-message-menu]")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(message(page, "two")).to_be_focused()
    page.keyboard.press("Escape")
    expect(composer).to_be_focused()


def test_focus_goes_back_to_what_opened_a_dialog_or_near_it(
    alice: Page, server: Server, room: str
) -> None:
    for opener in ("[data-rename]", "[data-topic]", "[data-find-room]"):
        alice.locator(opener).click()
        expect(alice.locator("dialog[open]")).to_have_count(1)
        alice.keyboard.press("Escape")
        expect(alice.locator(opener)).to_be_focused()
    say(alice, "one")
    expect(alice.locator(".message:not(.is-pending)")).to_have_count(1)
    alice.locator("#chat-log").focus()
    alice.keyboard.press("ArrowUp")
    alice.keyboard.press("Enter")
    alice.locator(".menu [data-action=delete]").press("Enter")
    expect(alice.locator("[data-delete-dialog] [value=no]")).to_be_focused()
    alice.locator("[data-delete-dialog] [value=yes]").press("Enter")
    expect(alice.locator(".message-text")).to_have_class(re.compile("is-deleted"))
    expect(alice.locator(".message")).to_be_focused()


def test_the_focus_stays_near_a_room_that_is_left(alice: Page, server: Server, room: str) -> None:
    come(alice, server, f"{room} 2")
    rows = alice.locator("[data-rooms] .rooms-row")
    left = sidebar_row(alice, room)
    expect(left).to_be_attached()  # the list comes after the socket has opened
    place = rows.evaluate_all("(rows, left) => rows.indexOf(left)", left.element_handle())
    left.locator(".rooms-more").focus()
    alice.keyboard.press("Enter")
    expect(alice.locator("[data-room-action=mute]")).to_be_focused()
    alice.keyboard.press("Escape")
    expect(left.locator(".rooms-more")).to_be_focused()
    alice.keyboard.press("Enter")
    alice.locator("[data-room-action=leave]").press("Enter")
    expect(left).to_have_count(0)
    near = min(place, rows.count() - 1)
    expect(rows.nth(near).locator("a")).to_be_focused()
