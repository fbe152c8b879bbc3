"""Renders the main states, in four widths and both themes: `make screenshots`.

With names of states behind it only these are made:
`python -m chat.tests.browser.screenshots docs/screenshots conversation offline`.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Literal
from urllib.parse import quote

from playwright.sync_api import Browser, Locator, Page, expect

from chat.tests.browser.chromium import chromium
from chat.tests.support.servers import Server, serving

HEIGHTS = {1440: 900, 1024: 768, 768: 1024, 375: 812}  # CSS pixels, by width
TOUCHED = (768, 375)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SETTLED = "Promise.allSettled(document.getAnimations().map(({ finished }) => finished))"

ROOM = "Tea room"
OTHER_ROOMS = ("Book club", "Deploys", "Garden")
CONVERSATION = [
    ("Grace", "/topic The kettle, and what it sings"),
    ("Ada", "The new kettle whistles in **two keys** at once. A feature, or a cry for help?"),
    ("Grace", "Leave it on. It is the only one of us with perfect pitch."),
    ("Ada", '@Grace I wrote the notes down:\n```python\nkettle.sing(["C♯", "almost F"])\n```'),
    ("Grace", "That is the start of a fugue."),
    ("Grace", "Tea at four, everyone? Bring a cup, and an open mind."),
]


class Stage:
    """A server, and people before windows of one width."""

    def __init__(self, server: Server, browser: Browser, width: int) -> None:
        self.server, self.browser, self.width = server, browser, width

    @property
    def is_touched(self) -> bool:
        return self.width in TOUCHED

    def window(self, **options: Any) -> Page:
        size = {"width": self.width, "height": HEIGHTS[self.width]}
        touch = {"has_touch": self.is_touched, "is_mobile": self.is_touched}
        return self.browser.new_context(**{"viewport": size, **touch, **options}).new_page()

    def address(self, room: str) -> str:
        return f"{self.server.url}/chat/{quote(room)}/"

    def enter(self, page: Page, name: str, room: str = ROOM) -> Page:
        page.goto(self.server.url)
        page.get_by_label("Your name").fill(name)
        page.locator("#room-name-input").fill(room)
        page.locator("#room-name-submit").click()
        expect(page.locator("[data-status]")).to_have_attribute("data-state", "open")
        return page

    @cached_property
    def talk(self) -> Page:
        """Ada's window on a talk that Grace goes on with."""
        ada, grace = self.window(), self.window()
        for other in OTHER_ROOMS:
            self.enter(ada, "Ada", other)
        self.enter(ada, "Ada")
        self.enter(grace, "Grace")
        people = {"Ada": ada, "Grace": grace}
        for name, text in CONVERSATION:
            say(people[name], text)
        self._react_and_reply(ada, grace)
        grace.locator("#chat-message-input").press_sequentially("Splendid")
        return ada

    def _react_and_reply(self, ada: Page, grace: Page) -> None:
        expect(ada.locator(".message")).to_have_count(len(CONVERSATION))
        self.reach(ada.locator(".message").nth(2))
        ada.locator(".actions [data-action=pick]").click()
        ada.locator("[data-reaction-quick] button").nth(2).click()
        expect(grace.locator(".reaction")).to_be_visible()
        self.reach(ada.locator(".message").nth(5))
        ada.locator(".actions [data-action=reply]").click()
        say(ada, "I’ll be there.")
        ada.mouse.move(0, 0)

    def reach(self, message: Locator) -> None:
        """Bring the bar of a message, as a mouse or a finger does."""
        message.tap(position={"x": 5, "y": 5}) if self.is_touched else message.hover()

    def open_pane(self, page: Page, name: str) -> None:
        toggle = page.locator(f"[data-toggle={name}]")
        if toggle.is_visible():
            toggle.click()


def write(page: Page, text: str) -> None:
    page.locator("#chat-message-input").fill(text)
    page.locator("#chat-message-input").press("Enter")


def say(page: Page, text: str) -> None:
    write(page, text)
    expect(page.locator(".is-pending")).to_have_count(0)


# --- The states: each shows a page to be looked at ----------------------------------------------

State = Callable[[Stage], Iterator[Page]]
STATES: dict[str, State] = {}


