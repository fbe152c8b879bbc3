"""JavaScript modules for tests: a page's own script is one file with all of them inside."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route

import chat

SOURCES = Path(chat.__file__).parent / "static" / "chat" / "js"
URL_PATH = "/static/chat/js"
MODULE_URL = re.compile(rf"{URL_PATH}/([\w/]+\.js)$")


def serve_modules(page: Page) -> None:
    """Let the page import each module from URL_PATH, as in the sources."""
    page.route(MODULE_URL, _serve)


def without_room_script(page: Page) -> Page:
    """A page that runs no script of its own, only what a test imports."""
    serve_modules(page)
    page.route("**/js/room*.js", lambda route: route.fulfill(content_type="text/javascript"))
    return page


def call_function(page: Page, module: str, function: str, *arguments: Any) -> Any:
    """Call a function of a module in a page, and return its result."""
    script = f"(args) => import('{URL_PATH}/{module}').then((it) => it.{function}(...args))"
    return page.evaluate(script, list(arguments))


def _serve(route: Route) -> None:
    found = MODULE_URL.search(route.request.url)
    assert found
    route.fulfill(path=SOURCES / found[1], content_type="text/javascript")
