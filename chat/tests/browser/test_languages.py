"""People of two languages in one room, and a page whose lines run from the right."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from chat.tests.browser.test_conversation import sidebar_row
from chat.tests.browser.test_room import enter, post_many, say
from chat.tests.support.servers import Server

NewPerson = Callable[..., Page]

SEND_PX = 4  # from the end of the field it lies in

# No language on offer is written so: the page is told it is, before anything is drawn.
FROM_THE_RIGHT = """
    new MutationObserver((_, observer) => {
      document.documentElement.dir = "rtl";
      observer.disconnect();
    }).observe(document, { childList: true });
"""


def anna(person: NewPerson, server: Server, room: str) -> Page:
    """She reads German."""
    page = person("Anna", locale="de-DE")
    page.goto(server.url)
    page.get_by_label("Dein Name").fill("Anna")
    page.get_by_label("Raumname").fill(room)
    page.get_by_role("button", name="Raum öffnen").click()
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "open")
    return page


def test_anna_reads_german_and_bob_english_in_the_same_room(
    server: Server, person: NewPerson, room: str
) -> None:
    hers, bob = anna(person, server, room), person("Bob")
    enter(bob, server, "Bob", room)
    expect(hers.locator("html")).to_have_attribute("lang", "de")
    expect(hers.locator("#chat-message-input")).to_have_attribute(
        "placeholder", f"Nachricht an {room}"
    )
    say(hers, "/topic Kekse")
    expect(hers.locator(".message-text")).to_have_text("hat das Thema festgelegt: Kekse")
    expect(bob.locator(".message-text")).to_have_text("set the topic: Kekse")
    expect(hers.locator(".day-divider")).to_have_text("Heute")
    expect(bob.locator(".day-divider")).to_have_text("Today")
    bob.locator("#chat-message-input").press_sequentially("Biscuits")
    expect(hers.locator("[data-typing]")).to_have_text("Bob schreibt …")
    hers.locator("#chat-message-input").press_sequentially("Ja")
    expect(bob.locator("[data-typing]")).to_have_text("Anna is typing…")


def test_what_the_server_refuses_is_told_in_german(
    server: Server, person: NewPerson, room: str
) -> None:
    page = anna(person, server, room)
    say(page, "a\0b")
    expect(page.locator(".message-note")).to_contain_text(
        "Nicht gesendet. Eine Nachricht darf keine NUL-Zeichen"
    )
    expect(page.get_by_role("button", name="Verwerfen")).to_be_visible()
    page.locator("[data-rename]").click()
    page.get_by_label("Dein Name").fill("\u2060")
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator("[data-name-error]")).to_have_text(
        "Ein Name braucht mindestens ein sichtbares Zeichen."
    )


def test_counts_have_the_form_that_goes_with_them(
    server: Server, person: NewPerson, room: str
) -> None:
    """Of what is new in another room, for who hears the link instead of seeing a number."""
    page = anna(person, server, f"{room} 2")
    page.goto(f"{server.url}/chat/{room}/")
    here = sidebar_row(page, f"{room} 2").get_by_role("link")
    expect(here).to_have_attribute("aria-label", f"{room} 2")
    post_many(server, f"{room} 2", 1, first="@Anna: eins")
    expect(here).to_have_attribute("aria-label", f"{room} 2, 1 ungelesen und 1 Erwähnung")
    post_many(server, f"{room} 2", 1, first="@Anna: zwei")
    expect(here).to_have_attribute("aria-label", f"{room} 2, 2 ungelesen und 2 Erwähnungen")


def test_anna_chooses_english_without_javascript(server: Server, person: NewPerson) -> None:
    page = person("Anna", locale="de-DE", java_script_enabled=False)
    page.goto(server.url)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_label("Your name")).to_be_visible()
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_label("Dein Name")).to_be_visible()


def test_a_page_whose_lines_run_from_the_right_is_mirrored(
    server: Server, person: NewPerson, room: str
) -> None:
    page = person("Anna", viewport={"width": 1440, "height": 800}, reduced_motion="reduce")
    page.add_init_script(FROM_THE_RIGHT)
    enter(page, server, "Anna", room)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    say(page, "word " * 100 + "x" * 400)
    expect(page.locator(".message:not(.is-pending)")).to_have_count(1)
    assert left(page.locator(".people-pane")) < left(page.locator(".room-main"))
    assert left(page.locator(".room-main")) < left(page.locator(".rooms-pane"))
    assert left(page.locator(".send")) == left(page.locator("#chat-message-input")) + SEND_PX
    assert left(page.locator(".message-body")) < left(page.locator(".message .avatar"))
    for icon in page.locator(".flips-rtl").all():
        expect(icon).to_have_css("scale", "-1 1")
    page.locator(".message").hover()
    page.locator("[data-action=menu]").click()
    beside = left(page.locator("[data-actions] [data-action=menu]"))
    assert abs(left(page.locator("[data-message-menu]")) - beside) < 8
    assert_nothing_overflows(page)
    page.set_viewport_size({"width": 375, "height": 700})
    page.keyboard.press("Escape")
    assert left(page.locator(".send")) == left(page.locator("#chat-message-input")) + SEND_PX
    assert_nothing_overflows(page)
    page.locator("[data-toggle=rooms]").click()
    box = page.locator(".rooms-pane").bounding_box()
    assert box
    assert box["x"] + box["width"] == 375
    assert_nothing_overflows(page)


def left(node: Locator) -> float:
    box = node.bounding_box()
    assert box
    return box["x"]


def assert_nothing_overflows(page: Page) -> None:
    """To the left as well, where a page that is mirrored overflows."""
    wide = page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter((node) => {
          const { left, right, width } = node.getBoundingClientRect();
          const isShown = width > 1 && node.checkVisibility({ visibilityProperty: true });
          return isShown && (left < -1 || right > innerWidth + 1);
        }).map((node) => node.outerHTML.slice(0, 80))"""
    )
    assert wide == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
