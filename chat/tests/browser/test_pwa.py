"""The installable app: the service worker, the offline page, updates and installing."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, Page, expect

from chat.tests.browser.chromium import whole_chromium
from chat.tests.browser.room_page import (
    Enter,
    NewPage,
    enter_room,
    expect_confirmed,
    expect_connected,
    keep_room,
    room_url,
    send_message,
)
from chat.tests.support.servers import ROOT, Server, history, serving

RELOAD_TIMEOUT_MS = 60_000  # the offline page polls at least every twelve seconds

WAIT_FOR_WORKER = """
  () => new Promise((done) => {
    navigator.serviceWorker.addEventListener("controllerchange", () => done(true));
    navigator.serviceWorker.controller && done(true);
  })
"""
# Reads the database without the page's code.
WAIT_FOR_STORED_MESSAGES = """
  async (count) => {
    const done = (request) =>
      new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
    const database = await done(indexedDB.open("lobby"));
    const messages = () => done(database.transaction("outbox").objectStore("outbox").getAll());
    while ((await messages()).length !== count);
    database.close();
  }
"""
CACHED_OFFLINE_PAGE = """
  async (language) => {
    for (;;) {
      const cache = await caches.open((await caches.keys())[0]);
      const addresses = (await cache.keys()).map(({ url }) => new URL(url).pathname);
      const page = await cache.match(addresses.find((address) => address.startsWith("/offline/")));
      if (page.headers.get("Content-Language") === language) {
        return { text: await page.text(), addresses };
      }
    }
  }
