"""Accessibility of every state of the pages (states/): axe-core, target sizes, zoom."""

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser import states
from chat.tests.browser.axe import violations
from chat.tests.browser.layout import cut_off, cut_off_if_spaced, moving, small_targets
from chat.tests.browser.room_page import (
    SMALL_PHONE,
    NewPage,
    enter_room,
    open_room,
    post_many,
    send_message,
)
from chat.tests.browser.socket_person import socket_person
from chat.tests.support.servers import Server

Check = Callable[[Page], list[str]]

DESKTOP = {"viewport": {"width": 1440, "height": 900}}
ZOOMED = {"viewport": {"width": 720, "height": 450}}  # 200 %

too_small_for_pointers: Check = partial(small_targets, size=24)  # WCAG 2.2, 2.5.8
too_small_for_fingers: Check = partial(small_targets, size=44)

pytestmark = pytest.mark.timeout(900)  # many states, several checks each


def enter_room_with_conversation(page: Page, server: Server, room: str) -> None:
    """Alice returns to a room with unread messages; in another room, a message mentions her."""
    for name in (f"{room} elsewhere", room):
        enter_room(page, server, "Alice", name)
        send_message(page, "I was here")
        expect(page.locator(".message:not(.is-pending)")).to_have_count(1)
    page.goto(server.url)
    with socket_person(server, f"{room} elsewhere") as bob:
        bob.post("@Alice?")
    with socket_person(server, room) as bob:
        states.post_conversation(bob, "Alice")
    open_room(page, server, room)


def check(page: Page, all_states: dict[str, states.State], *checks: Check) -> str:
    """Runs the checks in each state. Returns what they found, with the names of the states."""
    found = []
    for name, enter_state in all_states.items():
        enter_state(page)
        page.evaluate(
            "Promise.allSettled(document.getAnimations().map(({ finished }) => finished))"
        )
        found += [f"{name}: {it}" for run in checks for it in run(page)]
        states.leave_state(page)
    return "\n".join(found)


def test_pages_outside_rooms_are_accessible_on_a_phone(server: Server, new_page: NewPage) -> None:
    page = new_page("Alice", base_url=server.url, **SMALL_PHONE)
    checks = (violations, too_small_for_fingers, cut_off, cut_off_if_spaced, moving)
    found = check(page, states.OUTSIDE, *checks)
    assert not found, found


def test_a_room_is_accessible_on_a_desktop(server: Server, new_page: NewPage, room: str) -> None:
    page = new_page("Alice", **DESKTOP)
    enter_room_with_conversation(page, server, room)
    assert moving(page), "without reduced motion, nothing moves either"
    found = check(page, states.ROOM, violations, too_small_for_pointers, moving)
    assert not found, found


def test_a_room_is_accessible_on_a_small_phone(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("Alice", **SMALL_PHONE)
    enter_room_with_conversation(page, server, room)
    found = check(page, states.PHONE, violations, too_small_for_fingers, cut_off, cut_off_if_spaced)
    assert not found, found


def test_a_room_is_accessible_at_200_percent_zoom(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("Alice", **ZOOMED)
    enter_room_with_conversation(page, server, room)
    found = check(page, states.PHONE, cut_off, cut_off_if_spaced)
    page.context.set_offline(False)
    page.goto(server.url)
    post_many(server, room, 60)
    open_room(page, server, room)
    found += check(page, states.LONG, violations, too_small_for_pointers, cut_off)
    assert not found, found
