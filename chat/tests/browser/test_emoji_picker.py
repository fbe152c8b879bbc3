"""The emoji picker: of the composer, and for reactions."""

import pytest
from playwright.sync_api import Locator, Page, expect

from chat.tests.browser.layout import box_of
from chat.tests.browser.room_page import (
    AFTER_PAINT,
    PHONE,
    SMALL_PHONE,
    Enter,
    NewPage,
    enter_room,
    message,
    message_field,
    open_room,
    send_message,
)
from chat.tests.support.servers import Server

TONE = "🏾"
CALM_PHONE = PHONE | {"reduced_motion": "reduce"}


@pytest.fixture(autouse=True)
def nothing_is_remembered(alice: Page) -> None:
    alice.evaluate(
        "localStorage.removeItem('lobby emoji'), localStorage.removeItem('lobby skin tone')"
    )


def picker(page: Page) -> Locator:
    return page.locator("[data-emoji-picker]")


def search(page: Page) -> Locator:
    return page.get_by_role("searchbox", name="Search emoji")


def group(page: Page, name: str) -> Locator:
    return picker(page).get_by_role("group", name=name).get_by_role("button")


def open_picker(page: Page) -> None:
    page.locator("[data-emoji-button]").click()
    expect(group(page, "Flags").first).to_be_attached()


def choose_tone(page: Page) -> None:
    picker(page).get_by_role("button", name="Skin tone: No skin tone").click()
    picker(page).get_by_role("button", name="Medium-dark skin tone").click()


def test_an_emoji_is_inserted_at_the_caret_and_undone_with_one_key(alice: Page) -> None:
    message_field(alice).press_sequentially("teatime")
    for _ in "time":
        message_field(alice).press("ArrowLeft")
    open_picker(alice)
    expect(alice.get_by_role("dialog", name="Emoji")).to_be_visible()
    expect(search(alice)).to_be_focused()
    search(alice).press_sequentially("teapot")
    expect(picker(alice).get_by_role("status")).to_have_text("1 emoji found")
    search(alice).press("Enter")
    expect(picker(alice)).to_be_hidden()
    expect(message_field(alice)).to_be_focused()
    expect(message_field(alice)).to_have_value("tea🫖time")
    message_field(alice).press("Control+z")
    expect(message_field(alice)).to_have_value("teatime")


FOUND_FIRST = [
    ("cat", "🐱"),  # a whole word
    ("thumbs up", "👍"),
    (":tada:", "🎉"),
    ("tad", "🎉"),  # a prefix
    ("oissant", "🥐"),  # an inner part
    ("laugh", "😂"),  # a keyword
    ("+1", "👍"),
    ("CURACAO", "🇨🇼"),
    ("smile", "😄"),  # a name itself
    ("heart", "❤️"),
    ("on", "🔛"),
    ("ok", "🆗"),
    ("ok hand", "👌"),
    ("hand ok", "👌"),  # words in another order
    ("blue hea", "💙"),
    ("sm", "🥰"),  # the most used
]


def test_the_search_finds_names_first_then_whole_words_then_prefixes_then_inner_parts(
    alice: Page,
) -> None:
    open_picker(alice)
    for query, first in FOUND_FIRST:
        search(alice).fill(query)
        expect(group(alice, "Search results").first, query).to_have_text(first)


def test_the_search_says_that_nothing_is_found(alice: Page) -> None:
    open_picker(alice)
    search(alice).fill("xyzzy")
    expect(picker(alice).get_by_role("status")).to_have_text("No emoji found")
    search(alice).fill("")
    expect(group(alice, "Flags").first).to_be_attached()


def test_the_names_are_those_of_the_page_and_the_english_shortcodes(
    server: Server, new_page: NewPage, room: str
) -> None:
    anna = new_page("Anna", locale="de-DE")
    open_room(anna, server, room)
    anna.locator("[data-emoji-button]").click()
    searched = anna.get_by_role("searchbox", name="Emoji suchen")
    found = anna.get_by_role("group", name="Suchergebnisse").get_by_role("button")
    for query in ("Igel", "hedgehog"):
        searched.fill(query)
        expect(found.first).to_have_text("🦔")
        expect(found.first).to_have_accessible_name("Igel")


