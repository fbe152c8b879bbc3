"""The app in the browser: there without a server, and never older than the last deploy."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, cast
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.test_room import enter, say
from chat.tests.support.servers import ROOT, Server, history, serving

NewPerson = Callable[..., Page]
BACK_MS = 60_000  # a page tries again after twelve seconds at most, once the server is there

CONTROLLED = """
  () => new Promise((done) => {
    navigator.serviceWorker.addEventListener("controllerchange", () => done(true));
    navigator.serviceWorker.controller && done(true);
  })
"""
# What the page's own code keeps, read without it.
LETTERS_ARE_KEPT = """
  async (count) => {
    const done = (request) =>
      new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
    const database = await done(indexedDB.open("lobby"));
    const letters = () => done(database.transaction("outbox").objectStore("outbox").getAll());
    while ((await letters()).length !== count);
    database.close();
  }
"""
OFFLINE_PAGE_IN = """
  async (language) => {
    for (;;) {
      const shell = await caches.open((await caches.keys())[0]);
      const addresses = (await shell.keys()).map(({ url }) => new URL(url).pathname);
      const page = await shell.match(addresses.find((address) => address.startsWith("/offline/")));
      if (page.headers.get("Content-Language") === language) {
        return { text: await page.text(), addresses };
      }
    }
  }
