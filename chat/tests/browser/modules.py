"""Modules by themselves, for tests: a page's own script has them inside."""

import re
from pathlib import Path

from playwright.sync_api import Page, Route

import chat

WRITTEN = Path(chat.__file__).parent / "static" / "chat" / "js"
ADDRESS = re.compile(r"/static/chat/js/([\w/]+\.js)$")


def lend_modules(page: Page) -> None:
    """The page can import each module from /static/chat/js/, as it is written."""
    page.route(ADDRESS, _lend)


def _lend(route: Route) -> None:
    found = ADDRESS.search(route.request.url)
    assert found
    route.fulfill(path=WRITTEN / found[1], content_type="text/javascript")
