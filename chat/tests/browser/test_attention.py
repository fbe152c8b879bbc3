"""What calls a person back: while nobody looks, and after a long time away."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.test_room import enter, post_many, say
from chat.tests.support.servers import Server, serving

NewPerson = Callable[..., Page]

# A headless page is always in view, and its notifications go nowhere one can look.
BACKGROUND = """
  let isHidden = false;
  Object.defineProperty(document, "hidden", { get: () => isHidden });
  window.hide = (hidden) => {
    isHidden = hidden;
    document.dispatchEvent(new Event("visibilitychange"));
  };
  window.notices = [];
  window.Notification = class {
    static permission = "default";
    static async requestPermission() { return (this.permission = "granted"); }
    constructor(title, { body }) { notices.push(`${title}: ${body}`); }
  };
"""


@pytest.fixture
def bob(server: Server, person: NewPerson, room: str) -> Page:
    page = person("Bob")
    page.add_init_script(BACKGROUND)
    enter(page, server, "Bob", room)
    return page


@pytest.fixture
def alice(server: Server, person: NewPerson, room: str) -> Page:
    page = person("Alice")
    enter(page, server, "Alice", room)
    return page


def test_a_hidden_tab_counts_in_its_title_and_on_its_icon(
    alice: Page, bob: Page, room: str
) -> None:
    bob.evaluate("hide(true)")
    icon = bob.locator('link[rel="icon"]')
    plain = icon.get_attribute("href")
    say(alice, "one")
    say(alice, "two")
    expect(bob).to_have_title(f"(2) {room} · Lobby")
    expect(icon).not_to_have_attribute("href", str(plain))
    bob.evaluate("hide(false)")
    expect(bob).to_have_title(f"{room} · Lobby")
    expect(icon).to_have_attribute("href", str(plain))


def test_what_came_in_a_hidden_tab_begins_with_a_line(alice: Page, bob: Page) -> None:
    say(alice, "seen")
    expect(bob.locator(".message")).to_have_count(1)
    bob.evaluate("hide(true)")
    say(alice, "not seen")
    new = bob.locator(".message", has=bob.locator(".unread-divider"))
    expect(new).to_contain_text("not seen")
    bob.evaluate("hide(false)")
    say(bob, "here I am")
    expect(bob.locator(".unread-divider")).to_have_count(0)


def test_who_is_meant_is_told_on_the_desktop_once_they_allowed_it(
    alice: Page, bob: Page, room: str
) -> None:
    bob.locator("[data-notify]").click()
    expect(bob.locator("[data-notify]")).to_be_hidden()
    say(alice, "@Bob in view")
    expect(bob.locator(".mentions-me")).to_have_count(1)
    bob.evaluate("hide(true)")
    say(alice, "nothing for you")
    say(alice, "@Bob **tea**")
    expect(bob.locator(".mentions-me")).to_have_count(2)
    assert bob.evaluate("notices") == [f"Alice in {room}: @Bob tea"]


def test_who_was_away_for_long_is_led_to_where_they_left_off(
    bob: Page, server: Server, room: str
) -> None:
    bob.goto(server.url)
    post_many(server, room, 120)
    bob.goto(f"{server.url}/chat/{quote(room)}/")
    bar = bob.locator("[data-unread]")
    expect(bar).to_be_visible()
    bar.locator("[data-unread-go]").click()
    expect(bob.locator('[data-seq="1"]')).to_be_in_viewport()
    expect(bob.locator('[data-seq="1"] .unread-divider')).to_be_visible()
    expect(bar).to_be_hidden()


def test_who_writes_too_fast_is_told_when_and_loses_nothing(
    person: NewPerson, room: str, tmp_path: Path
) -> None:
    with serving("daphne", tmp_path, RATES="on", MESSAGE_RATE="2/4s") as slow:
        page = person("Alice")
        enter(page, slow, "Alice", room)
        slow.pause()  # or a slow browser would not be too fast
        for number in range(1, 5):
            say(page, f"message {number}")
        slow.resume()
        expect(page.locator(".message-note").first).to_contain_text("Too many messages")
        expect(page.locator(".message:not(.is-pending) .message-text")).to_have_text(
            [f"message {number}" for number in range(1, 5)]
        )
        expect(page.locator(".message-note")).to_have_count(0)
