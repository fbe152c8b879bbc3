"""The composer: replies, edits, formatting keys and completions.

Most tests run it in a room page without the room, and look at the actions it calls.
"""

import pytest
from playwright.sync_api import expect

from chat.tests.browser.composer.recorded import (
    OpenComposer,
    options,
    recorded_calls,
    selection,
    start_reply,
)
from chat.tests.browser.room_page import NewPage, expect_confirmed, room_url
from chat.tests.support.servers import Server


def test_enter_sends_texts_and_actions_and_runs_commands(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    for typed in ("hi", "/me waves", "//me", "/topic Tea", "/help"):
        field.fill(typed)
        field.press("Enter")
        expect(field).to_have_value("")
    assert recorded_calls(page) == [
        ["send", "hi", {"kind": "text", "replyTo": None}],
        ["send", "waves", {"kind": "action", "replyTo": None}],
        ["send", "/me", {"kind": "text", "replyTo": None}],
        ["run", {"kind": "topic", "topic": "Tea"}],
        ["run", {"kind": "help"}],
    ]


@pytest.mark.parametrize(
    ("typed", "explanation"),
    [("/nick Bob", "Taken."), ("/dance", "no command"), ("/me", "/me waves")],
)
def test_a_failed_command_stays_in_the_field_with_an_explanation(
    open_composer: OpenComposer, typed: str, explanation: str
) -> None:
    page, field = open_composer()
    field.fill(typed)
    field.press("Escape")
    field.press("Enter")
    expect(page.get_by_role("alert").filter(has_text=explanation)).to_be_visible()
    expect(field).to_have_value(typed)
    field.press_sequentially("!")
    expect(page.locator("[data-composer-note]")).to_be_hidden()


def test_only_the_next_message_is_a_reply(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    start_reply(page)
    expect(page.get_by_text("Replying to Ada: Tea?")).to_be_visible()
    expect(field).to_be_focused()
    for typed in ("Yes", "At four"):
        field.press_sequentially(typed)
        field.press("Enter")
    expect(page.locator("[data-composer-banner]")).to_be_hidden()
    assert [call[2]["replyTo"] for call in recorded_calls(page)] == [5, None]


@pytest.mark.parametrize("how", ["key", "button"])
def test_cancelling_a_reply_keeps_its_text(open_composer: OpenComposer, how: str) -> None:
    page, field = open_composer()
    start_reply(page)
    field.press_sequentially("Yes")
    if how == "key":
        field.press("Escape")
    else:
        page.get_by_role("button", name="Cancel").filter(visible=True).click()
    expect(page.locator("[data-composer-banner]")).to_be_hidden()
    expect(field).to_be_focused()
    field.press("Enter")
    assert recorded_calls(page) == [["send", "Yes", {"kind": "text", "replyTo": None}]]


def test_arrow_up_edits_my_last_message(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    field.press("ArrowUp")
    expect(page.get_by_text("Editing a message")).to_be_visible()
    expect(field).to_have_value("my last")
    field.press_sequentially(" word")
    page.get_by_role("button", name="Save").filter(visible=True).first.click()
    expect(field).to_have_value("")
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    assert page.evaluate("calls") == [["edit", 7, "my last word"]]


def test_arrow_up_in_a_text_moves_the_caret(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    field.press_sequentially("words")
    field.press("ArrowUp")
    expect(page.locator("[data-composer-banner]")).to_be_hidden()


def test_a_draft_and_a_reply_come_back_after_an_edit(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    start_reply(page)
    field.press_sequentially("half a thought")
    page.evaluate("composer.startEdit({ seq: 3, text: 'old' })")
    page.evaluate("composer.startEdit({ seq: 4, text: 'older' })")
    field.press_sequentially(" and changed")
    field.press("Escape")
    expect(field).to_have_value("half a thought")
    expect(page.get_by_text("Replying to Ada")).to_be_visible()
    assert recorded_calls(page) == []
    assert page.evaluate("sessionStorage['lobby draft composer']") == "half a thought"


def test_an_unchanged_edit_sends_nothing_and_an_empty_one_is_refused(
    open_composer: OpenComposer,
) -> None:
    page, field = open_composer()
    field.press("ArrowUp")
    field.press("Enter")
    expect(page.locator("[data-composer-banner]")).to_be_hidden()
    field.press("ArrowUp")
    field.fill(" ")
    field.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="delete it instead")).to_be_visible()
    expect(page.get_by_text("Editing a message")).to_be_visible()
    assert recorded_calls(page) == []


def test_a_failed_edit_can_be_saved_again_unchanged(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    page.evaluate("composer.startEdit({ seq: 3, text: 'new', original: 'old' })")
    field.press("Enter")
    assert recorded_calls(page) == [["edit", 3, "new"]]


def test_a_mention_is_inserted_at_the_caret(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    field.press_sequentially("Hi,you")
    field.press("ArrowLeft")
    for _ in "yo":
        field.press("ArrowLeft")
    page.evaluate("composer.insertMention('Ada')")
    field.press_sequentially("& ")
    expect(field).to_have_value("Hi, @Ada & you")


def test_an_edit_may_begin_with_a_slash(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    page.evaluate("composer.startEdit({ seq: 3, text: '/' })")
    field.press_sequentially("me")
    expect(options(page)).to_have_count(0)
    field.press_sequentially(" too")
    field.press("Enter")
    assert recorded_calls(page) == [["edit", 3, "/me too"]]


def test_typing_is_reported_for_new_messages_that_are_not_empty(
    open_composer: OpenComposer,
) -> None:
    page, field = open_composer()
    field.press_sequentially("ab")
    field.press("Backspace")
    field.press("Backspace")
    field.press("ArrowUp")
    field.press_sequentially("c")
    assert page.evaluate("calls") == [["typing"]] * 3


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("a", ["Backspace"]),
        ("tea for two", ["ControlOrMeta+a", "Delete"]),
        ("tea", ["ControlOrMeta+a", "ControlOrMeta+x"]),
        ("/help ", ["Enter"]),
    ],
)
def test_a_message_that_is_given_up_ends_typing(
    open_composer: OpenComposer, typed: str, keys: list[str]
) -> None:
    page, field = open_composer()
    field.press_sequentially(typed)
    assert page.evaluate("window.typingEnds") is None
    for key in keys:
        field.press(key)
    expect(field).to_have_value("")
    assert page.evaluate("typingEnds") == 1


def test_a_message_that_is_put_aside_for_an_edit_ends_typing(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    field.press_sequentially("tea")
    page.evaluate("composer.startEdit({ seq: 7, text: 'my last' })")
    assert page.evaluate("typingEnds") == 1


# --- Keys ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "after"),
    [
        ("Control+b", "**word**"),
        ("Control+i", "_word_"),
        ("Control+e", "`word`"),
        ("Control+k", "[word](url)"),
    ],
)
def test_a_key_formats_the_selection_and_undo_reverts_it(
    open_composer: OpenComposer, keys: str, after: str
) -> None:
    _, field = open_composer()
    field.press_sequentially("word")
    field.press("Control+a")
    field.press(keys)
    expect(field).to_have_value(after)
    field.press("Control+z")
    expect(field).to_have_value("word")


def test_without_a_selection_the_link_key_opens_the_room_switcher(
    open_composer: OpenComposer,
) -> None:
    page, field = open_composer()
    field.press_sequentially("word")
    field.press("Control+k")
    expect(field).to_have_value("word")
    assert recorded_calls(page) == [["switchRooms"]]


def test_the_bold_key_starts_and_ends_bold_text(open_composer: OpenComposer) -> None:
    _, field = open_composer()
    field.press("Control+b")
    field.press_sequentially("so")
    field.press("Control+b")
    field.press_sequentially("!")
    expect(field).to_have_value("**so**!")


def test_shift_enter_continues_and_ends_a_list_and_can_be_undone(
    open_composer: OpenComposer,
) -> None:
    page, field = open_composer()
    field.press_sequentially("1. 🦊")
    field.press("Shift+Enter")
    field.press_sequentially("😀")
    field.press("Shift+Enter")
    expect(field).to_have_value("1. 🦊\n2. 😀\n3. ")
    field.press("Shift+Enter")
    expect(field).to_have_value("1. 🦊\n2. 😀\n")
    field.press("Control+z")
    expect(field).to_have_value("1. 🦊\n2. 😀\n3. ")
    field.press("Enter")
    assert recorded_calls(page)[0][1] == "1. 🦊\n2. 😀\n3."


def test_pasting_a_url_over_a_word_links_it(open_composer: OpenComposer) -> None:
    _, field = open_composer()
    field.press_sequentially("here")
    field.press("Control+a")
    field.evaluate("""field => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", "https://example.org/");
      field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, cancelable: true }));
    }""")
    expect(field).to_have_value("[here](https://example.org/)")
    field.press("Control+z")
    expect(field).to_have_value("here")


def test_formatting_works_without_exec_command(
    open_composer: OpenComposer,
) -> None:
    page, field = open_composer()
    page.evaluate("document.execCommand = () => false")
    field.press_sequentially("a 😀 word")
    field.press("Control+a")
    field.press("Control+b")
    expect(field).to_have_value("**a 😀 word**")
    assert selection(field) == [2, 11]
    assert page.evaluate("sessionStorage['lobby draft composer']") == "**a 😀 word**"


# --- In the room --------------------------------------------------------------------------------


def test_the_composer_works_in_a_room(server: Server, new_page: NewPage, room: str) -> None:
    page = new_page("Alice")
    page.goto(room_url(server, room))
    field = page.locator("#chat-message-input")
    field.press_sequentially("tea :coff")
    expect(options(page).first).to_have_text("☕:coffee:")
    field.press("Enter")
    field.press("Enter")
    expect_confirmed(page, ["tea ☕"])
    field.fill("/dance")
    field.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="no command /dance")).to_be_visible()
