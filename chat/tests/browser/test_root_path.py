"""Lobby under a path in the browser; and behind a proxy that lets no WebSocket through."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from chat.tests.browser.room_page import NewPage, expect_connected
from chat.tests.browser.test_pwa import RELOAD_TIMEOUT_MS, WAIT_FOR_WORKER
from chat.tests.support.prefix_proxy import behind_a_proxy
from chat.tests.support.servers import Server, serving

OTHER_CACHE = "caches.open('another app').then(() => caches.keys())"
OUTSIDE = """
  () => performance.getEntriesByType("resource").map(({ name }) => new URL(name))
    .filter(({ protocol, pathname }) => protocol === "http:" && !pathname.startsWith("/lobby/"))
    .map(({ href }) => href)
"""


@pytest.fixture(scope="module", params=["off", "on"], ids=["passed on", "stripped"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    settings = {"ROOT_PATH": "/lobby", "ROOT_PATH_STRIPPED": request.param}
    with serving("daphne", tmp_path_factory.mktemp("lobby"), **settings) as server:
        yield server


@pytest.fixture
def index(server: Server) -> Iterator[str]:
    strips = server.settings["ROOT_PATH_STRIPPED"] == "on"
    with behind_a_proxy(server, "/lobby", strips=strips) as address:
        yield address


def test_all_of_it_works_under_a_path(
    server: Server, new_page: NewPage, index: str, room: str
) -> None:
    alice = new_page("Alice", service_workers="allow")
    alice.goto(index)
    assert "another app" in alice.evaluate(OTHER_CACHE)
    alice.get_by_role("button", name="Deutsch").click()
    expect(alice.locator("html")).to_have_attribute("lang", "de")
    alice.get_by_role("button", name="English").click()
    alice.get_by_label("Your name").fill("Alice")
    alice.locator("#room-name-input").fill(room)
    alice.locator("#room-name-submit").click()
    expect_connected(alice)
    address = alice.url
    assert address.startswith(f"{index}chat/")

    alice.locator("#chat-message-input").press_sequentially("hello :tada:")
    expect(alice.locator("#chat-message-input")).to_have_value("hello 🎉")
    alice.keyboard.press("Enter")
    expect(alice.locator("#chat-log .message-text")).to_have_text(["hello 🎉"])
    alice.get_by_role("button", name="Share").click()
    dialog = alice.get_by_role("dialog")
    expect(dialog.get_by_label("Link to this room")).to_have_value(address)
    expect(dialog.get_by_role("img")).to_have_js_property("complete", True)
    assert dialog.get_by_role("img").evaluate("(image) => image.naturalWidth") > 0
    alice.keyboard.press("Escape")
    alice.keyboard.press("Control+k")
    alice.keyboard.type(f"{room} b")
    alice.keyboard.press("Enter")
    expect_connected(alice)
    assert alice.url.startswith(f"{index}chat/")
    alice.get_by_role("navigation").get_by_role("link", name=room, exact=True).click()
    alice.wait_for_url(address)
    expect_connected(alice)
    assert alice.evaluate(OUTSIDE) == []

    alice.evaluate(WAIT_FOR_WORKER)
    [other, ours] = sorted(alice.evaluate("caches.keys()"))
    assert other == "another app"
    assert ours.startswith("lobby /lobby/ ")
    server.kill()
    try:
        alice.goto(address)
        expect(alice.get_by_role("heading", level=1)).to_have_text("The server is not responding")
        expect(alice.get_by_text(f"{room} opens automatically")).to_be_visible()
    finally:
        server.start()
    expect_connected(alice, RELOAD_TIMEOUT_MS)
    alice.get_by_role("button", name=f"Options for {room}", exact=True).click()
    alice.get_by_role("menuitem", name="Leave").click()
    alice.wait_for_url(index)


@pytest.mark.parametrize(
    ("locale", "says"),
    [
        ("en", "Not connected yet. A proxy or firewall may be blocking WebSockets."),
        ("de", "Noch keine Verbindung. Vielleicht blockiert ein Proxy oder eine Firewall"),
    ],
)
def test_a_page_that_never_had_a_connection_says_what_may_be_in_the_way(
    server: Server, new_page: NewPage, locale: str, says: str
) -> None:
    strips = server.settings["ROOT_PATH_STRIPPED"] == "on"
    with behind_a_proxy(server, "/lobby", strips=strips, upgrades=False) as index:
        alice = new_page("Alice", locale=locale)
        alice.goto(f"{index}chat/tea/")
        expect(alice.get_by_role("status").first).to_contain_text(says)