def state(show: State) -> State:
    STATES[show.__name__] = show
    return show


@state
def first_visit(stage: Stage) -> Iterator[Page]:
    page = stage.window()
    page.goto(stage.server.url)
    yield page


@state
def empty_room(stage: Stage) -> Iterator[Page]:
    page = stage.enter(stage.window(), "Ada", "Garden party")
    expect(page.locator("[data-empty] img")).to_be_visible()
    yield page


@state
def conversation(stage: Stage) -> Iterator[Page]:
    page = stage.talk
    yield page


@state
def my_rooms(stage: Stage) -> Iterator[Page]:
    page = stage.talk.context.new_page()
    page.goto(stage.server.url)
    yield page


@state
def rooms_pane(stage: Stage) -> Iterator[Page]:
    page = stage.talk
    stage.open_pane(page, "rooms")
    yield page


@state
def people_pane(stage: Stage) -> Iterator[Page]:
    page = stage.talk
    stage.open_pane(page, "people")
    yield page


@state
def message_menu(stage: Stage) -> Iterator[Page]:
    page = stage.talk
    stage.reach(page.locator(".message").nth(1))
    page.locator(".actions [data-action=menu]").click()
    yield page


@state
def reaction_picker(stage: Stage) -> Iterator[Page]:
    page = stage.talk
    stage.reach(page.locator(".message").nth(1))
    page.locator(".actions [data-action=pick]").click()
    yield page


@state
def share(stage: Stage) -> Iterator[Page]:
    page = stage.talk
    page.locator("[data-share]").click()
    yield page


@state
def switcher(stage: Stage) -> Iterator[Page]:
    page = stage.talk
    page.keyboard.press("Control+k")
    page.locator("[data-switcher-field]").fill("d")
    yield page


@state
def shortcuts(stage: Stage) -> Iterator[Page]:
    page = stage.talk
    write(page, "/help")
    yield page


@state
def settings(stage: Stage) -> Iterator[Page]:
    page = stage.talk
    stage.open_pane(page, "people")
    page.locator("[data-rename]").click()
    yield page


@state
def offline_start(stage: Stage) -> Iterator[Page]:
    """Opened without a network: what the browser keeps."""
    page = stage.window(service_workers="allow")
    stage.enter(page, "Ada")
    page.evaluate("navigator.serviceWorker.ready")
    stage.server.pause()
    try:
        page.context.set_offline(True)
        page.goto(stage.address(ROOM))
        yield page
    finally:
        stage.server.resume()


@state
def room_not_found(stage: Stage) -> Iterator[Page]:
    page = stage.window()
    page.goto(stage.address("no!room"))
    yield page


@state
def german(stage: Stage) -> Iterator[Page]:
    page = stage.window(locale="de-DE")
    page.goto(stage.server.url)
    yield page


@state
def offline(stage: Stage) -> Iterator[Page]:
    """The connection is lost: one line waits, one was refused. The last, as it changes the talk."""
    page = stage.talk
    page.evaluate("document.querySelector('#chat-message-input').value = 'a\\0b'")
    page.locator("#chat-message-submit").click()
    expect(page.locator(".is-refused")).to_be_visible()
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    write(page, "Is anybody there?")
    expect(page.locator(".is-pending")).to_be_visible()
    yield page


# --- Taking them --------------------------------------------------------------------------------


def take(states: dict[str, State], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for width in HEIGHTS:
            with serving("daphne", Path(mkdtemp())) as server:
                stage = Stage(server, browser, width)
                for name, show in states.items():
                    _take(contextmanager(show), stage, folder / f"{name}-{width}")


def _take(
    showing: Callable[[Stage], AbstractContextManager[Page]], stage: Stage, path: Path
) -> None:
    with showing(stage) as page:
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            page.evaluate(SETTLED)
            page.screenshot(path=path.with_name(f"{path.name}-{theme}.png"))
        for _ in range(2):
            page.keyboard.press("Escape")  # a dialog, and the pane it was opened from


def main(folder: str, *names: str) -> None:
    unknown = set(names) - STATES.keys()
    if unknown:
        raise SystemExit(f"No such states: {', '.join(unknown)}. There are {', '.join(STATES)}.")
    take({name: STATES[name] for name in names or STATES}, Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
