"""The composer: replies, edits, formatting keys and completions.

Most tests run it in a room page without the room, and look at the actions it calls.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from chat.tests.browser.conftest import page_factory
from chat.tests.browser.layout import box_of
from chat.tests.browser.modules import without_room_script
from chat.tests.browser.room_page import NewPage, expect_confirmed, room_url
from chat.tests.support.servers import Server

COMPOSER = """async () => {
  const { createCompletion } = await import("/static/chat/js/completion.js");
  const { ComposerView } = await import("/static/chat/js/composer/composer_view.js");
  const { handleFormattingKeys } = await import("/static/chat/js/composer/formatting_keys.js");
  const { replaceShortcodes } = await import("/static/chat/js/composer/emoji_shortcodes.js");
  const { Draft } = await import("/static/chat/js/composer/draft.js");
  const { EmojiNames } = await import("/static/chat/js/emoji/emoji_names.js");
  const { handleGlobalShortcuts } = await import("/static/chat/js/keyboard/global_shortcuts.js");
  const person = (name, at) => ({ id: `${at}a0000`, name });
  const everybody = ["Ada Lovelace", "Adam", "Grace"].map(person);
  const emoji = new EmojiNames(document.querySelector("[data-composer]").dataset.emojiUrl);
  const searchPeople = (query) =>
    everybody.filter(({ name }) => name.toLowerCase().startsWith(query.toLowerCase()));
  window.calls = [];
  const record = (name) => (...values) => { window.calls.push([name, ...values]); };
  window.composer = new ComposerView({
    send: (text, { files, ...options }) => record("send")(text, options),
    edit: (seq, text) => record("edit")(seq, text),
    run: async (command) => {
      record("run")(command);
      return command.name === "Bob" ? "Taken." : command.detail;
    },
    lastOwnMessage: () => ({ seq: 7, text: "my last" }),
    tray: () => null,
    onEdit() {},
    onTyping: record("typing"),
    onTypingEnd: () => (window.typingEnds = (window.typingEnds ?? 0) + 1),
    newCompletion: async (areCommands) =>
      createCompletion({ me: {}, areCommands, emoji, searchPeople, avatarColor: () => 0 }),
  }, new Draft({ name: "composer" }));
  handleFormattingKeys(document.querySelector("#chat-message-input"));
  replaceShortcodes(document.querySelector("#chat-message-input"), emoji);
  const closers = [() => window.composer.close()];
  handleGlobalShortcuts({ switchRooms: record("switchRooms"), closers });
}"""

OpenComposer = Callable[..., tuple[Page, Locator]]


@pytest.fixture(scope="module")
def composer_page(browser: Browser) -> Iterator[Page]:
    """For all tests of this module: a new browser context takes longer than most."""
    with page_factory(browser) as new:
        yield without_room_script(new("Alice"))


@pytest.fixture
def open_composer(server: Server, composer_page: Page, new_page: NewPage) -> OpenComposer:
    """Opens a room page that runs only the composer, and records its calls."""

    def new(**options: Any) -> tuple[Page, Locator]:
        page = without_room_script(new_page("Alice", **options)) if options else composer_page
        page.goto(f"{server.url}/chat/composer/")
        page.mouse.move(0, 0)  # off the completions
        page.evaluate("localStorage.clear(), sessionStorage.clear()")
        page.evaluate(COMPOSER)
        return page, page.locator("#chat-message-input")

    return new


def recorded_calls(page: Page) -> list[Any]:
    """The composer's calls, without those that report typing."""
    calls: list[Any] = page.evaluate("calls")
    return [call for call in calls if call[0] != "typing"]


def options(page: Page) -> Locator:
    return page.get_by_role("option")


def start_reply(page: Page) -> None:
    page.evaluate("composer.startReply({ seq: 5, author: { name: 'Ada' }, excerpt: 'Tea?' })")


def selection(field: Locator) -> list[int]:
    found: list[int] = field.evaluate("field => [field.selectionStart, field.selectionEnd]")
    return found


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


# --- Completion ---------------------------------------------------------------------------------


