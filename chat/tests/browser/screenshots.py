"""Takes screenshots of the main states, in four widths and both themes: `make screenshots`.

With the names of some states, only these:
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
from chat.tests.browser.room_page import go_offline, keep_room, send_message
from chat.tests.support.servers import Server, serving

HEIGHTS = {1440: 900, 1024: 768, 768: 1024, 375: 812}  # CSS pixels, by width
TOUCH_WIDTHS = (768, 375)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
FINISHED_ANIMATIONS = "Promise.allSettled(document.getAnimations().map(({ finished }) => finished))"

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


class Scene:
    """A server, and browser pages of one width."""

    def __init__(self, server: Server, browser: Browser, width: int) -> None:
        self.server, self.browser, self.width = server, browser, width

    @property
    def has_touch(self) -> bool:
        return self.width in TOUCH_WIDTHS

    def new_page(self, **options: Any) -> Page:
        size = {"width": self.width, "height": HEIGHTS[self.width]}
        touch = {"has_touch": self.has_touch, "is_mobile": self.has_touch}
        return self.browser.new_context(**{"viewport": size, **touch, **options}).new_page()

    def room_url(self, room: str) -> str:
        return f"{self.server.url}/chat/{quote(room)}/"

    def enter_room(self, page: Page, name: str, room: str = ROOM) -> Page:
        page.goto(self.server.url)
        page.get_by_label("Your name").fill(name)
        page.locator("#room-name-input").fill(room)
        page.locator("#room-name-submit").click()
        expect(page.locator("[data-status]")).to_have_attribute("data-state", "open")
        return page

    @cached_property
    def conversation(self) -> Page:
        """Ada's page; Grace is typing."""
        ada, grace = self.new_page(), self.new_page()
        for other in OTHER_ROOMS:
            self.enter_room(ada, "Ada", other)
            keep_room(ada)
        self.enter_room(ada, "Ada")
        self.enter_room(grace, "Grace")
        people = {"Ada": ada, "Grace": grace}
        for name, text in CONVERSATION:
            send_and_wait(people[name], text)
        self._react_and_reply(ada, grace)
        grace.locator("#chat-message-input").press_sequentially("Splendid")
        return ada

    def _react_and_reply(self, ada: Page, grace: Page) -> None:
        expect(ada.locator(".message")).to_have_count(len(CONVERSATION))
        self.show_toolbar(ada.locator(".message").nth(2))
        ada.locator(".actions [data-action=pick]").click()
        ada.locator("[data-emoji-found] button").nth(2).click()
        expect(grace.locator(".reaction")).to_be_visible()
        self.show_toolbar(ada.locator(".message").nth(5))
        ada.locator(".actions [data-action=reply]").click()
        send_and_wait(ada, "I’ll be there.")
        ada.mouse.move(0, 0)

    def show_toolbar(self, message: Locator) -> None:
        """Show the toolbar of a message, by mouse or touch."""
        message.tap(position={"x": 5, "y": 5}) if self.has_touch else message.hover()

    def open_pane(self, page: Page, name: str) -> None:
        toggle = page.locator(f"[data-toggle={name}]")
        if toggle.is_visible():
            toggle.click()


def send_and_wait(page: Page, text: str) -> None:
    send_message(page, text)
    expect(page.locator(".is-pending")).to_have_count(0)


# --- The states: each yields the page to take a screenshot of -------------------------------------

State = Callable[[Scene], Iterator[Page]]
STATES: dict[str, State] = {}


def state(show: State) -> State:
    STATES[show.__name__] = show
    return show


@state
def first_visit(scene: Scene) -> Iterator[Page]:
    page = scene.new_page()
    page.goto(scene.server.url)
    yield page


@state
def empty_room(scene: Scene) -> Iterator[Page]:
    page = scene.enter_room(scene.new_page(), "Ada", "Garden party")
    expect(page.locator("[data-empty] img")).to_be_visible()
    yield page


@state
def conversation(scene: Scene) -> Iterator[Page]:
    page = scene.conversation
    yield page


@state
def my_rooms(scene: Scene) -> Iterator[Page]:
    page = scene.conversation.context.new_page()
    page.goto(scene.server.url)
    yield page