"""
BACKGROUND = """
  () => {
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
    return "#" + [red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("");
  }
"""


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
def alice(person: NewPerson) -> Page:
    """Her browser has service workers, as all have; other tests do without."""
    return person("Alice", service_workers="allow")


def address(server: Server, room: str) -> str:
    return f"{server.url}/chat/{quote(room)}/"


def let_in(page: Page, timeout: int | None = None) -> None:
    state = page.locator("[data-status]")
    expect(state).to_have_attribute("data-state", "open", timeout=timeout)


def empty_http_cache(page: Page) -> None:
    """What a browser keeps by itself; what a worker keeps stays."""
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")


def asked_for(server: Server) -> list[str]:
    return [line for line in server.log.splitlines() if '"GET /static/' in line]


def rooms(page: Page) -> Any:
    return page.get_by_role("navigation", name="Your rooms").locator(".rooms-name")


@contextmanager
def proxy_without_a_server(port: int) -> Iterator[None]:
    """What stands before a Lobby that does not run: it answers 503, whatever is asked."""

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
    """A style and a script are others than before."""
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


def test_a_second_visit_asks_the_server_for_the_page_alone(
    server: Server, alice: Page, room: str
) -> None:
    enter(alice, server, "Alice", room)
    alice.evaluate(CONTROLLED)
    empty_http_cache(alice)
    before = asked_for(server)
    alice.reload()
    let_in(alice)
    assert before == asked_for(server) != []

    # What a browser throws away is asked for again.
    alice.evaluate(
        "caches.keys().then((names) => Promise.all(names.map((it) => caches.delete(it))))"
    )
    empty_http_cache(alice)
    alice.reload()
    let_in(alice)
    assert len(asked_for(server)) > len(before)


def test_the_page_for_offline_follows_the_language_that_is_chosen(
    server: Server, alice: Page
) -> None:
    alice.goto(server.url)
    alice.evaluate(CONTROLLED)
    alice.get_by_role("button", name="Deutsch").click()
    expect(alice.locator("html")).to_have_attribute("lang", "de")
    kept = alice.evaluate(OFFLINE_PAGE_IN, "de")
    assert '<html lang="de"' in kept["text"]
    assert any(it.startswith("/static/catalogs/de/") for it in kept["addresses"])


def test_without_a_server_my_rooms_and_what_i_wrote_are_there_and_it_goes_out_once(
    server: Server, alice: Page, room: str
) -> None:
    enter(alice, server, "Alice", f"{room} a")
    enter(alice, server, "Alice", room)
    alice.evaluate(CONTROLLED)
    server.kill()
    say(alice, "written in the room")
    alice.evaluate(LETTERS_ARE_KEPT, 1)

    with proxy_without_a_server(server.port):
        alice.goto(server.url)
        expect(alice.get_by_role("heading", level=1)).to_have_text("The server is not responding")
        expect(rooms(alice)).to_have_text([room, f"{room} a"])
    rooms(alice).first.click()
    expect(alice).to_have_title(f"{room} · Lobby")
    expect(alice.get_by_text(f"{room} opens automatically")).to_be_visible()
    expect(rooms(alice)).to_have_text([f"{room} a"])
    alice.get_by_role("textbox").fill("written without it")
    alice.get_by_role("textbox").press("Enter")
    waiting = alice.get_by_role("region", name="Not sent yet")
    expect(waiting.locator(".rooms-name")).to_have_text([room])
    expect(waiting.locator(".pending-room p")).to_have_text(
        ["written in the room", "written without it"]
    )
    alice.get_by_role("textbox").fill("and just begun")

    server.start()
    let_in(alice, timeout=BACK_MS)
    for _ in range(2):
        expect(alice.locator(".message:not(.is-pending) .message-text")).to_have_text(
            ["written in the room", "written without it"]
        )
        expect(alice.locator("#chat-message-input")).to_have_value("and just begun")
        alice.reload()
        let_in(alice)
    assert len(history(server, room)["messages"]) == 2


def test_after_a_deploy_the_next_page_is_the_new_one_and_an_old_one_is_told(
    server: Server, alice: Page, deployed_dir: Path, room: str
) -> None:
    enter(alice, server, "Alice", room)
    alice.evaluate(CONTROLLED)
    old_shell = alice.evaluate("caches.keys()")
    other = alice.context.new_page()
    asked_with = other.context.cookies()
    other.goto(address(server, f"{room} b"))
    other.goto(server.url)

    deploy(server, deployed_dir, version=room)
    other.context.clear_cookies()
    other.context.add_cookies(cast(Any, asked_with))
    other.go_back()  # a browser has that page, asked for with these very cookies
    expect_version(other, room)

    notice = alice.get_by_text("A new version is available.")
    expect(notice).to_be_visible(timeout=BACK_MS)  # a browser fetches a worker when it has leisure
    assert alice.locator("html").get_attribute("data-version") != room
    expect(other.get_by_text("A new version is available.")).to_be_hidden()
    [new_shell] = other.evaluate("caches.keys()")
    assert [new_shell] != old_shell
    alice.get_by_role("button", name="Reload").click()
    expect_version(alice, room)
    expect(notice).to_be_hidden()


def test_a_room_that_i_leave_is_forgotten(server: Server, person: NewPerson, room: str) -> None:
    page = person("Alice")
    enter(page, server, "Alice", f"{room} a")
    enter(page, server, "Alice", room)
    known = "JSON.parse(localStorage['lobby rooms']).map(({ name }) => name)"
    assert page.evaluate(known) == [room, f"{room} a"]
    page.get_by_role("button", name=f"Options for {room}", exact=True).click()
    page.get_by_role("menuitem", name="Leave").click()
    page.wait_for_url(f"{server.url}/")  # and its script has run
    expect(page.get_by_role("heading", level=1)).to_have_text("Lobby")
    assert page.evaluate(known) == [f"{room} a"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_window_has_the_colour_of_the_page(
    server: Server, person: NewPerson, scheme: str
) -> None:
    page = person("Alice", color_scheme=scheme)
    page.goto(server.url)
    named = page.locator(f'meta[name="theme-color"][media*="{scheme}"]').get_attribute("content")
    assert page.evaluate(BACKGROUND) == named


def test_chromium_finds_nothing_in_the_way_of_installing(server: Server, alice: Page) -> None:
    alice.goto(server.url)
    chromium = alice.context.new_cdp_session(alice)
    assert chromium.send("Page.getAppManifest")["errors"] == []
    obstacles = chromium.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [it["errorId"] for it in obstacles] == ["in-incognito"]  # as the tests' windows are


def test_the_index_offers_to_install_where_the_browser_does(
    server: Server, person: NewPerson
) -> None:
    page = person("Alice")
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
