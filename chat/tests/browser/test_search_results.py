"""What a search finds or says, and how older results come."""

import re

from playwright.sync_api import Page, Route, expect

from chat.tests.browser.room_page import (
    post_many,
)
from chat.tests.browser.searching import SEARCH, field, open_search, results, say, search, status
from chat.tests.browser.sent_files import post_files, text
from chat.tests.support.servers import Server


def test_a_stale_answer_is_dropped(alice: Page) -> None:
    say(alice, "kettle", "teapot")
    held: list[Route] = []
    alice.route(
        SEARCH, lambda it: held.append(it) if "kettle" in it.request.url else it.continue_()
    )
    with alice.expect_request(SEARCH):
        search(alice, "kettle")
    field(alice).fill("teapot")
    expect(results(alice).locator(".search-text")).to_have_text(["teapot"])
    held[0].abort()
    expect(results(alice).locator(".search-text")).to_have_text(["teapot"])
    alice.unroute(SEARCH)


def test_nothing_found_says_what_was_asked_and_what_helps(alice: Page) -> None:
    say(alice, "a kettle")
    search(alice, 'is:mention "kettle a" ')
    nothing = alice.locator("[data-search-nothing]")
    expect(nothing).to_contain_text(
        'Nothing in this room was found for “"kettle a" · Mentions me”.'
    )
    expect(status(alice)).to_have_text("Nothing found")
    nothing.get_by_role("button", name="Without “Mentions me”").click()
    expect(alice.locator(".search-chip")).to_have_count(0)
    nothing.get_by_role("button", name="Without quotation marks").click()
    expect(field(alice)).to_have_value("kettle a")
    expect(results(alice)).to_have_count(1)
    field(alice).fill("nowhere to be found")
    nothing.get_by_role("button", name="Search all my rooms").click()
    expect(alice.get_by_role("radio", name="All my rooms")).to_be_checked()
    expect(nothing).to_contain_text("Nothing was found for “nowhere to be found”.")


def test_what_is_wrong_with_a_query_is_said(alice: Page) -> None:
    search(alice, "on:yesteryear ")
    expect(status(alice)).to_contain_text("A date is a year, a month or a day")
    field(alice).fill("a" * 300)
    expect(status(alice)).to_contain_text("at most 256 characters")


def test_without_a_connection_that_is_said_and_the_next_try_finds(alice: Page) -> None:
    say(alice, "kettle")
    open_search(alice)
    alice.route(SEARCH, lambda it: it.abort())
    field(alice).fill("kettle")
    expect(status(alice)).to_have_text("That did not work. Try again in a moment.")
    alice.unroute(SEARCH)
    alice.keyboard.press("Enter")
    expect(results(alice)).to_have_count(1)


def test_older_results_come_by_scrolling(alice: Page, server: Server, room: str) -> None:
    post_many(server, room, 50)
    search(alice, "message")
    expect(status(alice)).to_have_text("20 messages, and perhaps older ones")
    for count in (40, 50):
        results(alice).last.scroll_into_view_if_needed()
        alice.locator("[data-search-found]").hover()
        alice.mouse.wheel(0, 10_000)
        expect(results(alice)).to_have_count(count)
    expect(status(alice)).to_have_text("50 messages")
    expect(alice.locator("[data-search-more]")).to_be_hidden()


def test_the_arrow_keys_go_on_to_older_results(alice: Page, server: Server, room: str) -> None:
    post_many(server, room, 25)
    search(alice, "message")
    expect(results(alice)).to_have_count(20)
    alice.keyboard.press("ArrowUp")
    expect(results(alice).nth(19)).to_have_attribute("aria-selected", "true")
    alice.keyboard.press("ArrowDown")
    expect(results(alice).nth(20)).to_have_attribute("aria-selected", "true")
    for _ in range(4):
        alice.keyboard.press("ArrowDown")
    expect(results(alice).last).to_have_attribute("aria-selected", "true")
    alice.keyboard.press("ArrowDown")
    expect(field(alice)).not_to_have_attribute("aria-activedescendant", re.compile("."))


def test_files_are_found_by_their_names(alice: Page, room: str) -> None:
    post_files(alice, room, text("the kettle sings", "kettle-song.txt"))
    search(alice, "kettle")
    expect(results(alice).locator(".search-files")).to_have_text("📎 kettle-song.txt")