@state
def rooms_pane(scene: Scene) -> Iterator[Page]:
    page = scene.conversation
    scene.open_pane(page, "rooms")
    yield page


@state
def people_pane(scene: Scene) -> Iterator[Page]:
    page = scene.conversation
    scene.open_pane(page, "people")
    yield page


@state
def message_menu(scene: Scene) -> Iterator[Page]:
    page = scene.conversation
    scene.show_toolbar(page.locator(".message").nth(1))
    page.locator(".actions [data-action=menu]").click()
    yield page


@state
def reaction_picker(scene: Scene) -> Iterator[Page]:
    page = scene.conversation
    scene.show_toolbar(page.locator(".message").nth(1))
    page.locator(".actions [data-action=pick]").click()
    yield page


@state
def share(scene: Scene) -> Iterator[Page]:
    page = scene.conversation
    share = page.locator("[data-share]")
    (share if share.is_visible() else page.locator("[data-open-room-sheet]")).click()
    yield page


@state
def room_sheet(scene: Scene) -> Iterator[Page]:
    page = scene.conversation
    page.locator("[data-open-room-sheet]").click()
    yield page


@state
def newcomer(scene: Scene) -> Iterator[Page]:
    page = scene.new_page()
    page.goto(scene.room_url(ROOM))
    expect(page.locator("[data-newcomer]")).to_be_visible()
    yield page


@state
def switcher(scene: Scene) -> Iterator[Page]:
    page = scene.conversation
    page.keyboard.press("Control+k")
    page.locator("[data-switcher-field]").fill("d")
    yield page


@state
def shortcuts(scene: Scene) -> Iterator[Page]:
    page = scene.conversation
    send_message(page, "/help")
    yield page


@state
def settings(scene: Scene) -> Iterator[Page]:
    page = scene.conversation
    scene.open_pane(page, "people")
    page.locator("[data-rename]").click()
    yield page


@state
def offline_start(scene: Scene) -> Iterator[Page]:
    """A room opened without a network."""
    page = scene.new_page(service_workers="allow")
    scene.enter_room(page, "Ada")
    page.evaluate("navigator.serviceWorker.ready")
    scene.server.pause()
    try:
        page.context.set_offline(True)
        page.goto(scene.room_url(ROOM))
        yield page
    finally:
        scene.server.resume()


@state
def room_not_found(scene: Scene) -> Iterator[Page]:
    page = scene.new_page()
    page.goto(scene.room_url("no!room"))
    yield page


@state
def german(scene: Scene) -> Iterator[Page]:
    page = scene.new_page(locale="de-DE")
    page.goto(scene.server.url)
    yield page


@state
def offline(scene: Scene) -> Iterator[Page]:
    """A pending and a refused message. The last state, as it changes the conversation."""
    page = scene.conversation
    page.evaluate("document.querySelector('#chat-message-input').value = 'a\\0b'")
    page.locator("#chat-message-submit").click()
    expect(page.locator(".is-refused")).to_be_visible()
    go_offline(page)
    send_message(page, "Is anybody there?")
    expect(page.locator(".is-pending")).to_be_visible()
    yield page


# --- Screenshots --------------------------------------------------------------------------------


def take_all(states: dict[str, State], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for width in HEIGHTS:
            with serving("daphne", Path(mkdtemp())) as server:
                scene = Scene(server, browser, width)
                for name, show in states.items():
                    _take_themes(contextmanager(show), scene, folder / f"{name}-{width}")


def _take_themes(
    showing: Callable[[Scene], AbstractContextManager[Page]], scene: Scene, path: Path
) -> None:
    with showing(scene) as page:
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            page.evaluate(FINISHED_ANIMATIONS)
            page.screenshot(path=path.with_name(f"{path.name}-{theme}.png"))
        for _ in range(2):
            page.keyboard.press("Escape")  # a dialog, and the pane behind it


def main(folder: str, *names: str) -> None:
    unknown = set(names) - STATES.keys()
    if unknown:
        raise SystemExit(f"Unknown states: {', '.join(unknown)}. Available: {', '.join(STATES)}.")
    take_all({name: STATES[name] for name in names or STATES}, Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
