"""A touch screen: long presses, swipes, and the actions of a message after a tap."""

import pytest
from playwright.sync_api import Locator, Page, expect

from chat.tests.browser.finger import Finger, finger_on
from chat.tests.browser.layout import box_of
from chat.tests.browser.room_page import AFTER_PAINT, message, open_room, post_many
from chat.tests.browser.socket_person import SocketPerson, socket_person
from chat.tests.support.servers import Server

WIDE_CODE = "```\n" + "a long line of code " * 12 + "\n```"

# The timers of a page end in order: after this one, ours has ended (450 ms), and the menu is shown.
A_LONG_PRESS_LATER = f"new Promise((done) => setTimeout(done, 600)).then(() => {AFTER_PAINT})"
NO_LONG_PRESS = """() => {
  const wait = globalThis.setTimeout;
  globalThis.setTimeout = (call, ms, ...more) => (ms === 450 ? 0 : wait(call, ms, ...more));
}"""


@pytest.fixture
def phone(phone_page: Page, server: Server, room: str, bob: SocketPerson) -> Page:
    """Alice's phone, in a room with a message of Bob's that has a reaction."""
    bob.post("a [link](https://example.com) and `code`")
    bob.post(WIDE_CODE)
    bob.react(bob.post("tea?"), "🎉")
    with phone_page.expect_request_finished(lambda request: "/touch." in request.url):
        open_room(phone_page, server, room)
    phone_page.wait_for_load_state("networkidle")
    return phone_page


@pytest.fixture
def quick_phone(phone: Page) -> Page:
    """A phone on which no touch is a long one: on a busy machine, a quick one takes long."""
    phone.evaluate(NO_LONG_PRESS)
    return phone


def menu(page: Page) -> Locator:
    return page.locator("[data-message-menu]")


def toolbar(page: Page) -> Locator:
    return page.locator("[data-actions]")


def reply_banner(page: Page) -> Locator:
    return page.locator("[data-composer-banner]")


@pytest.mark.parametrize("selector", [".message-text", ".message-body", "code", ".quote"])
def test_a_long_press_opens_the_menu_of_a_message_and_selects_no_text(
    phone: Page, bob: SocketPerson, selector: str
) -> None:
    bob.post("an answer", reply_to=1)
    expect(phone.locator(".quote")).to_be_visible()
    with finger_on(phone.locator("#chat-log").locator(selector).first, at=0.9):
        expect(menu(phone)).to_be_visible()
    expect(menu(phone)).to_be_visible()
    assert phone.evaluate("getSelection().toString()") == ""
    expect(menu(phone).locator("[role=menuitemcheckbox]")).to_have_count(6)
    phone.touchscreen.tap(180, 20)
    expect(menu(phone)).to_be_hidden()
    expect(phone.locator("dialog[open]")).to_have_count(0)  # the tap met the title


def test_lifting_the_finger_chooses_nothing_of_the_menu_under_it(phone: Page) -> None:
    with finger_on(message(phone, "tea?").locator(".message-text")) as finger:
        expect(menu(phone)).to_be_visible()
        finger.move(y=1)  # a finger is never still
    phone.evaluate(AFTER_PAINT)
    expect(menu(phone)).to_be_visible()
    expect(reply_banner(phone)).to_be_hidden()
    menu(phone).get_by_role("menuitem", name="Reply").tap()
    expect(reply_banner(phone)).to_contain_text("tea?")


# The token of a message's background: "paper" for none.
TINT = """node => {
  const swatch = node.appendChild(document.createElement("i"));
  const colorOf = (token) => {
    swatch.style.background = `var(--${token})`;
    return getComputedStyle(swatch).backgroundColor;
  };
  const shown = getComputedStyle(node.querySelector(".message-body"), "::before");
  const tints = ["hover", "mark", "accent-soft"];
  const found = tints.find((token) => colorOf(token) === shown.backgroundColor);
  swatch.remove();
  return shown.content === "none" ? "paper" : found;
}"""

# Whether the message, or its beginning, stands between the header and the sheet, out of the veil.
CLEAR = """node => {
  const { top, bottom } = node.querySelector(".message-body").getBoundingClientRect();
  const area = document.querySelector(".timeline-area").getBoundingClientRect();
  const sheet = document.querySelector(".popover:popover-open");
  const clearTop = parseFloat(sheet.style.getPropertyValue("--clear-top"));
  const clearBottom = parseFloat(sheet.style.getPropertyValue("--clear-bottom"));
  const isWhole = bottom <= sheet.getBoundingClientRect().top;
  const isFromItsTop = top - area.top < 8;
  const isClear = Math.abs(clearTop - top) < 8 && Math.abs(clearBottom - bottom) < 8;
  return top >= area.top && (isWhole || isFromItsTop) && isClear;
}"""


