"""Languages of the pages, and right-to-left layout."""

from playwright.sync_api import Locator, Page, expect

from chat.tests.browser.layout import box_of
from chat.tests.browser.room_page import (
    Enter,
    NewPage,
    enter_in_german,
    enter_room,
    keep_room,
    post_many,
    send_message,
    sidebar_row,
)
from chat.tests.support.servers import Server

SEND_GAP_PX = 4  # of the send button, to the end of the field

# No language is written from right to left: this changes `dir` before the first paint.
RIGHT_TO_LEFT = """
    new MutationObserver((_, observer) => {
      document.documentElement.dir = "rtl";
      observer.disconnect();
    }).observe(document, { childList: true });
"""


def open_german_page(new_page: NewPage, server: Server, room: str) -> Page:
    page = new_page("Anna", locale="de-DE")
    enter_in_german(page, server, "Anna", room)
    return page


def test_two_people_use_one_room_in_two_languages(
    server: Server, new_page: NewPage, room: str
) -> None:
    anna, bob = open_german_page(new_page, server, room), new_page("Bob")
    enter_room(bob, server, "Bob", room)
    expect(anna.locator("html")).to_have_attribute("lang", "de")
    expect(anna.locator("#chat-message-input")).to_have_attribute(
        "placeholder", f"Nachricht an {room}"
    )
    send_message(anna, "/topic Kekse")
    expect(anna.locator(".message-text")).to_have_text("hat das Thema festgelegt: Kekse")
    expect(bob.locator(".message-text")).to_have_text("set the topic: Kekse")
    expect(anna.locator(".day-divider")).to_have_text("Heute")
    expect(bob.locator(".day-divider")).to_have_text("Today")
    bob.locator("#chat-message-input").press_sequentially("Biscuits")
    expect(anna.locator("[data-typing]")).to_have_text("Bob schreibt …")
    anna.locator("#chat-message-input").press_sequentially("Ja")
    expect(bob.locator("[data-typing]")).to_have_text("Anna is typing…")


def test_server_errors_are_in_german(server: Server, new_page: NewPage, room: str) -> None:
    page = open_german_page(new_page, server, room)
    send_message(page, "a\0b")
    expect(page.locator(".message-note")).to_contain_text(
        "Nicht gesendet. Der Text enthält ein Zeichen, das sich nicht speichern lässt."
    )
    expect(page.get_by_role("button", name="Verwerfen")).to_be_visible()
    page.locator("[data-rename]").click()
    page.get_by_label("Dein Name").fill("\u2060")
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator("[data-name-error]")).to_have_text(
        "Ein Name braucht mindestens ein sichtbares Zeichen."
    )


def test_counts_have_the_plural_form_of_the_language(
    server: Server, new_page: NewPage, room: str
) -> None:
    """In the accessible name of a room in the sidebar."""
    page = open_german_page(new_page, server, f"{room} 2")
    keep_room(page)
    page.goto(f"{server.url}/chat/{room}/")
    link = sidebar_row(page, f"{room} 2").get_by_role("link")
    expect(link).to_have_attribute("aria-label", f"{room} 2")
    post_many(server, f"{room} 2", 1, first="@Anna: eins")
    expect(link).to_have_attribute("aria-label", f"{room} 2, 1 ungelesen und 1 Erwähnung")
    post_many(server, f"{room} 2", 1, first="@Anna: zwei")
    expect(link).to_have_attribute("aria-label", f"{room} 2, 2 ungelesen und 2 Erwähnungen")


def test_the_language_can_be_chosen_without_javascript(server: Server, new_page: NewPage) -> None:
    page = new_page("Anna", locale="de-DE", java_script_enabled=False)
    page.goto(server.url)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_label("Your name")).to_be_visible()
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_label("Dein Name")).to_be_visible()


def test_another_language_keeps_what_was_typed_into_the_start_page(
    server: Server, new_page: NewPage
) -> None:
    page = new_page("Anna")
    page.goto(server.url)
    page.get_by_label("Your name").fill("Anna")
    page.get_by_label("Room name").fill("tea")
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_label("Dein Name")).to_have_value("Anna")
    expect(page.get_by_label("Raumname")).to_have_value("tea")
    page.reload()
    expect(page.get_by_label("Raumname")).to_have_value("")


def test_another_language_keeps_a_name_that_is_not_saved_yet(enter: Enter) -> None:
    page = enter("Anna")
    page.locator("[data-rename]").click()
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.locator("[data-rename]").click()
    page.get_by_label("Dein Name").fill("Annika")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("dialog", name="Settings")).to_be_visible()
    expect(page.get_by_label("Your name")).to_have_value("Annika")


def test_a_right_to_left_page_is_mirrored(server: Server, new_page: NewPage, room: str) -> None:
    page = new_page("Anna", viewport={"width": 1440, "height": 800}, reduced_motion="reduce")
    page.add_init_script(RIGHT_TO_LEFT)
    enter_room(page, server, "Anna", room)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    send_message(page, "word " * 100 + "x" * 400)
    expect(page.locator(".message:not(.is-pending)")).to_have_count(1)
    assert left(page.locator(".people-pane")) < left(page.locator(".room-main"))
    assert left(page.locator(".room-main")) < left(page.locator(".rooms-pane"))
    assert left(page.locator(".send")) == left(page.locator("#chat-message-input")) + SEND_GAP_PX
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
    assert left(page.locator(".send")) == left(page.locator("#chat-message-input")) + SEND_GAP_PX
    assert_nothing_overflows(page)
    page.locator("[data-toggle=rooms]").click()
    box = box_of(page.locator(".rooms-pane"))
    assert box["x"] + box["width"] == 375
    assert_nothing_overflows(page)


def left(node: Locator) -> float:
    return box_of(node)["x"]


def assert_nothing_overflows(page: Page) -> None:
    """To the left either, where a mirrored page overflows."""
    wide = page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter((node) => {
          const { left, right, width } = node.getBoundingClientRect();
          const isShown = width > 1 && node.checkVisibility({ visibilityProperty: true });
          return isShown && (left < -1 || right > innerWidth + 1);
        }).map((node) => node.outerHTML.slice(0, 80))"""
    )
    assert wide == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