def test_an_emoji_is_there_once_in_the_chosen_tone_which_is_remembered(
    alice: Page, server: Server, room: str
) -> None:
    open_picker(alice)
    choose_tone(alice)
    assert group(alice, "People and body").filter(has_text="👋").all_text_contents() == [
        "👋" + TONE
    ]
    group(alice, "People and body").filter(has_text="👋").click()
    expect(message_field(alice)).to_have_value("👋" + TONE)
    open_room(alice, server, room)
    message_field(alice).fill("")
    message_field(alice).press_sequentially(":wave:")
    expect(message_field(alice)).to_have_value("👋" + TONE)
    message_field(alice).press_sequentially(" :ok_han")
    option = alice.get_by_role("option").first
    expect(option).to_contain_text("👌" + TONE)
    option.click()
    expect(message_field(alice)).to_have_value(f"👋{TONE} 👌{TONE} ")
    send_message(alice, "look")
    expect(alice.locator(".is-pending")).to_have_count(0)
    message(alice, "look").hover()
    alice.locator(".actions [data-action=pick]").click()
    group(alice, "Recently used").filter(has_text="👍").click()
    expect(alice.locator(".reaction")).to_contain_text("👍" + TONE)


def test_a_shortcode_becomes_an_emoji_except_in_code(alice: Page) -> None:
    for before in ("`", "`a` `", "```\n", "~~~\nx "):
        type_shortcode(alice, before, is_code=True)
    for before in ("", "`a` ", "`a\n", "```\na\n```\n"):
        type_shortcode(alice, before, is_code=False)


def type_shortcode(alice: Page, before: str, *, is_code: bool) -> None:
    message_field(alice).fill(before)
    message_field(alice).press_sequentially(":tada")
    shown = alice.get_by_role("option")
    expect(shown).to_have_count(0) if is_code else expect(shown.first).to_contain_text("🎉")
    message_field(alice).press_sequentially(":")
    alice.evaluate(AFTER_PAINT)
    expect(message_field(alice)).to_have_value(before + (":tada:" if is_code else "🎉"))
    message_field(alice).fill("")


def test_the_emoji_used_lately_come_first(alice: Page) -> None:
    message_field(alice).press_sequentially(":hedgehog:")
    expect(message_field(alice)).to_have_value("🦔")
    open_picker(alice)
    search(alice).fill("teapot")
    search(alice).press("Enter")
    open_picker(alice)
    expect(group(alice, "Recently used").nth(0)).to_have_text("🫖")
    expect(group(alice, "Recently used").nth(1)).to_have_text("🦔")
    expect(group(alice, "Recently used").nth(2)).to_have_text("👍")


def test_the_arrow_keys_move_in_the_grid_and_letters_search(alice: Page) -> None:
    open_picker(alice)
    search(alice).press("ArrowDown")
    recent, faces = group(alice, "Recently used"), group(alice, "Smileys and emotions")
    expect(recent.nth(0)).to_be_focused()
    alice.keyboard.press("ArrowRight")
    expect(recent.nth(1)).to_be_focused()
    alice.keyboard.press("ArrowDown")
    expect(faces.nth(1)).to_be_focused()
    alice.keyboard.press("ArrowDown")
    alice.keyboard.press("ArrowUp")
    alice.keyboard.press("ArrowUp")
    expect(recent.nth(1)).to_be_focused()
    alice.keyboard.press("ArrowUp")
    expect(recent.nth(1)).to_be_focused()
    alice.keyboard.press("End")
    expect(group(alice, "Flags").last).to_be_focused()
    alice.keyboard.press("h")
    expect(search(alice)).to_be_focused()
    expect(search(alice)).to_have_value("h")
    alice.keyboard.press("Escape")
    expect(picker(alice)).to_be_hidden()
    expect(message_field(alice)).to_have_value("")


def test_the_grid_is_one_stop_for_tab(alice: Page) -> None:
    open_picker(alice)
    assert picker(alice).locator("[data-emoji-found] [tabindex='0']").count() == 1


def test_escape_closes_the_tones_before_the_picker(alice: Page) -> None:
    open_picker(alice)
    tone = picker(alice).get_by_role("button", name="Skin tone: No skin tone")
    tone.click()
    alice.keyboard.press("Escape")
    expect(tone).to_be_focused()
    expect(picker(alice).get_by_role("button", name="Dark skin tone", exact=True)).to_be_hidden()
    alice.keyboard.press("Escape")
    expect(picker(alice)).to_be_hidden()


def test_the_button_that_opened_the_picker_closes_it_and_the_focus_returns(alice: Page) -> None:
    message_field(alice).press_sequentially("tea")
    open_picker(alice)
    expect(search(alice)).to_be_focused()
    alice.locator("[data-emoji-button]").click()
    expect(picker(alice)).to_be_hidden()
    expect(message_field(alice)).to_be_focused()
    open_picker(alice)
    alice.keyboard.press("Escape")
    expect(picker(alice)).to_be_hidden()
    expect(message_field(alice)).to_be_focused()