def expect_clear(node: Locator) -> None:
    """Wait until nothing covers the message."""
    page = node.page
    page.wait_for_function(CLEAR, arg=node.element_handle())


@pytest.mark.parametrize("text", ["the last word", "\n".join(map(str, range(34)))])
def test_the_message_of_an_open_menu_is_marked_and_stands_above_the_sheet(
    phone: Page, server: Server, room: str, bob: SocketPerson, text: str
) -> None:
    post_many(server, room, 12)
    bob.post(text)
    log = phone.locator("#chat-log")
    last = phone.locator(".message").last
    expect(last.locator(".message-text")).to_contain_text(text[:12])
    place = box_of(log)
    with finger_on(last.locator(".message-author"), at=0.5):
        expect(menu(phone)).to_be_visible()
    expect_clear(last)
    assert last.evaluate(TINT) == "accent-soft"
    bob.post("one more meanwhile")
    expect(phone.locator(".message").last).to_contain_text("one more meanwhile")
    marked = phone.locator(".message.has-menu")
    expect(marked).to_contain_text(text[:12])
    expect_clear(marked)
    menu(phone).get_by_role("menuitem", name="More emoji").tap()
    expect(phone.get_by_role("dialog", name="React")).to_be_visible()
    expect_clear(marked)
    phone.touchscreen.tap(180, 20)
    expect(marked).to_have_count(0)
    log.evaluate("log => Promise.allSettled(log.getAnimations().map(({ finished }) => finished))")
    assert box_of(log) == place


def test_the_menu_of_the_toolbar_above_the_composer_marks_its_message(
    quick_phone: Page, server: Server, room: str
) -> None:
    post_many(server, room, 12)
    last = message(quick_phone, "message 12")
    expect(last).to_be_in_viewport()
    last.locator(".message-text").tap()
    toolbar(quick_phone).get_by_role("button", name="More").tap()
    expect_clear(last)
    assert last.evaluate(TINT) == "accent-soft"


def test_a_message_keeps_its_menu_while_the_mouse_is_on_other_messages(
    alice: Page, server: Server, room: str
) -> None:
    post_many(server, room, 6, first="@Alice")
    chosen, mention = message(alice, "message 3"), message(alice, "@Alice")
    for action in ("menu", "pick"):
        chosen.hover()
        toolbar(alice).locator(f"[data-action={action}]").click()
        expect(alice.locator(".popover:popover-open")).to_be_visible()
        mention.hover(position={"x": 60, "y": 10})
        expect(chosen.locator("[data-actions]")).to_be_visible()
        assert [it.evaluate(TINT) for it in (mention, message(alice, "message 5"))] == [
            "mark",
            "paper",
        ]
        assert chosen.evaluate(TINT) == "accent-soft"
        alice.keyboard.press("Escape")
        expect(alice.locator(".popover:popover-open")).to_have_count(0)
        assert chosen.evaluate(TINT) != "accent-soft"
    chosen.hover()
    toolbar(alice).locator("[data-action=menu]").click()
    mention.hover(position={"x": 60, "y": 10})
    menu(alice).get_by_role("menuitem", name="Reply").click()
    expect(reply_banner(alice)).to_contain_text("message 3")
    alice.keyboard.press("Escape")


def test_an_emoji_of_the_menu_reacts_and_is_the_first_next_time(phone: Page) -> None:
    row = menu(phone).locator("[role=menuitemcheckbox]")
    with finger_on(message(phone, "tea?").locator(".message-text")):
        expect(menu(phone)).to_be_visible()
    row.nth(4).tap()
    expect(menu(phone)).to_be_hidden()
    mine = message(phone, "tea?").locator(".reaction[aria-pressed=true]")
    expect(mine).to_contain_text("😮")
    with finger_on(message(phone, "tea?").locator(".message-text")):
        expect(menu(phone)).to_be_visible()
    expect(row.first).to_have_text("😮")
    expect(row.first).to_have_attribute("aria-checked", "true")
    row.first.tap()
    expect(mine).to_have_count(0)


