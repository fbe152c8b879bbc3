"""What people do with what they say: Alice and Bob, in a room of each test's own."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from chat.tests.browser.test_room import enter, post_many, say, scroll_until
from chat.tests.support.servers import Server

NewPerson = Callable[..., Page]


@pytest.fixture(scope="module")
def people(browser: Browser, server: Server) -> Iterator[tuple[Page, Page]]:
    """Alice and Bob, each with a browser of their own for all these tests."""
    complaints: list[str] = []
    with ExitStack() as contexts:
        pages = []
        for name in ("Alice", "Bob"):
            page = contexts.enter_context(browser.new_context()).new_page()
            page.on("pageerror", lambda error: complaints.append(str(error)))
            enter(page, server, name, "first")
            pages.append(page)
        yield pages[0], pages[1]
    assert not complaints


@pytest.fixture
def alice(people: tuple[Page, Page], server: Server, room: str) -> Page:
    return come(people[0], server, room)


@pytest.fixture
def bob(people: tuple[Page, Page], server: Server, room: str) -> Page:
    return come(people[1], server, room)


def come(page: Page, server: Server, room: str) -> Page:
    page.goto(f"{server.url}/chat/{quote(room)}/")
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "open")
    return page


def message(page: Page, text: str) -> Locator:
    return page.locator(".message", has_text=text).first


def sidebar_row(page: Page, room: str) -> Locator:
    return page.locator(".rooms-row", has=page.get_by_text(room, exact=True))


def choose(page: Page, text: str, action: str) -> None:
    """From the menu of a message."""
    message(page, text).hover()
    page.locator(".actions [data-action=menu]").click()
    page.locator(f".menu [data-action={action}]").click()


def test_markdown_looks_as_it_should_to_both(alice: Page, bob: Page) -> None:
    say(alice, "**bold** `code` ||hidden|| https://example.com <b>no</b>")
    for page in (alice, bob):
        text = page.locator(".message-text")
        expect(text.locator("strong")).to_have_text("bold")
        expect(text.locator("code")).to_have_text("code")
        expect(text.get_by_role("link")).to_have_attribute("href", "https://example.com")
        expect(text.get_by_role("link")).to_have_attribute("target", "_blank")
        expect(text).to_contain_text("<b>no</b>")
    spoiler = bob.locator(".spoiler")
    spoiler.press("Enter")
    expect(spoiler).to_have_class(re.compile("is-open"))


def test_arrow_up_edits_my_last_message_and_bob_sees_it_marked(alice: Page, bob: Page) -> None:
    say(alice, "helo")
    expect(message(bob, "helo")).to_be_visible()
    composer = alice.locator("#chat-message-input")
    composer.press("ArrowUp")
    expect(composer).to_have_value("helo")
    composer.fill("hello")
    composer.press("Enter")
    for page in (alice, bob):
        expect(page.locator(".message-text")).to_have_text(["hello (edited)"])
    expect(composer).to_have_value("")


def test_a_deleted_message_is_gone_from_the_quotes_as_well(alice: Page, bob: Page) -> None:
    say(alice, "a secret")
    expect(message(bob, "a secret")).to_be_visible()
    message(bob, "a secret").hover()
    bob.locator(".actions [data-action=reply]").click()
    expect(bob.locator("[data-composer-banner]")).to_contain_text("a secret")
    say(bob, "I heard")
    expect(message(alice, "I heard").locator(".quote")).to_contain_text("a secret")
    choose(alice, "a secret", "delete")
    alice.locator("[data-delete-dialog] [value=yes]").click()
    for page in (alice, bob):
        expect(page.locator(".quote")).to_contain_text("This message was deleted.")
        expect(page.locator("#chat-log")).not_to_contain_text("a secret")


def test_a_reaction_counts_and_says_who(alice: Page, bob: Page) -> None:
    say(alice, "cake at four")
    message(bob, "cake").hover()
    bob.locator(".actions [data-action=pick]").click()
    bob.locator("[data-reaction-quick] button").nth(3).click()
    hers = message(alice, "cake").locator(".reaction")
    expect(hers).to_have_attribute("data-names", "Bob")
    expect(hers).to_have_attribute("aria-pressed", "false")
    hers.click()
    his = message(bob, "cake").locator(".reaction")
    expect(his).to_contain_text("2")
    expect(his).to_have_attribute("data-names", "You and Alice")
    his.click()
    expect(hers).to_have_attribute("data-names", "You")
    hers.focus()
    alice.keyboard.press("Enter")
    expect(hers).to_have_count(0)


def test_any_emoji_is_found_by_its_name(alice: Page, bob: Page) -> None:
    say(alice, "look")
    choose(bob, "look", "pick")
    bob.locator("[data-reaction-search]").fill("hedgehog")
    bob.locator("[data-reaction-found] button").first.click()
    expect(message(alice, "look").locator(".reaction")).to_contain_text("🦔")


def test_a_mention_stands_out_for_whom_it_means(alice: Page, bob: Page) -> None:
    composer = alice.locator("#chat-message-input")
    expect(alice.locator("[data-people]")).to_contain_text("Bob")
    composer.press_sequentially("tea, @bo")
    alice.get_by_role("option", name="Bob").click()
    composer.press_sequentially("?")
    composer.press("Enter")
    expect(bob.locator(".mentions-me .mention.is-me")).to_have_text("@Bob")
    expect(alice.locator(".mention")).to_have_text("@Bob")
    expect(alice.locator(".mentions-me")).to_have_count(0)


def test_bob_sees_that_alice_types_and_that_she_has_said_it(alice: Page, bob: Page) -> None:
    alice.locator("#chat-message-input").press_sequentially("hm")
    expect(bob.locator("[data-typing]")).to_have_text("Alice is typing…")
    expect(alice.locator("[data-typing]")).to_have_text("")
    alice.locator("#chat-message-input").press("Enter")
    expect(message(bob, "hm")).to_be_visible()
    expect(bob.locator("[data-typing]")).to_have_text("")


def test_who_is_here_comes_and_goes(alice: Page, bob: Page, server: Server) -> None:
    expect(alice.locator("[data-people] .people-name")).to_have_text(["Alice", "Bob"])
    come(bob, server, "elsewhere")
    expect(alice.locator("[data-people] .people-name")).to_have_text(["Alice"])


def test_a_new_name_shows_everywhere_at_once(
    server: Server, person: NewPerson, room: str, alice: Page
) -> None:
    carol = person("Carol")
    enter(carol, server, "Carol", room)
    say(carol, "hello")
    say(carol, "/nick Caroline")
    expect(alice.locator(".message-author")).to_have_text(["Caroline"])
    expect(alice.locator("[data-people]")).to_contain_text("Caroline")
    expect(carol.locator("[data-my-name]")).to_have_text("Caroline")


def test_commands_do_what_they_say(alice: Page, bob: Page) -> None:
    say(alice, "/me waves")
    expect(bob.locator(".message.is-action")).to_contain_text("Alice")
    expect(bob.locator(".message.is-action .message-text")).to_have_text("waves")
    say(alice, "/topic Tea and cake")
    expect(bob.locator("[data-topic]")).to_have_text("Tea and cake")
    say(alice, "/shrug who knows")
    expect(bob.locator("#chat-log")).to_contain_text("who knows ¯\\_(ツ)_/¯")
    say(alice, "//not a command")
    expect(bob.locator("#chat-log")).to_contain_text("/not a command")
    say(alice, "/dance")
    expect(alice.locator("[data-composer-note]")).to_contain_text("/help")
    expect(alice.locator("#chat-message-input")).to_have_value("/dance")
    say(alice, "/help")
    expect(alice.get_by_role("dialog")).to_contain_text("/nick")
    alice.keyboard.press("Escape")


def test_a_link_leads_to_a_message_long_ago_and_there_is_a_way_back(
    alice: Page, server: Server, room: str
) -> None:
    post_many(server, room, 200)
    come(alice, server, f"{room}")
    alice.goto(f"{server.url}/chat/{quote(room)}/#20")
    alice.reload()
    expect(alice.locator('[data-seq="20"]')).to_be_in_viewport()
    expect(alice.locator("[data-jump-label]")).to_have_text("Jump to latest")
    say(alice, "and now?")
    expect(message(alice, "and now?")).to_be_in_viewport()
    expect(alice.locator(".is-pending")).to_have_count(0)
    expect(alice).to_have_url(re.compile("^[^#]*$"))


def test_from_long_ago_one_scrolls_back_to_now(alice: Page, server: Server, room: str) -> None:
    post_many(server, room, 200)
    alice.goto(f"{server.url}/chat/{quote(room)}/#100")
    alice.reload()
    expect(alice.locator('[data-seq="100"]')).to_be_in_viewport()
    log = alice.locator("#chat-log")
    scroll_until(alice, "log.scrollHeight", "message 200")
    log.evaluate("log => log.scrollTo(0, log.scrollHeight)")
    seqs = log.locator(".message").evaluate_all(
        "nodes => nodes.map(node => Number(node.dataset.seq))"
    )
    assert seqs == list(range(seqs[0], 201))
    expect(alice.locator("[data-jump]")).to_be_hidden()


def test_what_came_while_i_was_away_begins_with_a_line(
    alice: Page, bob: Page, server: Server, room: str
) -> None:
    say(alice, "before")
    expect(message(bob, "before")).to_be_visible()
    come(bob, server, "elsewhere")
    say(alice, "while you were away")
    expect(sidebar_row(bob, room).locator(".rooms-count")).to_have_text("1")
    expect(bob).to_have_title(re.compile(r"^\(1\) "))
    come(bob, server, room)
    first_new = bob.locator(".message", has=bob.locator(".unread-divider"))
    expect(first_new).to_have_count(1)
    expect(first_new).to_contain_text("while you were away")


def test_a_mention_elsewhere_counts_and_reading_it_ends_that_in_every_tab(
    alice: Page, bob: Page, server: Server, room: str
) -> None:
    say(bob, "I am here")
    other = bob.context.new_page()
    come(other, server, "elsewhere")
    come(bob, server, "elsewhere")
    say(alice, "@Bob come back")
    count = sidebar_row(other, room).locator(".rooms-count")
    expect(count).to_have_text("@1")
    expect(other).to_have_title(re.compile(r"^\(@1\) "))
    come(bob, server, room)
    expect(message(bob, "come back")).to_be_visible()
    expect(count).to_have_text("")
    other.close()


def test_a_muted_room_is_quiet_and_a_room_can_be_left(
    alice: Page, bob: Page, server: Server, room: str
) -> None:
    come(bob, server, "elsewhere")
    row = sidebar_row(bob, room)
    row.hover()
    row.locator(".rooms-more").click()
    bob.locator("[data-room-action=mute]").click()
    expect(row).to_have_class(re.compile("is-muted"))
    say(alice, "hello?")
    say(alice, "@Bob hello?")
    expect(row.locator(".rooms-count")).to_have_text("@1")
    row.hover()
    row.locator(".rooms-more").click()
    bob.locator("[data-room-action=leave]").click()
    expect(row).to_have_count(0)


def test_the_keyboard_reaches_everything_on_a_message(alice: Page, bob: Page) -> None:
    say(alice, "one")
    say(alice, "two")
    expect(message(bob, "two")).to_be_visible()
    bob.locator("#chat-log").focus()
    bob.keyboard.press("ArrowUp")
    expect(message(bob, "two")).to_be_focused()
    bob.keyboard.press("ArrowUp")
    expect(message(bob, "one")).to_be_focused()
    bob.keyboard.press("Enter")
    expect(bob.locator("[data-message-menu] button").first).to_be_focused()
    bob.keyboard.press("ArrowDown")
    bob.keyboard.press("Enter")
    expect(bob.locator("[data-composer-banner]")).to_contain_text("one")
    say(bob, "three")
    expect(message(alice, "three").locator(".quote")).to_contain_text("one")


def test_a_quote_leads_to_what_it_answers_however_far_back(
    alice: Page, server: Server, room: str
) -> None:
    post_many(server, room, 150, first="the very first", reply_to=1)
    come(alice, server, room)
    quote_of_it = alice.locator(".quote").last
    expect(quote_of_it).to_contain_text("the very first")
    quote_of_it.click()
    expect(alice.locator('[data-seq="1"]')).to_be_in_viewport()
    expect(alice.locator('[data-seq="1"]')).to_be_focused()


def test_on_a_phone_a_touch_brings_what_can_be_done(
    person: NewPerson, server: Server, room: str, alice: Page
) -> None:
    size = {"width": 375, "height": 700}
    phone = person("Bob", viewport=size, has_touch=True, is_mobile=True)
    enter(phone, server, "Bob", room)
    say(alice, "from a desk")
    message(phone, "from a desk").tap()
    phone.locator(".actions [data-action=pick]").tap()
    phone.locator("[data-reaction-quick] button").first.tap()
    expect(message(alice, "from a desk").locator(".reaction")).to_have_attribute(
        "data-names", "Bob"
    )
    phone.locator("[data-toggle=people]").tap()
    expect(phone.locator("[data-people]")).to_contain_text("Alice")
    phone.locator("[data-pane=people] [data-pane-close]").tap()
    phone.locator("[data-toggle=rooms]").tap()
    expect(phone.locator("[data-rooms]")).to_contain_text(room)
    assert phone.evaluate("document.documentElement.scrollWidth") == size["width"]