"""
BACKGROUND_COLOR = """
  () => {
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
    return "#" + [red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("");
  }
"""


@pytest.fixture(scope="module")
def browser(browser: Browser) -> Iterator[Browser]:
    with whole_chromium(browser) as whole:
        yield whole


@pytest.fixture(scope="module")
def deployed_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("deployed")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, deployed_dir: Path) -> Iterator[Server]:
    settings = {
        "DJANGO_SETTINGS_MODULE": "chat.tests.support.deploy_settings",
        "DEPLOYED_DIR": str(deployed_dir),
    }
    with serving("daphne", tmp_path_factory.mktemp("lobby"), **settings) as server:
        yield server


@pytest.fixture
def alice(new_page: NewPage) -> Page:
    """With service workers, which other tests block."""
    return new_page("Alice", service_workers="allow")


def clear_http_cache(page: Page) -> None:
    """Clear the browser's cache; the caches of service workers stay."""
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")


def static_requests(server: Server) -> list[str]:
    return [line for line in server.log.splitlines() if '"GET /static/' in line]


def saved_rooms(page: Page) -> Any:
    return page.get_by_role("navigation", name="Your rooms").locator(".rooms-name")


@contextmanager
def proxy_without_a_server(port: int) -> Iterator[None]:
    """A reverse proxy whose server does not run: it answers every request with 503."""

    class Unavailable(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(503)

        def do_HEAD(self) -> None:
            self.send_error(503)

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Unavailable) as proxy:
        Thread(target=proxy.serve_forever).start()
        try:
            yield
        finally:
            proxy.shutdown()


def deploy(server: Server, folder: Path, version: str) -> None:
    """Restart the server with a changed stylesheet and a changed script."""
    for name, change in (
        ("chat/css/base/base.css", f':root {{ --version: "{version}"; }}'),
        (
            "chat/js/pwa/service_worker_registration.js",
            f'document.documentElement.dataset.version = "{version}";',
        ),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        original = (ROOT / "chat/static" / name).read_text()
        (folder / name).write_text(f"{original}\n{change}\n")
    server.kill()
    server.start()


def expect_version(page: Page, version: str) -> None:
    expect(page.locator("html")).to_have_attribute("data-version", version)
    expect(page.locator("html")).to_have_css("--version", f'"{version}"')


def test_a_second_visit_requests_only_the_page(server: Server, alice: Page, room: str) -> None:
    enter_room(alice, server, "Alice", room)
    alice.evaluate(WAIT_FOR_WORKER)
    clear_http_cache(alice)
    before = static_requests(server)
    alice.reload()
    expect_connected(alice)
    assert before == static_requests(server) != []

    # Deleted caches are filled again.
    alice.evaluate(
        "caches.keys().then((names) => Promise.all(names.map((it) => caches.delete(it))))"
    )
    clear_http_cache(alice)
    alice.reload()
    expect_connected(alice)
    assert len(static_requests(server)) > len(before)


def test_the_offline_page_is_cached_in_the_chosen_language(server: Server, alice: Page) -> None:
    alice.goto(server.url)
    alice.evaluate(WAIT_FOR_WORKER)
    alice.get_by_role("button", name="Deutsch").click()
    expect(alice.locator("html")).to_have_attribute("lang", "de")
    cached = alice.evaluate(CACHED_OFFLINE_PAGE, "de")
    assert '<html lang="de"' in cached["text"]
    assert any(it.startswith("/static/catalogs/de/") for it in cached["addresses"])


def test_pending_messages_are_shown_without_a_server_and_sent_once_when_it_returns(
    server: Server, alice: Page, room: str
) -> None:
    enter_room(alice, server, "Alice", f"{room} a")
    keep_room(alice)
    enter_room(alice, server, "Alice", room)
    alice.evaluate(WAIT_FOR_WORKER)
    server.kill()
    send_message(alice, "written in the room")
    alice.evaluate(WAIT_FOR_STORED_MESSAGES, 1)

    with proxy_without_a_server(server.port):
        alice.goto(server.url)
        expect(alice.get_by_role("heading", level=1)).to_have_text("The server is not responding")
        expect(saved_rooms(alice)).to_have_text([room, f"{room} a"])
    saved_rooms(alice).first.click()
    expect(alice).to_have_title(f"{room} · Lobby")
    expect(alice.get_by_text(f"{room} opens automatically")).to_be_visible()
    expect(saved_rooms(alice)).to_have_text([f"{room} a"])
    alice.get_by_role("textbox").fill("written without it")
    alice.get_by_role("textbox").press("Enter")
    pending = alice.get_by_role("region", name="Not sent yet")
    expect(pending.locator(".rooms-name")).to_have_text([room])
    expect(pending.locator(".pending-room p")).to_have_text(
        ["written in the room", "written without it"]
    )
    alice.get_by_role("textbox").fill("rather not")
    alice.get_by_role("button", name="Send when I’m back online").click()
    pending.locator(".pending-message", has_text="rather not").get_by_role("button").click()
    expect(pending.locator(".pending-message")).to_have_count(2)
    alice.get_by_role("textbox").fill("and just begun")

    server.start()
    expect_connected(alice, timeout_ms=RELOAD_TIMEOUT_MS)
    for _ in range(2):
        expect_confirmed(alice, ["written in the room", "written without it"])
        expect(alice.locator("#chat-message-input")).to_have_value("and just begun")
        alice.reload()
        expect_connected(alice)
    assert len(history(server, room)["messages"]) == 2


def test_after_a_deploy_new_pages_are_current_and_open_ones_show_a_notice(
    server: Server, alice: Page, deployed_dir: Path, room: str
) -> None:
    enter_room(alice, server, "Alice", room)
    alice.evaluate(WAIT_FOR_WORKER)
    old_cache = alice.evaluate("caches.keys()")
    other = alice.context.new_page()
    old_cookies = other.context.cookies()
    other.goto(room_url(server, f"{room} b"))
    other.goto(server.url)

    deploy(server, deployed_dir, version=room)
    other.context.clear_cookies()
    other.context.add_cookies(cast(Any, old_cookies))
    other.go_back()  # to a page that is cached for these cookies
    expect_version(other, room)

    notice = alice.get_by_text("A new version is available.")
    expect(notice).to_be_visible(timeout=RELOAD_TIMEOUT_MS)  # workers update at low priority
    assert alice.locator("html").get_attribute("data-version") != room
    expect(other.get_by_text("A new version is available.")).to_be_hidden()
    [new_cache] = other.evaluate("caches.keys()")
    assert [new_cache] != old_cache
    alice.get_by_role("button", name="Reload").click()
    expect_version(alice, room)
    expect(notice).to_be_hidden()


def test_leaving_a_room_removes_it_from_the_saved_rooms(
    enter: Enter, server: Server, room: str
) -> None:
    page = enter("Alice", f"{room} a")
    keep_room(page)
    enter_room(page, server, "Alice", room)
    saved_names = "JSON.parse(localStorage['lobby rooms']).map(({ name }) => name)"
    assert page.evaluate(saved_names) == [room, f"{room} a"]
    page.get_by_role("button", name=f"Options for {room}", exact=True).click()
    page.get_by_role("menuitem", name="Leave").click()
    page.wait_for_url(f"{server.url}/")  # waits for its script, too
    expect(page.get_by_role("heading", level=1)).to_have_text("Lobby")
    assert page.evaluate(saved_names) == [f"{room} a"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_color_is_the_background_of_the_page(
    server: Server, new_page: NewPage, scheme: str
) -> None:
    page = new_page("Alice", color_scheme=scheme)
    page.goto(server.url)
    theme_color = page.locator(f'meta[name="theme-color"][media*="{scheme}"]').get_attribute(
        "content"
    )
    assert page.evaluate(BACKGROUND_COLOR) == theme_color


def test_chromium_reports_the_app_as_installable(server: Server, alice: Page) -> None:
    alice.goto(server.url)
    chromium = alice.context.new_cdp_session(alice)
    assert chromium.send("Page.getAppManifest")["errors"] == []
    obstacles = chromium.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [it["errorId"] for it in obstacles] == ["in-incognito"]  # test contexts are incognito


def test_the_install_button_appears_when_the_browser_offers_it(
    server: Server, new_page: NewPage
) -> None:
    page = new_page("Alice")
    page.goto(server.url)
    button = page.get_by_role("button", name="Install Lobby")
    expect(button).to_be_hidden()
    page.evaluate("""
      const offer = new Event("beforeinstallprompt", { cancelable: true });
      offer.prompt = () => (document.title = "asked");
      dispatchEvent(offer);
    """)
    button.click()
    expect(page).to_have_title("asked")
    expect(button).to_be_hidden()