def test_the_menu_leads_to_more_emoji(phone: Page) -> None:
    with finger_on(message(phone, "tea?").locator(".message-text")):
        expect(menu(phone)).to_be_visible()
    menu(phone).get_by_role("menuitem", name="More emoji").tap()
    expect(phone.get_by_role("dialog", name="React")).to_be_visible()
    phone.touchscreen.tap(180, 20)
    expect(phone.get_by_role("dialog", name="React")).to_be_hidden()


def test_a_long_press_on_a_link_is_the_browsers(phone: Page) -> None:
    with finger_on(phone.locator(".message-text a").first):
        phone.evaluate(A_LONG_PRESS_LATER)
        expect(menu(phone)).to_be_hidden()
    phone.bring_to_front()


def test_a_long_press_on_a_reaction_shows_who_reacted_and_adds_none(
    phone: Page, bob: SocketPerson
) -> None:
    chip = message(phone, "tea?").locator(".reaction")
    sheet = phone.get_by_role("dialog", name="Reactions")
    with finger_on(chip):
        expect(sheet).to_contain_text(bob.name)
    expect(sheet.get_by_role("heading", name="🎉 1")).to_be_visible()
    bob.react(3, "👍")
    expect(sheet.get_by_role("heading", name="👍 1")).to_be_visible()
    phone.touchscreen.tap(180, 20)
    expect(sheet).to_be_hidden()
    expect(chip.first).to_have_attribute("aria-pressed", "false")


def test_the_menu_of_a_message_shows_who_reacted(alice: Page, server: Server, room: str) -> None:
    with socket_person(server, room) as bob:
        bob.react(bob.post("tea?"), "🎉")
        bob.post("no reactions")
    expect(message(alice, "no reactions")).to_be_visible()
    message(alice, "no reactions").focus()
    alice.keyboard.press("Enter")
    expect(menu(alice).get_by_role("menuitem", name="Reply")).to_be_visible()
    expect(menu(alice).get_by_role("menuitem", name="Reactions")).to_be_hidden()
    expect(menu(alice).get_by_role("menuitemcheckbox")).to_have_count(0)  # of touch screens
    alice.keyboard.press("Escape")
    message(alice, "tea?").focus()
    alice.keyboard.press("Enter")
    menu(alice).get_by_role("menuitem", name="Reactions").press("Enter")
    sheet = alice.get_by_role("dialog", name="Reactions")
    expect(sheet).to_contain_text(bob.name)
    alice.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


@pytest.mark.parametrize(("direction", "sign"), [("ltr", 1), ("rtl", -1)])
def test_a_swipe_along_the_line_replies(quick_phone: Page, direction: str, sign: int) -> None:
    quick_phone.evaluate("(direction) => { document.documentElement.dir = direction }", direction)
    swiped = message(quick_phone, "tea?")
    with finger_on(swiped, at=0.5) as finger:
        finger.move(x=-90 * sign)
    expect(reply_banner(quick_phone)).to_be_hidden()
    with finger_on(swiped, at=0.5) as finger:
        finger.move(x=40 * sign)
        expect(swiped.locator(".swipe-cue:not(.is-ready)")).to_be_visible()
    expect(swiped.locator(".swipe-cue")).to_have_count(0)
    expect(reply_banner(quick_phone)).to_be_hidden()
    with finger_on(swiped, at=0.5) as finger:
        finger.move(x=90 * sign)
        expect(swiped.locator(".swipe-cue.is-ready")).to_be_visible()
    expect(reply_banner(quick_phone)).to_contain_text("tea?")
    expect(quick_phone.locator("#chat-message-input")).to_be_focused()


def test_what_is_no_swipe_replies_to_nothing(quick_phone: Page, bob: SocketPerson) -> None:
    def expect_no_reply() -> None:
        quick_phone.evaluate(AFTER_PAINT)
        expect(reply_banner(quick_phone)).to_be_hidden()
        expect(quick_phone.locator(".is-swiped")).to_have_count(0)

    bob.delete(bob.post("something rash"))
    expect(quick_phone.locator(".is-deleted")).to_be_visible()
    finger = Finger(quick_phone)
    finger.press(8, 400)  # the edge of the screen
    finger.move(x=120)
    finger.lift()
    expect_no_reply()
    for target, move in (
        (".message pre", {"x": 120}),
        (".is-deleted", {"x": 120}),
        (".message-text", {"x": 40}),
        (".message-text", {"x": 20, "y": 120}),  # scrolls
    ):
        with finger_on(quick_phone.locator(target).last, at=0.3) as finger:
            finger.move(**move)
        expect_no_reply()


