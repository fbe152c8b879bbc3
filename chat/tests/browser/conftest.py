"""People at their browsers, and the server they talk through."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from chat.tests.browser import chromium
from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.servers import Server, serving

HERE = Path(__file__).parent
EXPECTED = ("WebSocket connection to", "Failed to load resource")  # servers go away in these tests
expect.set_options(timeout=1_000 * TIMEOUT_SECONDS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ours = [item for item in items if item.path.is_relative_to(HERE)]
    for item in ours:
        item.add_marker(pytest.mark.browser)
        if not chromium.is_there and not os.environ.get("CI"):
            item.add_marker(pytest.mark.skip(reason=chromium.MISSING))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not chromium.is_there:
        terminalreporter.write_line(chromium.MISSING, yellow=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for a module: its event loop must be gone before a test has one of its own."""
    assert chromium.is_there, chromium.MISSING
    with chromium.chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving("daphne", tmp_path_factory.mktemp("lobby")) as server:
        yield server


@pytest.fixture
def room() -> str:
    return f"room {uuid4().hex[:8]}"


NewPerson = Callable[..., Page]


@pytest.fixture
def person(browser: Browser) -> Iterator[NewPerson]:
    with people(browser) as new:
        yield new


@contextmanager
def people(browser: Browser) -> Iterator[NewPerson]:
    """Makes a person with a browser of their own, on a page that must not complain."""
    complaints: list[str] = []

    def complain(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED):
            complaints.append(message.text)

    def new(name: str, **options: Any) -> Page:
        options = {"service_workers": "block"} | options  # they are the matter of one file
        page = contexts.enter_context(browser.new_context(**options)).new_page()
        page.on("pageerror", lambda error: complaints.append(f"{name}: {error}"))
        page.on("console", complain)
        return page

    with ExitStack() as contexts:
        yield new
        assert not complaints
