"""What a composer was asked, and what it offers."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page

OpenComposer = Callable[..., tuple[Page, Locator]]


def recorded_calls(page: Page) -> list[Any]:
    """The composer's calls, without those that report typing."""
    calls: list[Any] = page.evaluate("calls")
    return [call for call in calls if call[0] != "typing"]


def options(page: Page) -> Locator:
    return page.get_by_role("option")


def start_reply(page: Page) -> None:
    page.evaluate("composer.startReply({ seq: 5, author: { name: 'Ada' }, excerpt: 'Tea?' })")


def selection(field: Locator) -> list[int]:
    found: list[int] = field.evaluate("field => [field.selectionStart, field.selectionEnd]")
    return found