def test_a_swipe_that_goes_back_replies_to_nothing(quick_phone: Page) -> None:
    with finger_on(message(quick_phone, "tea?").locator(".message-text"), at=0.3) as finger:
        finger.move(x=120)
        finger.move(x=-110)
    expect(quick_phone.locator(".swipe-cue")).to_have_count(0)
    expect(reply_banner(quick_phone)).to_be_hidden()


def test_a_mouse_selects_text_instead_of_replying(alice: Page, server: Server, room: str) -> None:
    with socket_person(server, room) as bob:
        bob.post("some text to select")
    text = message(alice, "select").locator(".message-text")
    box = box_of(text)
    alice.mouse.move(box["x"] + 2, box["y"] + 12)
    alice.mouse.down()
    alice.mouse.move(box["x"] + 120, box["y"] + 12, steps=5)
    alice.mouse.up()
    assert alice.evaluate("getSelection().toString()")
    expect(reply_banner(alice)).to_be_hidden()


def test_the_timeline_scrolls_under_a_finger(quick_phone: Page, server: Server, room: str) -> None:
    post_many(server, room, 30)
    expect(message(quick_phone, "message 30")).to_be_in_viewport()
    log = quick_phone.locator("#chat-log")
    before = log.evaluate("log => log.scrollTop")
    with finger_on(message(quick_phone, "message 25").locator(".message-text")) as finger:
        finger.move(x=6, y=200)
    quick_phone.wait_for_function(
        "(before) => document.querySelector('#chat-log').scrollTop < before - 100", arg=before
    )
    expect(reply_banner(quick_phone)).to_be_hidden()
    expect(menu(quick_phone)).to_be_hidden()


COVERED = """() => {
  const bar = document.querySelector("[data-actions]").getBoundingClientRect();
  const isCovered = (line) => line.bottom > bar.top + 1 && line.top < bar.bottom - 1;
  const texts = [...document.querySelectorAll(".message-text, .message-head, .reactions")];
  const covered = texts.filter((text) => isCovered(text.getBoundingClientRect()));
  return covered.map((text) => text.textContent);
}"""


def test_the_actions_after_a_tap_cover_no_line_and_go_after_a_tap_elsewhere(
    phone: Page, bob: SocketPerson
) -> None:
    bob.post("the last word")
    for text in ("tea?", "the last word"):
        message(phone, text).locator(".message-text").tap()
        expect(toolbar(phone)).to_be_visible()
        assert phone.evaluate(COVERED) == []
    for place, x in (("#chat-message-input", 100), ("#chat-log", 3)):
        message(phone, "tea?").locator(".message-text").tap()
        expect(toolbar(phone)).to_be_visible()
        phone.locator(place).tap(position={"x": x, "y": 20})
        expect(toolbar(phone)).to_be_hidden()
    for is_shown in (True, False):
        message(phone, "tea?").locator(".message-text").tap()
        expect(toolbar(phone)).to_be_visible(visible=is_shown)
    message(phone, "tea?").locator(".message-text").tap()
    toolbar(phone).get_by_role("button", name="Reply").tap()
    expect(reply_banner(phone)).to_contain_text("tea?")
    expect(toolbar(phone)).to_be_hidden()


def test_the_actions_stand_clear_of_a_tapped_message_at_the_edge_of_the_view(
    phone: Page, server: Server, room: str
) -> None:
    post_many(server, room, 30)
    expect(message(phone, "message 30")).to_be_in_viewport()
    phone.locator("#chat-log").evaluate("""log => {
      const node = [...log.querySelectorAll(".message")].at(-6);
      log.scrollTop += node.getBoundingClientRect().bottom - log.getBoundingClientRect().bottom;
    }""")
    message(phone, "message 25").locator(".message-text").tap()
    expect(toolbar(phone)).to_be_visible()
    assert "message 25" not in phone.evaluate(COVERED)


def test_a_tablet_with_a_keyboard_has_the_actions_in_the_message(phone: Page) -> None:
    phone.locator("#chat-log").focus()
    phone.keyboard.press("ArrowUp")
    expect(phone.locator(".message:focus [data-actions]")).to_be_visible()