def test_an_at_sign_completes_people(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    field.press_sequentially("Hi @ada")
    expect(options(page)).to_have_text(["ALAda Lovelace", "AAdam"])
    listed = page.get_by_role("listbox").get_attribute("id")
    expect(field).to_have_attribute("aria-controls", listed or "")
    field.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_text("AAdam")
    active = page.get_by_role("option", selected=True).get_attribute("id")
    expect(field).to_have_attribute("aria-activedescendant", active or "")
    field.press("ArrowDown")
    field.press("Tab")
    expect(field).to_have_value("Hi @Ada Lovelace ")
    expect(field).to_be_focused()
    expect(page.get_by_role("listbox")).to_be_hidden()
    for attribute in ("role", "aria-controls", "aria-activedescendant"):
        assert field.get_attribute(attribute) is None
    field.press_sequentially("and @gra")
    field.press("Enter")
    expect(field).to_have_value("Hi @Ada Lovelace and @Grace ")
    assert recorded_calls(page) == []


@pytest.mark.parametrize(
    ("typed", "option", "completed"),
    [
        ("谢谢@gra", "Grace", "谢谢@Grace "),
        ("谢谢＠gra", "Grace", "谢谢@Grace "),
        (":flag-de", ":flag_de:", "🇩🇪 "),
        (":man-shrug", ":man_shrugging:", "🤷‍♂️ "),
    ],
)
def test_completions_are_found_as_other_chats_and_keyboards_write_them(
    open_composer: OpenComposer, typed: str, option: str, completed: str
) -> None:
    page, field = open_composer()
    field.press_sequentially(typed)
    expect(options(page).first).to_contain_text(option)
    field.press("Enter")
    expect(field).to_have_value(completed)


@pytest.mark.parametrize("typed", ["see you @", "Hi @ad", "put it :on", "well :PP", "@lov"])
def test_enter_sends_what_is_typed_unless_an_option_is_meant(
    open_composer: OpenComposer, typed: str
) -> None:
    page, field = open_composer()
    field.press_sequentially(typed)
    page.evaluate("document.fonts.ready")
    expect(page.get_by_role("option", selected=True)).to_have_count(0)
    field.press("Enter")
    expect(field).to_have_value("")
    assert recorded_calls(page) == [["send", typed, {"kind": "text", "replyTo": None}]]


def test_enter_chooses_what_an_arrow_key_chose(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    field.press_sequentially("Hi @")
    expect(options(page)).to_have_count(4)
    field.press("ArrowUp")
    expect(page.get_by_role("option", selected=True)).to_have_text("@room everyone in this room")
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value("Hi @Ada Lovelace ")


@pytest.mark.parametrize(
    "lines",
    [
        ("```py", "x = 1", "", "```"),
        ("~~~", "```", "~~~"),
        ("~~~ a`b", "x", "~~~~"),
        ("````", "```", "````"),
        ("```", "~~~", "```"),
        ("```a`b",),
    ],
)
def test_enter_continues_fenced_code_and_sends_behind_it(
    open_composer: OpenComposer, lines: tuple[str, ...]
) -> None:
    page, field = open_composer()
    for line in lines:
        field.press_sequentially(line)
        field.press("Enter")
    expect(field).to_have_value("")
    text = "\n".join(lines)
    assert recorded_calls(page) == [["send", text, {"kind": "text", "replyTo": None}]]


def test_a_modifier_sends_from_within_fenced_code(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    field.press_sequentially("```")
    field.press("Control+Enter")
    expect(field).to_have_value("")
    assert recorded_calls(page) == [["send", "```", {"kind": "text", "replyTo": None}]]


def test_on_a_touch_screen_enter_starts_a_line_and_the_button_sends(
    open_composer: OpenComposer,
) -> None:
    page, field = open_composer(has_touch=True, is_mobile=True)
    expect(field).to_have_attribute("enterkeyhint", "enter")
    field.press_sequentially("one")
    field.press("Enter")
    field.press_sequentially("two")
    expect(field).to_have_value("one\ntwo")
    page.locator("#chat-message-submit").tap()
    expect(field).to_have_value("")
    assert recorded_calls(page) == [["send", "one\ntwo", {"kind": "text", "replyTo": None}]]


def test_a_name_is_completed_beyond_its_space(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    field.press_sequentially("@ada l")
    expect(options(page)).to_have_text(["ALAda Lovelace"])
    field.press_sequentially("ike")
    expect(options(page)).to_have_count(0)


def test_at_room_is_offered_to_mention_everyone(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    field.press_sequentially("@")
    expect(options(page)).to_have_count(4)
    field.press_sequentially("roo")
    expect(options(page)).to_have_text(["@room everyone in this room"])
    field.press("Enter")
    expect(field).to_have_value("@room ")


def test_other_text_offers_no_completions(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    for typed in ("ada@ad", "8:ta", "https://ta", "::ta", ":t", "say /me", "//"):
        field.fill("")
        field.press_sequentially(typed)
        page.wait_for_timeout(100)
        expect(options(page), typed).to_have_count(0)


def test_emoji_are_completed_after_two_letters(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    field.press_sequentially("@Ada :tad")
    expect(options(page).first).to_have_text("🎉:tada:")
    field.press("Enter")
    expect(field).to_have_value("@Ada 🎉 ")


def test_a_closing_colon_replaces_a_shortcode_and_undo_reverts_it(
    open_composer: OpenComposer,
) -> None:
    page, field = open_composer()
    field.press_sequentially("Hooray :TADA:")
    expect(field).to_have_value("Hooray 🎉")
    expect(options(page)).to_have_count(0)
    field.press("Control+z")
    expect(field).to_have_value("Hooray :TADA:")
    field.press("End")
    field.press_sequentially(" :nobody: 8:30:10")
    expect(field).to_have_value("Hooray :TADA: :nobody: 8:30:10")


def test_commands_are_completed_at_the_start_and_enter_runs_a_complete_one(
    open_composer: OpenComposer,
) -> None:
    page, field = open_composer()
    field.press_sequentially("/")
    expect(options(page)).to_have_count(7)
    field.press_sequentially("m")
    field.press("Enter")
    expect(field).to_have_value("/me ")
    field.fill("")
    field.press_sequentially("/help")
    expect(options(page)).to_have_count(1)
    field.press("Enter")
    expect(field).to_have_value("")
    assert recorded_calls(page) == [["run", {"kind": "help"}]]


def test_escape_closes_the_completions_until_the_next_word(
    open_composer: OpenComposer,
) -> None:
    page, field = open_composer()
    start_reply(page)
    field.press_sequentially("@a")
    expect(options(page)).to_have_count(2)
    field.press("Escape")
    expect(options(page)).to_have_count(0)
    expect(page.get_by_text("Replying to Ada")).to_be_visible()
    field.press_sequentially("d")
    expect(options(page)).to_have_count(0)
    field.press_sequentially(" @a")
    expect(options(page)).to_have_count(2)
    field.press("Home")
    expect(options(page)).to_have_count(0)
    expect(field).to_be_focused()


@pytest.mark.parametrize("touch", [False, True])
def test_choosing_a_completion_by_pointer_keeps_the_focus(
    open_composer: OpenComposer, touch: bool
) -> None:
    page, field = open_composer(has_touch=touch)
    field.press_sequentially("@")
    option = page.get_by_role("option", name="Grace")
    if touch:
        option.tap()
    else:
        option.click()
    expect(field).to_have_value("@Grace ")
    expect(field).to_be_focused()


def test_the_completions_do_not_shift_the_page(open_composer: OpenComposer) -> None:
    page, field = open_composer(viewport={"width": 375, "height": 600})
    place = box_of(field)
    field.press_sequentially("/")
    expect(options(page)).to_have_count(7)
    assert box_of(field) == place
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    for option in options(page).all():
        assert box_of(option)["height"] >= 44


def test_keys_of_an_input_method_are_ignored(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    field.press_sequentially("@ada")
    expect(options(page)).to_have_count(2)
    field.evaluate("""field => {
      for (const key of ["Enter", "ArrowDown", "Escape"]) {
        field.dispatchEvent(new KeyboardEvent("keydown", { key, isComposing: true }));
        field.dispatchEvent(new KeyboardEvent("keydown", { key, keyCode: 229 }));
      }
    }""")
    expect(field).to_have_value("@ada")
    expect(page.get_by_role("option", selected=True)).to_have_text("ALAda Lovelace")
    assert recorded_calls(page) == []


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
