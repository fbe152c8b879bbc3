"""examples/tutorial.html: the page of the Channels tutorial, in plain mode, of another origin."""

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from chat.tests.browser.room_page import NewPage
from chat.tests.support.servers import Server, serving

EXAMPLES = Path(settings.BASE_DIR) / "examples"


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Nobody reads it."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The folder with the page, as `python -m http.server` serves it."""
    handler = partial(Handler, directory=str(EXAMPLES))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as served:
        thread = Thread(target=served.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()
        thread.join()


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, site: str
) -> Iterator[Server]:
    data_dir = tmp_path_factory.mktemp("lobby")
    with serving(request.param, data_dir, CSRF_TRUSTED_ORIGINS=site) as server:
        yield server


def open_tutorial(page: Page, site: str, server: Server) -> Page:
    page.goto(f"{site}/tutorial.html?server=127.0.0.1:{server.port}&room=tutorial tea")
    return page


def say(page: Page, text: str) -> None:
    page.get_by_label("Message", exact=True).fill(text)
    page.keyboard.press("Enter")


def test_two_people_talk(new_page: NewPage, site: str, server: Server) -> None:
    alice, bob = (open_tutorial(new_page(it), site, server) for it in ("Alice", "Bob"))
    for page in (alice, bob):
        expect(page.get_by_role("status")).to_have_text("In the room tutorial tea")
    say(alice, "hello <b>there</b>")
    expect(bob.get_by_label("Messages")).to_have_value("hello <b>there</b>\n")
    say(bob, "hi")
    for page in (alice, bob):
        expect(page.get_by_label("Messages")).to_have_value("hello <b>there</b>\nhi\n")


def test_a_page_of_an_origin_that_is_not_trusted_is_told(
    new_page: NewPage, site: str, server: Server
) -> None:
    page = open_tutorial(new_page("Mallory"), site.replace("127.0.0.1", "localhost"), server)
    expect(page.get_by_role("status")).to_contain_text("The connection is closed")
