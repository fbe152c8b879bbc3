"""A finger on a touch screen: Playwright itself has taps only."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page

from chat.tests.browser.layout import box_of

STEPS = 8  # of a movement


class Finger:
    def __init__(self, page: Page) -> None:
        self._devtools = page.context.new_cdp_session(page)
        self._x = self._y = 0.0

    def press(self, x: float, y: float) -> None:
        self._x, self._y = x, y
        self._touch("touchStart")

    def move(self, x: float = 0, y: float = 0) -> None:
        """Move by so many CSS pixels."""
        start_x, start_y = self._x, self._y
        for step in range(1, STEPS + 1):
            self._x, self._y = start_x + x * step / STEPS, start_y + y * step / STEPS
            self._touch("touchMove")

    def lift(self) -> None:
        self._devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def _touch(self, type: str) -> None:
        points = [{"x": self._x, "y": self._y}]
        self._devtools.send("Input.dispatchTouchEvent", {"type": type, "touchPoints": points})


@contextmanager
def finger_on(target: Locator, *, at: float = 0.5) -> Iterator[Finger]:
    """A finger that rests on an element, `at` that part of its width, until the block ends."""
    target.scroll_into_view_if_needed()
    box = box_of(target)
    finger = Finger(target.page)
    finger.press(box["x"] + at * box["width"], box["y"] + box["height"] / 2)
    yield finger
    finger.lift()