def test_the_buttons_of_a_message_close_what_they_opened(alice: Page) -> None:
    send_message(alice, "look")
    expect(alice.locator(".is-pending")).to_have_count(0)
    message(alice, "look").hover()
    menu = alice.locator("[data-message-menu]")
    for action, popover in [("pick", picker(alice)), ("menu", menu)] * 2:
        button = alice.locator(f".actions [data-action={action}]")
        button.click()
        expect(popover).to_be_visible()
        button.click()
        expect(popover).to_be_hidden()


def test_escape_in_the_picker_keeps_the_reply(alice: Page) -> None:
    send_message(alice, "look")
    expect(alice.locator(".is-pending")).to_have_count(0)
    message(alice, "look").hover()
    alice.locator(".actions [data-action=reply]").click()
    open_picker(alice)
    alice.keyboard.press("Escape")
    expect(picker(alice)).to_be_hidden()
    expect(alice.locator("[data-composer-banner]")).to_be_visible()


def test_the_tabs_lead_to_the_groups_and_show_where_the_grid_is(alice: Page) -> None:
    open_picker(alice)
    tab = picker(alice).get_by_role("button", name="Food and drink")
    tab.click()
    expect(tab).to_have_attribute("aria-current", "true")
    expect(group(alice, "Food and drink").first).to_be_in_viewport()


def test_the_emoji_of_a_reaction_can_be_chosen_before_the_names_are_loaded(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("Bob")
    page.route("**/emoji/*.json", lambda route: route.abort())
    enter_room(page, server, "Bob", room)
    send_message(page, "look")
    expect(page.locator(".is-pending")).to_have_count(0)
    message(page, "look").hover()
    page.locator(".actions [data-action=pick]").click()
    expect(page.get_by_role("dialog", name="React")).to_contain_text("could not be loaded")
    group(page, "Recently used").first.click()
    expect(page.locator(".reaction")).to_contain_text("👍")


def test_on_touch_the_sheet_stays_for_several_and_no_keyboard_opens(enter: Enter) -> None:
    phone = enter("Bob", **CALM_PHONE)
    message_field(phone).fill("tea ")
    phone.locator("[data-emoji-button]").tap()
    expect(message_field(phone)).not_to_be_focused()
    expect(search(phone)).not_to_be_focused()
    for _ in range(2):
        group(phone, "Recently used").first.tap()
    expect(message_field(phone)).to_have_value("tea 👍👍")
    composer, sheet = box_of(message_field(phone)), box_of(picker(phone))
    assert composer["y"] + composer["height"] <= sheet["y"]
    picker(phone).get_by_role("button", name="Close", exact=True).tap()
    expect(picker(phone)).to_be_hidden()
    expect(message_field(phone)).not_to_be_focused()
    send = phone.get_by_role("button", name="Send")
    send.tap()
    expect(phone.locator(".message-text")).to_have_text(["tea 👍👍"])


def test_nothing_of_the_picker_is_cut_off_on_a_small_phone(enter: Enter) -> None:
    phone = enter("Bob", **SMALL_PHONE | {"reduced_motion": "reduce"})
    phone.locator("[data-emoji-button]").tap()
    expect(group(phone, "Flags").first).to_be_attached()
    search(phone).fill("smile")
    expect(group(phone, "Search results").first).to_be_visible()
    sheet = box_of(picker(phone))
    parts = [search(phone), picker(phone).get_by_role("button", name="Close", exact=True)]
    for part in (*parts, group(phone, "Search results").nth(6)):
        box = box_of(part)
        assert sheet["x"] <= box["x"]
        assert box["x"] + box["width"] <= sheet["x"] + sheet["width"] == 320


def test_the_buttons_of_the_composer_can_be_touched_and_leave_the_field_its_room(
    server: Server, new_page: NewPage, room: str
) -> None:
    phone = new_page("Bob", **CALM_PHONE)
    open_room(phone, server, room)
    for button in (phone.locator("[data-emoji-button]"), phone.locator("#chat-message-submit")):
        box = box_of(button)
        assert min(box["width"], box["height"]) >= 44
    padding = "node => parseFloat(getComputedStyle(node).paddingInlineEnd)"
    assert box_of(message_field(phone))["width"] - message_field(phone).evaluate(padding) > 220
