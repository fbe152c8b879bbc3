"""Features of a conversation: Alice and Bob in a room, each with a browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.layout import box_of
from chat.tests.browser.room_page import (
    Enter,
    keep_room,
    message,
    open_room,
    post_many,
    room_url,
    scroll_until,
    send_message,
    sidebar_row,
)
from chat.tests.support.servers import Server


@pytest.fixture
def bob(bob_page: Page, server: Server, room: str) -> Page:
    return open_room(bob_page, server, room)


def choose_action(page: Page, text: str, action: str) -> None:
    """Choose from the menu of a message."""
    message(page, text).hover()
    page.locator(".actions [data-action=menu]").click()
    page.locator(f".menu [data-action={action}]").click()


def test_markdown_is_formatted_for_everyone(alice: Page, bob: Page) -> None:
    send_message(alice, "**bold** `code` ||hidden|| https://example.com <b>no</b>")
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


def test_the_texts_of_bulleted_and_numbered_items_align(alice: Page) -> None:
    send_message(alice, "- *tea*\n- cake\n\n1. *cup*\n2. plate\n\n100. *spoon*")
    expect(alice.locator(".message-text em")).to_have_count(3)
    starts = {box_of(text)["x"] for text in alice.locator(".message-text em").all()}
    assert len(starts) == 1


def test_an_edited_message_is_marked_as_edited(alice: Page, bob: Page) -> None:
    send_message(alice, "helo")
    expect(message(bob, "helo")).to_be_visible()
    composer = alice.locator("#chat-message-input")
    composer.press("ArrowUp")
    expect(composer).to_have_value("helo")
    composer.fill("hello")
    composer.press("Enter")
    for page in (alice, bob):
        expect(page.locator(".message-text")).to_have_text(["hello (edited)"])
    expect(composer).to_have_value("")


def test_deleting_a_message_removes_it_from_quotes(alice: Page, bob: Page) -> None:
    send_message(alice, "a secret")
    expect(message(bob, "a secret")).to_be_visible()
    message(bob, "a secret").hover()
    bob.locator(".actions [data-action=reply]").click()
    expect(bob.locator("[data-composer-banner]")).to_contain_text("a secret")
    send_message(bob, "I heard")
    expect(message(alice, "I heard").locator(".quote")).to_contain_text("a secret")
    choose_action(alice, "a secret", "delete")
    alice.locator("[data-delete-dialog] [value=yes]").click()
    for page in (alice, bob):
        expect(page.locator(".quote")).to_contain_text("This message was deleted.")
        expect(page.locator("#chat-log")).not_to_contain_text("a secret")


def test_a_reaction_shows_its_count_and_who_reacted(alice: Page, bob: Page) -> None:
    send_message(alice, "cake at four")
    message(bob, "cake").hover()
    bob.locator(".actions [data-action=pick]").click()
    bob.locator("[data-emoji-found] button").nth(3).click()
    alices_view = message(alice, "cake").locator(".reaction")
    expect(alices_view).to_have_attribute("data-names", "Bob")
    expect(alices_view).to_have_attribute("aria-pressed", "false")
    alices_view.click()
    bobs_view = message(bob, "cake").locator(".reaction")
    expect(bobs_view).to_contain_text("2")
    expect(bobs_view).to_have_attribute("data-names", "You and Alice")
    bobs_view.click()
    expect(alices_view).to_have_attribute("data-names", "You")
    alices_view.focus()
    alice.keyboard.press("Enter")
    expect(alices_view).to_have_count(0)


def test_the_reaction_picker_finds_emoji_by_name(alice: Page, bob: Page) -> None:
    send_message(alice, "look")
    choose_action(bob, "look", "pick")
    bob.locator("[data-emoji-search]").fill("hedgehog")
    bob.locator("[data-emoji-found] button").first.click()
    expect(message(alice, "look").locator(".reaction")).to_contain_text("🦔")


def test_a_mention_is_highlighted_for_the_mentioned_person(alice: Page, bob: Page) -> None:
    composer = alice.locator("#chat-message-input")
    expect(alice.locator("[data-people]")).to_contain_text("Bob")
    composer.press_sequentially("tea, @bo")
    alice.get_by_role("option", name="Bob").click()
    composer.press_sequentially("?")
    composer.press("Enter")
    expect(bob.locator(".mentions-me .mention.is-me")).to_have_text("@Bob")
    expect(alice.locator(".mention")).to_have_text("@Bob")
    expect(alice.locator(".mentions-me")).to_have_count(0)


def test_the_typing_indicator_ends_with_the_message(alice: Page, bob: Page) -> None:
    alice.locator("#chat-message-input").press_sequentially("hm")
    expect(bob.locator("[data-typing]")).to_have_text("Alice is typing…")
    expect(alice.locator("[data-typing]")).to_have_text("")
    alice.locator("#chat-message-input").press("Enter")
    expect(message(bob, "hm")).to_be_visible()
    expect(bob.locator("[data-typing]")).to_have_text("")


RECORD_FRAMES = """() => {
  window.sentFrames = [];
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (text) {
    sentFrames.push(JSON.parse(text));
    return send.call(this, text);
  };
}"""


def test_clearing_the_field_ends_the_typing_indicator(alice: Page, bob: Page) -> None:
    alice.evaluate(RECORD_FRAMES)
    field = alice.locator("#chat-message-input")
    field.press_sequentially("hm")
    expect(bob.locator("[data-typing]")).to_have_text("Alice is typing…")
    field.fill("")
    expect(bob.locator("[data-typing]")).to_have_text("")
    field.fill("h")
    field.fill("")
    on, off = {"type": "typing"}, {"type": "typing", "on": False}
    sent = [it for it in alice.evaluate("sentFrames") if it["type"] == "typing"]
    assert sent == [on, off, on, off]


def test_the_list_of_people_follows_who_joins_and_leaves(
    alice: Page, bob: Page, server: Server
) -> None:
    expect(alice.locator("[data-people] .people-name")).to_have_text(["Alice", "Bob"])
    open_room(bob, server, "elsewhere")
    expect(alice.locator("[data-people] .people-name")).to_have_text(["Alice"])


def test_the_nick_command_changes_a_name_for_everyone(enter: Enter, alice: Page) -> None:
    carol = enter("Carol")
    send_message(carol, "hello")
    send_message(carol, "/nick Caroline")
    expect(alice.locator(".message:not(.is-topic) .message-author")).to_have_text(["Caroline"])
    expect(alice.locator("[data-people]")).to_contain_text("Caroline")
    expect(carol.locator("[data-my-name]")).to_have_text("Caroline")


def test_slash_commands_work(alice: Page, bob: Page) -> None:
    send_message(alice, "/me waves")
    expect(bob.locator(".message.is-action")).to_contain_text("Alice")
    expect(bob.locator(".message.is-action .message-text")).to_have_text("waves")
    send_message(alice, "/topic Tea and cake")
    expect(bob.locator("[data-topic]")).to_have_text("Tea and cake")
    send_message(alice, "/shrug who knows")
    expect(bob.locator("#chat-log")).to_contain_text("who knows ¯\\_(ツ)_/¯")
    send_message(alice, "//not a command")
    expect(bob.locator("#chat-log")).to_contain_text("/not a command")
    send_message(alice, "/dance")
    expect(alice.locator("[data-composer-note]")).to_contain_text("/help")
    expect(alice.locator("#chat-message-input")).to_have_value("/dance")
    send_message(alice, "/help")
    expect(alice.get_by_role("dialog")).to_contain_text("/nick")
    alice.keyboard.press("Escape")


def test_a_permalink_shows_an_old_message_and_posting_returns_to_the_latest(
    alice: Page, server: Server, room: str
) -> None:
    post_many(server, room, 200)
    open_room(alice, server, room)
    alice.goto(f"{room_url(server, room)}#20")
    alice.reload()
    expect(alice.locator('[data-seq="20"]')).to_be_in_viewport()
    expect(alice.locator("[data-jump-label]")).to_have_text("Jump to latest")
    send_message(alice, "and now?")
    expect(message(alice, "and now?")).to_be_in_viewport()
    expect(alice.locator(".is-pending")).to_have_count(0)
    expect(alice).to_have_url(re.compile("^[^#]*$"))


def test_scrolling_down_from_an_old_message_reaches_the_latest(
    alice: Page, server: Server, room: str
) -> None:
    post_many(server, room, 200)
    alice.goto(f"{room_url(server, room)}#100")
    alice.reload()
    expect(alice.locator('[data-seq="100"]')).to_be_in_viewport()
    log = alice.locator("#chat-log")
    scroll_until(alice, "log.scrollHeight", "message 200")
    alice.wait_for_function(  # further, while the page restores its position around what it adds
        """() => {
          const log = document.querySelector("#chat-log");
          log.scrollTop = log.scrollHeight;
          return document.querySelector("[data-jump]").hidden;
        }"""
    )
    seqs = log.locator(".message").evaluate_all(
        "nodes => nodes.map(node => Number(node.dataset.seq))"
    )
    assert seqs == list(range(seqs[0], 201))
    expect(alice.locator("[data-jump]")).to_be_hidden()


def test_unread_messages_begin_with_the_unread_divider(
    alice: Page, bob: Page, server: Server, room: str
) -> None:
    send_message(alice, "before")
    expect(message(bob, "before")).to_be_visible()
    keep_room(bob)
    open_room(bob, server, "elsewhere")
    send_message(alice, "while you were away")
    expect(sidebar_row(bob, room).locator(".rooms-count")).to_have_text("1")
    expect(bob).to_have_title(re.compile(r"^\(1\) "))
    open_room(bob, server, room)
    first_new = bob.locator(".message", has=bob.locator(".unread-divider"))
    expect(first_new).to_have_count(1)
    expect(first_new).to_contain_text("while you were away")


def test_a_mention_in_another_room_is_counted_until_any_tab_reads_it(
    alice: Page, bob: Page, server: Server, room: str
) -> None:
    send_message(bob, "I am here")
    other = bob.context.new_page()
    open_room(other, server, "elsewhere")
    open_room(bob, server, "elsewhere")
    send_message(alice, "@Bob come back")
    count = sidebar_row(other, room).locator(".rooms-count")
    expect(count).to_have_text("@1")
    expect(other).to_have_title(re.compile(r"^\(@1\) "))
    open_room(bob, server, room)
    expect(message(bob, "come back")).to_be_visible()
    expect(count).to_have_text("")
    other.close()


def test_a_muted_room_counts_only_mentions_and_can_be_left(
    alice: Page, bob: Page, server: Server, room: str
) -> None:
    keep_room(bob)
    open_room(bob, server, "elsewhere")
    row = sidebar_row(bob, room)
    row.hover()
    row.locator(".rooms-more").click()
    bob.locator("[data-room-action=mute]").click()
    expect(row).to_have_class(re.compile("is-muted"))
    send_message(alice, "hello?")
    send_message(alice, "@Bob hello?")
    expect(row.locator(".rooms-count")).to_have_text("@1")
    row.hover()
    row.locator(".rooms-more").click()
    bob.locator("[data-room-action=leave]").click()
    expect(row).to_have_count(0)


def test_messages_and_their_menus_work_by_keyboard(alice: Page, bob: Page) -> None:
    send_message(alice, "one")
    send_message(alice, "two")
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
    send_message(bob, "three")
    expect(message(alice, "three").locator(".quote")).to_contain_text("one")


def test_a_quote_links_to_its_message_however_far_back(
    alice: Page, server: Server, room: str
) -> None:
    post_many(server, room, 150, first="the very first", reply_to=1)
    open_room(alice, server, room)
    last_quote = alice.locator(".quote").last
    expect(last_quote).to_contain_text("the very first")
    last_quote.click()
    expect(alice.locator('[data-seq="1"]')).to_be_in_viewport()
    expect(alice.locator('[data-seq="1"]')).to_be_focused()


def test_a_touch_shows_the_actions_of_a_message(enter: Enter, room: str, alice: Page) -> None:
    size = {"width": 375, "height": 700}
    phone = enter("Bob", viewport=size, has_touch=True, is_mobile=True)
    send_message(alice, "from a desk")
    message(phone, "from a desk").tap()
    phone.locator(".actions [data-action=pick]").tap()
    phone.locator("[data-emoji-found] button").first.tap()
    expect(message(alice, "from a desk").locator(".reaction")).to_have_attribute(
        "data-names", "Bob"
    )
    phone.locator("[data-toggle=people]").tap()
    expect(phone.locator("[data-people]")).to_contain_text("Alice")
    phone.locator("[data-pane=people] [data-pane-close]").tap()
    phone.locator("[data-toggle=rooms]").tap()
    expect(phone.locator("[data-rooms]")).to_contain_text(room)
    assert phone.evaluate("document.documentElement.scrollWidth") == size["width"]


def test_a_text_is_copied_with_and_without_a_clipboard_api(clipboard_page: Page) -> None:
    send_message(clipboard_page, "copy **me**")
    choose_action(clipboard_page, "copy me", "copyText")
    expect(clipboard_page.locator("[data-toast]")).to_have_text("Text copied.")
    clipboard_page.locator("#chat-message-input").press("Control+v")
    expect(clipboard_page.locator("#chat-message-input")).to_have_value("copy **me**")


FEW_EMOJI = ["🎉", "👩🏽‍💻 ❤️ 🇩🇪", ":tada: :+1:", "1️⃣", "☝🏽", "❤\u200d🔥", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🎉\n🎉"]
OTHER_TEXTS = ["🎉🎉🎉🎉", "🎉!", "123", "©", "a", "☝", "1 2 3"]


def test_one_to_three_emoji_alone_are_large_and_other_texts_are_not(alice: Page) -> None:
    texts = alice.locator(".message-text")
    for number, text in enumerate([*FEW_EMOJI, *OTHER_TEXTS], 1):
        send_message(alice, text)
        expect(texts).to_have_count(number)
        if text in FEW_EMOJI:
            expect(texts.last).to_have_class(re.compile("is-emoji"))
        else:
            expect(texts.last).to_have_text(text)
            expect(texts.last).not_to_have_class(re.compile("is-emoji"))


def test_a_topic_is_one_line_and_an_action_too(alice: Page) -> None:
    send_message(alice, "/topic **Bold** x")
    expect(alice.locator(".message-text").last).to_have_text("set the topic: **Bold** x")
    send_message(alice, "/me **waves**")
    action = alice.locator(".message.is-action").last
    expect(action.locator("strong")).to_have_text("waves")
    name, text = (box_of(action.locator(it)) for it in (".message-author", "strong"))
    assert abs(name["y"] - text["y"]) < name["height"] / 2


def test_a_spoiler_is_not_read_by_hovering_or_selecting(alice: Page) -> None:
    send_message(alice, "he ||dies||")
    spoiler = alice.locator(".spoiler")
    expect(spoiler).to_have_css("color", "rgba(0, 0, 0, 0)")
    spoiler.hover()
    alice.keyboard.press("Control+a")
    expect(spoiler).to_have_css("color", "rgba(0, 0, 0, 0)")
    color = "it => getComputedStyle(it, '::selection').color"
    assert spoiler.evaluate(color) == "rgba(0, 0, 0, 0)"
    spoiler.click()
    expect(spoiler).not_to_have_css("color", "rgba(0, 0, 0, 0)")


def test_bars_and_bullets_are_on_the_side_on_which_the_text_starts(alice: Page) -> None:
    send_message(alice, "> ציטוט\n\n- פריט\n- עוד\n\n---\n\n- item")
    expect(alice.locator("blockquote")).to_have_css("direction", "rtl")
    expect(alice.locator(".message-text li").first).to_have_css("direction", "rtl")
    expect(alice.locator(".message-text li").last).to_have_css("direction", "ltr")
