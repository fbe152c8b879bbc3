"""Renders the main states, in four widths and both themes: `make screenshots`.

With names of states behind it, only these: `python -m chat.tests.browser.screenshots out empty_room`.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, Page, expect

from chat.tests.browser.chromium import chromium
from chat.tests.support.servers import Server, serving

SIZES = {1440: 900, 1024: 768, 768: 1024, 375: 812}  # CSS pixels
TOUCHED = (768, 375)
FINE = (375,)  # two pixels for one
THEMES = ("light", "dark")
SETTLE_MS = 300  # transitions are over

CONVERSATION = [
    ("Grace", "/topic The kettle, and what it sings"),
    ("Ada", "The new kettle whistles in **two keys** at once. A feature, or a cry for help?"),
    ("Grace", "Leave it on. It is the only one of us with perfect pitch."),
    ("Ada", '@Grace I wrote the notes down:\n```python\nkettle.sing(["C♯", "almost F"])\n```'),
    ("Grace", "That is the start of a fugue."),
    ("Grace", "Tea at four, everyone? Bring a cup, and an open mind."),
]
OTHER_ROOMS = ["Garden", "Book club", "Deploys"]


class Stage:
    """A server where people have talked, and Ada's browser in one width."""

    def __init__(self, server: Server, browser: Browser, width: int) -> None:
        self.server, self.browser, self.width = server, browser, width
        self.ada = self.context().new_page()

    def context(self) -> BrowserContext:
        return self.browser.new_context(
            viewport={"width": self.width, "height": SIZES[self.width]},
            device_scale_factor=2 if self.width in FINE else 1,
            has_touch=self.width in TOUCHED,
            is_mobile=self.width in TOUCHED,
        )

    def enter(self, page: Page, name: str, room: str) -> Page:
        page.goto(self.server.url)
        page.get_by_label("Your name").fill(name)
        page.locator("#room-name-input").fill(room)
        page.locator("#room-name-submit").click()
        expect(page.locator("[data-status]")).to_have_attribute("data-state", "open")
        return page

    def say(self, page: Page, text: str) -> None:
        page.locator("#chat-message-input").fill(text)
        page.locator("#chat-message-input").press("Enter")
        expect(page.locator(".is-pending")).to_have_count(0)

    def address(self, room: str) -> str:
        return f"{self.server.url}/chat/{quote(room)}/"

    def talk(self) -> Page:
        """A conversation that Grace goes on with, as Ada sees it."""
        room = f"Tea room {self.width}"
        for other in OTHER_ROOMS:
            self.enter(self.ada, "Ada", other)
        self.enter(self.ada, "Ada", room)
        grace = self.enter(self.context().new_page(), "Grace", room)
        pages = {"Ada": self.ada, "Grace": grace}
        for name, text in CONVERSATION:
            self.say(pages[name], text)
        expect(self.ada.locator(".message")).to_have_count(len(CONVERSATION))
        grace.locator("#chat-message-input").press_sequentially("Splendid")
        expect(self.ada.locator("[data-typing]")).not_to_be_empty()
        return self.ada
