"""Everybody can use it: axe-core, sizes and zoom, in all the states there are (states.py)."""

from collections.abc import Callable
from functools import partial
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser import states
from chat.tests.browser.axe import violations
from chat.tests.browser.layout import cut_off, cut_off_if_spaced, moving, small_targets
from chat.tests.browser.somebody import somebody_in
from chat.tests.browser.test_room import enter, post_many, say
from chat.tests.support.servers import Server

NewPerson = Callable[..., Page]
Look = Callable[[Page], list[str]]

DESKTOP = {"viewport": {"width": 1440, "height": 900}}
ZOOMED = {"viewport": {"width": 720, "height": 450}}  # 200 %
PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}

small_for_a_pointer: Look = partial(small_targets, size=24)  # WCAG 2.2, 2.5.8
small_for_a_finger: Look = partial(small_targets, size=44)

pytestmark = pytest.mark.timeout(900)  # many states, each looked at in many ways


def arrive_amid_a_conversation(page: Page, server: Server, room: str) -> None:
    """She was there before, is meant elsewhere, and comes back to a room that went on."""
    for name in (f"{room} elsewhere", room):
        enter(page, server, "Alice", name)
        say(page, "I was here")
        expect(page.locator(".message:not(.is-pending)")).to_have_count(1)
    page.goto(server.url)
    with somebody_in(server, f"{room} elsewhere") as somebody:
        somebody.say("@Alice?")
    with somebody_in(server, room) as somebody:
        states.talk(somebody, "Alice")
    come(page, server, room)


def come(page: Page, server: Server, room: str) -> None:
    page.goto(f"{server.url}/chat/{quote(room)}/")
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "open")


def walk(page: Page, them: dict[str, states.State], *looks: Look) -> str:
    """What is wrong, and in which state."""
    found = []
    for name, bring_about in them.items():
        bring_about(page)
        page.evaluate(
            "Promise.allSettled(document.getAnimations().map(({ finished }) => finished))"
        )
        found += [f"{name}: {it}" for look in looks for it in look(page)]
        states.calm_down(page)
    return "\n".join(found)


def test_everybody_can_come_in(server: Server, person: NewPerson) -> None:
    page = person("Alice", base_url=server.url, **PHONE)
    looks = (violations, small_for_a_finger, cut_off, cut_off_if_spaced, moving)
    found = walk(page, states.ENTRANCE, *looks)
    assert not found, found


def test_everybody_can_use_a_room(server: Server, person: NewPerson, room: str) -> None:
    page = person("Alice", **DESKTOP)
    arrive_amid_a_conversation(page, server, room)
    assert moving(page), "nothing would move anyway"
    found = walk(page, states.ROOM, violations, small_for_a_pointer, moving)
    assert not found, found


def test_everybody_can_use_a_room_on_a_small_phone(
    server: Server, person: NewPerson, room: str
) -> None:
    page = person("Alice", **PHONE)
    arrive_amid_a_conversation(page, server, room)
    found = walk(page, states.PHONE, violations, small_for_a_finger, cut_off, cut_off_if_spaced)
    assert not found, found


def test_everybody_can_use_a_room_at_twice_the_size(
    server: Server, person: NewPerson, room: str
) -> None:
    page = person("Alice", **ZOOMED)
    arrive_amid_a_conversation(page, server, room)
    found = walk(page, states.PHONE, cut_off, cut_off_if_spaced)
    page.context.set_offline(False)
    page.goto(server.url)
    post_many(server, room, 60)
    come(page, server, room)
    found += walk(page, states.LONG, violations, small_for_a_pointer, cut_off)
    assert not found, found
