"""A message that is long enough to fold, and how tall it is shown."""

from playwright.sync_api import Locator

from chat.tests.browser.layout import box_of

PASTE = "\n".join(f"line {number} of a log" for number in range(1, 35))
TOP = "node => node.getBoundingClientRect().top"


def height(node: Locator) -> float:
    return box_of(node)["height"]
