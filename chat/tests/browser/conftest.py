"""Fixtures for tests in a browser: the server, and pages of people."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from chat.tests.browser import chromium
from chat.tests.browser.modules import serve_modules
from chat.tests.browser.room_page import PHONE, Enter, NewPage, enter_room, keep_room, open_room
from chat.tests.browser.socket_person import SocketPerson, socket_person
from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.servers import Server, serving

HERE = Path(__file__).parent
EXPECTED_ERRORS = (
    "WebSocket connection to",  # tests stop servers
    "Failed to load resource",
    "Chrome currently does not support the Push API in incognito mode",  # as tests are
)
expect.set_options(timeout=1_000 * TIMEOUT_SECONDS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            if not chromium.is_installed and not os.environ.get("CI"):
                item.add_marker(pytest.mark.skip(reason=chromium.MISSING))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not chromium.is_installed:
        terminalreporter.write_line(chromium.MISSING, yellow=True)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One for these tests: its event loop must be closed before others run one of their own."""
    assert chromium.is_installed, chromium.MISSING
    with chromium.chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving("daphne", tmp_path_factory.mktemp("lobby")) as server:
        yield server


@pytest.fixture
def room() -> str:
    return f"room {uuid4().hex[:8]}"


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    with page_factory(browser) as new:
        yield new


@pytest.fixture
def enter(new_page: NewPage, server: Server, room: str) -> Enter:
    """Opens a page of a person who has entered the room of the test, or another one."""

    def enter(name: str, room: str = room, **options: Any) -> Page:
        page = new_page(name, **options)
        enter_room(page, server, name, room)
        return page

    return enter


@contextmanager
def page_factory(browser: Browser) -> Iterator[NewPage]:
    """Opens a page in a new browser context for each person; at the end, no page had an error."""
    errors: list[str] = []

    def record(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED_ERRORS):
            errors.append(message.text)

    def new(person: str, **options: Any) -> Page:
        options = {"service_workers": "block"} | options  # test_pwa.py allows them
        page = contexts.enter_context(browser.new_context(**options)).new_page()
        page.on("pageerror", lambda error: errors.append(f"{person}: {error}"))
        page.on("console", record)
        return page

    with ExitStack() as contexts:
        yield new
        assert not errors


@pytest.fixture(scope="module")
def modules_page(
    browser: Browser, server: Server, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A page to import JavaScript modules in; its parameter is the locale of the browser."""
    with page_factory(browser) as new:
        page = new("nobody", locale=getattr(request, "param", None))
        serve_modules(page)
        page.goto(server.url)
        yield page


@pytest.fixture(scope="module")
def alice_page(browser: Browser, server: Server) -> Iterator[Page]:
    """Alice's page, for all tests of a module: a new browser context takes longer than most."""
    with page_factory(browser) as new:
        page = new("Alice", permissions=["clipboard-read", "clipboard-write"])
        enter_room(page, server, "Alice", "first")
        keep_room(page)
        yield page


@pytest.fixture
def alice(alice_page: Page, server: Server, room: str) -> Page:
    """Alice in a room of the test's own."""
    return open_room(alice_page, server, room)


@pytest.fixture(scope="module")
def phone_page(browser: Browser) -> Iterator[Page]:
    """Alice's phone, for all tests of a module."""
    with page_factory(browser) as new:
        yield new("Alice", **PHONE)


@pytest.fixture(scope="module")
def bob_page(browser: Browser, server: Server) -> Iterator[Page]:
    """Bob's page, for all tests of a module in which Bob has a browser."""
    with page_factory(browser) as new:
        page = new("Bob")
        enter_room(page, server, "Bob", "first")
        yield page


@pytest.fixture
def bob(server: Server, room: str) -> Iterator[SocketPerson]:
    """Bob in the same room, with a socket instead of a browser."""
    with socket_person(server, room) as bob:
        yield bob


@pytest.fixture(params=[True, False], ids=["https", "http"])
def clipboard_page(
    new_page: NewPage, server: Server, room: str, request: pytest.FixtureRequest
) -> Page:
    """A page that may use the clipboard, with the API of HTTPS and without."""
    page = new_page("Alice", permissions=["clipboard-read", "clipboard-write"])
    if not request.param:
        page.add_init_script("delete Navigator.prototype.clipboard")
    return open_room(page, server, room)
