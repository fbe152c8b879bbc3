"""Writing: formatting, commands, emoji, completion, replies and edits, in a real browser."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from chat.tests.browser.conftest import NewPerson, people
from chat.tests.browser.modules import lend_modules
from chat.tests.support.servers import Server

LIBRARY = "/static/chat/js"
SHRUG = "¯\\\\\\_(ツ)\\_/¯"


@pytest.fixture(scope="module")
def library(browser: Browser, server: Server) -> Iterator[Page]:
    """A page to call the modules in that know nothing of a page."""
    page = browser.new_page(service_workers="block")
    lend_modules(page)
    page.goto(server.url)
    yield page
    page.close()


def call(page: Page, module: str, function: str, *values: Any) -> Any:
    script = f"(values) => import('{LIBRARY}/{module}').then((it) => it.{function}(...values))"
    return page.evaluate(script, list(values))


# --- Markup: what is selected stands between two |, or the caret is one ---------------------------


def state(drawn: str) -> dict[str, Any]:
    before, selected, *rest = drawn.split("|")
    after = rest[0] if rest else selected
    selected = selected if rest else ""
    start = len(before)
    return {"text": before + selected + after, "start": start, "end": start + len(selected)}


def drawn(state: dict[str, Any] | None) -> str | None:
    if state is None:
        return None
    text, start, end = state["text"], state["start"], state["end"]
    selected = "" if start == end else f"{text[start:end]}|"
    return f"{text[:start]}|{selected}{text[end:]}"


WRAPPED = [
    ("**", "a |bold| word", "a **|bold|** word"),
    ("**", "a **|bold|** word", "a |bold| word"),
    ("**", "a |**bold**| word", "a |bold| word"),
    ("**", "a| bold |word", "a **|bold|** word"),
    ("**", "a |", "a **|**"),
    ("**", "a **|**", "a |"),
    ("**", "a **bold|**", "a **bold**|"),
    ("**", "|**bold**", "**|****bold**"),
    ("_", "|slanted|", "_|slanted|_"),
    ("_", "_|slanted|_", "|slanted|"),
    ("_", "__|bold|__", "___|bold|___"),
    ("_", "___|both|___", "__|both|__"),
    ("_", "**|both|**", "**_|both|_**"),
    ("`", "call |it|", "call `|it|`"),
    ("`", "call `|it|`", "call |it|"),
    ("`", "|a`b|", "`` |a`b| ``"),
    ("`", "`` |a`b| ``", "|a`b|"),
    ("`", "|a\nb|", "```\n|a\nb|\n```"),
    ("`", "```\n|a\nb|\n```", "|a\nb|"),
    ("`", "|```py\na\nb\n```|", "|a\nb|"),
    ("`", "so: |  a\nb\n|done", "so: \n```\n|  a\nb|\n```\ndone"),
    ("`", "|a\n```\nb|", "````\n|a\n```\nb|\n````"),
]


@pytest.mark.parametrize(("mark", "before", "after"), WRAPPED)
def test_a_mark_is_set_and_taken_away(library: Page, mark: str, before: str, after: str) -> None:
    assert (
        drawn(call(library, "composer/markdown_editing.js", "toggleMark", state(before), mark))
        == after
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("see |here|.", "see [here](|url|)."),
        ("see |[1]|", "see [\\[1\\]](|url|)"),
        ("see |https://a.org/b(c)|", "see [|text|](https://a.org/b%28c%29)"),
    ],
)
def test_a_link_asks_for_what_it_lacks(library: Page, before: str, after: str) -> None:
    assert drawn(call(library, "composer/markdown_editing.js", "makeLink", state(before))) == after


@pytest.mark.parametrize(
    ("before", "pasted", "after"),
    [
        ("see |here|.", " https://a.org/b?c=d ", "see [here](https://a.org/b?c=d)|."),
        ("see |here|", "http://a.org/(b", "see [here](http://a.org/%28b)|"),
        ("see |", "https://a.org", None),
        ("see | |it", "https://a.org", None),
        ("|https://b.org|", "https://a.org", None),
        ("|here|", "https://a.org and more", None),
        ("|here|", "javascript:alert(1)", None),
    ],
)
def test_an_address_pasted_over_words_links_them(
    library: Page, before: str, pasted: str, after: str | None
) -> None:
    assert (
        drawn(call(library, "composer/markdown_editing.js", "pasteLink", state(before), pasted))
        == after
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- one|", "- one\n- |"),
        ("* one| two", "* one\n* | two"),
        ("  - one|", "  - one\n  - |"),
        ("9. one|", "9. one\n10. |"),
        ("1) one|\n2) two", "1) one\n2) |\n2) two"),
        ("> said|", "> said\n> |"),
        ("> - said|", "> - said\n> - |"),
        ("a\n- one\n- |", "a\n- one\n|"),
        ("1. |\nb", "|\nb"),
        ("> |", "|"),
        ("> - |", "> |"),
        ("- on|e|", "- on\n- |"),
        ("words|", None),
        ("|", None),
        ("|- one", None),
        ("-|", None),
        ("\n|", None),
        ("**bold**|", None),
        ("- one\nwords|", None),
        ("2024.5|", None),
    ],
)
def test_a_new_line_goes_on_with_the_list(library: Page, before: str, after: str | None) -> None:
    assert (
        drawn(call(library, "composer/markdown_editing.js", "continueList", state(before))) == after
    )


# --- Commands -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("hello", {"kind": "text", "text": "hello"}),
        ("say /me", {"kind": "text", "text": "say /me"}),
        ("//me", {"kind": "text", "text": "/me"}),
        ("/", {"kind": "text", "text": "/"}),
        ("/ x", {"kind": "text", "text": "/ x"}),
        ("/usr/bin/env", {"kind": "text", "text": "/usr/bin/env"}),
        ("/etc/hosts is it", {"kind": "text", "text": "/etc/hosts is it"}),
        ("/2 of it", {"kind": "text", "text": "/2 of it"}),
        ("/me waves\nand leaves", {"kind": "action", "text": "waves\nand leaves"}),
        ("/ME waves", {"kind": "action", "text": "waves"}),
        ("/nick  Ada Lovelace", {"kind": "nick", "name": "Ada Lovelace"}),
        ("/topic Tea", {"kind": "topic", "topic": "Tea"}),
        ("/topic", {"kind": "topic", "topic": ""}),
        ("/shrug", {"kind": "text", "text": SHRUG}),
        ("/shrug hello", {"kind": "text", "text": f"hello {SHRUG}"}),
        ("/help", {"kind": "help"}),
    ],
)
def test_a_line_means_what_it_says(library: Page, written: str, meant: dict[str, str]) -> None:
    assert call(library, "composer/commands.js", "parse", written) == meant


@pytest.mark.parametrize(
    ("written", "kind", "word"),
    [
        ("/me", "refused", "/me waves"),
        ("/nick", "refused", "/nick Ada"),
        ("/dance", "unknown", "There is no command /dance. Commands: /me, /nick"),
        ("/dance now", "unknown", "type //dance."),
        ("/constructor", "unknown", "no command /constructor"),
        ("/über", "unknown", "no command /über"),
    ],
)
def test_what_is_no_command_is_refused_with_a_word(
    library: Page, written: str, kind: str, word: str
) -> None:
    refusal = call(library, "composer/commands.js", "parse", written)
    assert refusal["kind"] == kind
    assert word in refusal["detail"]


# --- Emoji --------------------------------------------------------------------------------------


def emoji(page: Page, call: str) -> Any:
    script = f"import('{LIBRARY}/lib/emoji_names.js').then(({{ EmojiNames }}) => {call})"
    return page.evaluate(script)


@pytest.mark.parametrize(
    ("part", "first"),
    [
        ("tad", "🎉"),
        ("heart", "❤️"),
        ("thumbs", "👍"),
        ("joy", "😂"),
        ("+1", "👍"),
        ("ove_let", "💌"),
    ],
)
def test_the_emoji_most_people_mean_comes_first(library: Page, part: str, first: str) -> None:
    found = emoji(library, f"new EmojiNames('/emoji.json').search('{part}', 8)")
    assert found[0]["emoji"] == first
    assert len({it["emoji"] for it in found}) == len(found) <= 8


def test_emoji_are_fetched_once_and_again_only_after_a_failure(library: Page) -> None:
    fetched = emoji(
        library,
        """(async () => {
          const [real, urls] = [window.fetch, []];
          const offline = () => Promise.reject(new TypeError("Failed to fetch"));
          window.fetch = (url) => urls.push(url) === 1 ? offline() : real(url);
          const names = new EmojiNames("/emoji.json");
          const found = [await names.find("tada"), await names.find("tada")];
          await Promise.all([names.find("nobody"), names.search("x", 1)]);
          window.fetch = real;
          return [...found, urls.length];
        })()""",
    )
    assert fetched == [None, "🎉", 2]


# --- The composer, without the room -------------------------------------------------------------

COMPOSER = """async () => {
  const { ComposerView } = await import("/static/chat/js/composer/composer_view.js");
  const { Draft } = await import("/static/chat/js/composer/draft.js");
  const { EmojiNames } = await import("/static/chat/js/lib/emoji_names.js");
  const { handleGlobalShortcuts } = await import("/static/chat/js/keyboard/global_shortcuts.js");
  const person = (name, at) => ({ id: `${at}a0000`, name });
  const everybody = ["Ada Lovelace", "Adam", "Grace"].map(person);
  window.calls = [];
  const note = (name) => (...values) => { window.calls.push([name, ...values]); };
  window.composer = new ComposerView({
    send: note("send"),
    edit: note("edit"),
    run: async (command) => {
      note("run")(command);
      return command.name === "Bob" ? "Taken." : null;
    },
    lastOwnMessage: () => ({ seq: 7, text: "my last" }),
    searchPeople: (query) =>
      everybody.filter(({ name }) => name.toLowerCase().startsWith(query.toLowerCase())),
    onTyping: note("typing"),
    emoji: new EmojiNames(document.querySelector("[data-composer]").dataset.emojiUrl),
  }, new Draft("composer"));
  const closers = [() => window.composer.close()];
  handleGlobalShortcuts({ switchRooms: note("switchRooms"), closers });
}"""

Composing = Callable[..., tuple[Page, Locator]]


@pytest.fixture(scope="module")
def writer(browser: Browser) -> Iterator[Page]:
    """Alice, for all these tests: a browser of her own takes longer than most of them."""
    with people(browser) as new:
        yield without_its_room(new("Alice"))


def without_its_room(page: Page) -> Page:
    lend_modules(page)
    page.route("**/js/room*.js", lambda route: route.fulfill(content_type="text/javascript"))
    return page


@pytest.fixture
def composing(server: Server, writer: Page, person: NewPerson) -> Composing:
    """A room page of which the composer alone is alive; it notes what it is asked to do."""

    def new(**options: Any) -> tuple[Page, Locator]:
        page = without_its_room(person("Alice", **options)) if options else writer
        page.goto(f"{server.url}/chat/composer/")
        page.mouse.move(0, 0)  # where nothing is
        page.evaluate("localStorage.clear()")
        page.evaluate(COMPOSER)
        return page, page.locator("#chat-message-input")

    return new


def done(page: Page) -> list[Any]:
    """What the composer asked for, except that it told of typing."""
    calls: list[Any] = page.evaluate("calls")
    return [call for call in calls if call[0] != "typing"]


def options(page: Page) -> Locator:
    return page.get_by_role("option")


def start_reply(page: Page) -> None:
    page.evaluate("composer.startReply({ seq: 5, author: { name: 'Ada' }, excerpt: 'Tea?' })")


def selection(field: Locator) -> list[int]:
    found: list[int] = field.evaluate("field => [field.selectionStart, field.selectionEnd]")
    return found


def test_a_text_and_an_action_are_written_and_a_command_is_run(composing: Composing) -> None:
    page, field = composing()
    for written in ("hi", "/me waves", "//me", "/topic Tea", "/help"):
        field.fill(written)
        field.press("Enter")
        expect(field).to_have_value("")
    assert done(page) == [
        ["send", "hi", {"kind": "text", "replyTo": None}],
        ["send", "waves", {"kind": "action", "replyTo": None}],
        ["send", "/me", {"kind": "text", "replyTo": None}],
        ["run", {"kind": "topic", "topic": "Tea"}],
        ["run", {"kind": "help"}],
    ]


@pytest.mark.parametrize(
    ("written", "word"), [("/nick Bob", "Taken."), ("/dance", "no command"), ("/me", "/me waves")]
)
def test_a_command_that_fails_stays_with_a_word(
    composing: Composing, written: str, word: str
) -> None:
    page, field = composing()
    field.fill(written)
    field.press("Escape")
    field.press("Enter")
    expect(page.get_by_role("alert").filter(has_text=word)).to_be_visible()
    expect(field).to_have_value(written)
    field.press_sequentially("!")
    expect(page.locator("[data-composer-note]")).to_be_hidden()


def test_a_reply_is_part_of_what_is_sent_next_and_of_nothing_after(composing: Composing) -> None:
    page, field = composing()
    start_reply(page)
    expect(page.get_by_text("Replying to Ada: Tea?")).to_be_visible()
    expect(field).to_be_focused()
    for written in ("Yes", "At four"):
        field.press_sequentially(written)
        field.press("Enter")
    expect(page.locator("[data-composer-banner]")).to_be_hidden()
    assert [call[2]["replyTo"] for call in done(page)] == [5, None]


@pytest.mark.parametrize("how", ["key", "button"])
def test_a_reply_is_cancelled_and_its_text_stays(composing: Composing, how: str) -> None:
    page, field = composing()
    start_reply(page)
    field.press_sequentially("Yes")
    if how == "key":
        field.press("Escape")
    else:
        page.get_by_role("button", name="Cancel").filter(visible=True).click()
    expect(page.locator("[data-composer-banner]")).to_be_hidden()
    expect(field).to_be_focused()
    field.press("Enter")
    assert done(page) == [["send", "Yes", {"kind": "text", "replyTo": None}]]


def test_arrow_up_edits_my_last_message_and_enter_saves_it(composing: Composing) -> None:
    page, field = composing()
    field.press("ArrowUp")
    expect(page.get_by_text("Editing a message")).to_be_visible()
    expect(field).to_have_value("my last")
    field.press_sequentially(" word")
    page.get_by_role("button", name="Save").filter(visible=True).first.click()
    expect(field).to_have_value("")
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    assert page.evaluate("calls") == [["edit", 7, "my last word"]]


def test_arrow_up_in_a_text_moves_the_caret(composing: Composing) -> None:
    page, field = composing()
    field.press_sequentially("words")
    field.press("ArrowUp")
    expect(page.locator("[data-composer-banner]")).to_be_hidden()


def test_a_draft_and_a_reply_come_back_after_an_edit(composing: Composing) -> None:
    page, field = composing()
    start_reply(page)
    field.press_sequentially("half a thought")
    page.evaluate("composer.startEdit({ seq: 3, text: 'old' })")
    page.evaluate("composer.startEdit({ seq: 4, text: 'older' })")
    field.press_sequentially(" and changed")
    field.press("Escape")
    expect(field).to_have_value("half a thought")
    expect(page.get_by_text("Replying to Ada")).to_be_visible()
    assert done(page) == []
    assert page.evaluate("localStorage['lobby draft composer']") == "half a thought"


def test_an_edit_that_changes_nothing_is_none_and_one_to_nothing_is_refused(
    composing: Composing,
) -> None:
    page, field = composing()
    field.press("ArrowUp")
    field.press("Enter")
    expect(page.locator("[data-composer-banner]")).to_be_hidden()
    field.press("ArrowUp")
    field.fill(" ")
    field.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="use its menu")).to_be_visible()
    expect(page.get_by_text("Editing a message")).to_be_visible()
    assert done(page) == []


def test_an_edit_that_failed_can_be_saved_as_it_is(composing: Composing) -> None:
    page, field = composing()
    page.evaluate("composer.startEdit({ seq: 3, text: 'new', original: 'old' })")
    field.press("Enter")
    assert done(page) == [["edit", 3, "new"]]


def test_somebody_is_mentioned_where_the_caret_is(composing: Composing) -> None:
    page, field = composing()
    field.press_sequentially("Hi,you")
    field.press("ArrowLeft")
    for _ in "yo":
        field.press("ArrowLeft")
    page.evaluate("composer.insertMention('Ada')")
    field.press_sequentially("& ")
    expect(field).to_have_value("Hi, @Ada & you")


def test_an_edit_takes_a_slash_as_it_is(composing: Composing) -> None:
    page, field = composing()
    page.evaluate("composer.startEdit({ seq: 3, text: '/' })")
    field.press_sequentially("me")
    expect(options(page)).to_have_count(0)
    field.press_sequentially(" too")
    field.press("Enter")
    assert done(page) == [["edit", 3, "/me too"]]


def test_typing_is_told_of_a_new_message_that_is_not_empty(composing: Composing) -> None:
    page, field = composing()
    field.press_sequentially("ab")
    field.press("Backspace")
    field.press("Backspace")
    field.press("ArrowUp")
    field.press_sequentially("c")
    assert page.evaluate("calls") == [["typing"]] * 3


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
def test_a_key_formats_what_is_selected_and_undo_takes_it_back(
    composing: Composing, keys: str, after: str
) -> None:
    _, field = composing()
    field.press_sequentially("word")
    field.press("Control+a")
    field.press(keys)
    expect(field).to_have_value(after)
    field.press("Control+z")
    expect(field).to_have_value("word")


def test_without_a_selection_the_link_key_is_free_for_others(composing: Composing) -> None:
    page, field = composing()
    field.press_sequentially("word")
    field.press("Control+k")
    expect(field).to_have_value("word")
    assert done(page) == [["switchRooms"]]


def test_the_key_that_begins_bold_ends_it(composing: Composing) -> None:
    _, field = composing()
    field.press("Control+b")
    field.press_sequentially("so")
    field.press("Control+b")
    field.press_sequentially("!")
    expect(field).to_have_value("**so**!")


def test_shift_enter_goes_on_with_a_list_and_ends_it_and_can_be_undone(
    composing: Composing,
) -> None:
    page, field = composing()
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
    assert done(page)[0][1] == "1. 🦊\n2. 😀\n3."


def test_a_link_pasted_over_a_word_links_it(composing: Composing) -> None:
    _, field = composing()
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


def test_without_the_editing_commands_of_browsers_formatting_works_too(
    composing: Composing,
) -> None:
    page, field = composing()
    page.evaluate("document.execCommand = () => false")
    field.press_sequentially("a 😀 word")
    field.press("Control+a")
    field.press("Control+b")
    expect(field).to_have_value("**a 😀 word**")
    assert selection(field) == [2, 11]
    assert page.evaluate("localStorage['lobby draft composer']") == "**a 😀 word**"


# --- Completion ---------------------------------------------------------------------------------


def test_people_are_offered_after_an_at_and_chosen_by_keys(composing: Composing) -> None:
    page, field = composing()
    field.press_sequentially("Hi @ad")
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
    field.press_sequentially("and @gr")
    field.press("Enter")
    expect(field).to_have_value("Hi @Ada Lovelace and @Grace ")
    assert done(page) == []


def test_a_name_goes_on_after_its_space(composing: Composing) -> None:
    page, field = composing()
    field.press_sequentially("@ada l")
    expect(options(page)).to_have_text(["ALAda Lovelace"])
    field.press_sequentially("ike")
    expect(options(page)).to_have_count(0)


def test_everybody_in_the_room_can_be_meant(composing: Composing) -> None:
    page, field = composing()
    field.press_sequentially("@")
    expect(options(page)).to_have_count(4)
    field.press_sequentially("ro")
    expect(options(page)).to_have_text(["@room everyone in this room"])
    field.press("Enter")
    expect(field).to_have_value("@room ")


@pytest.mark.parametrize("written", ["ada@ad", "8:ta", "https://ta", "::ta", ":t", "say /me", "//"])
def test_what_only_looks_like_a_beginning_offers_nothing(
    composing: Composing, written: str
) -> None:
    page, field = composing()
    field.press_sequentially(written)
    page.wait_for_timeout(100)
    expect(options(page)).to_have_count(0)


def test_an_emoji_is_offered_after_two_letters(composing: Composing) -> None:
    page, field = composing()
    field.press_sequentially("@Ada :tad")
    expect(options(page).first).to_have_text("🎉:tada:")
    field.press("Enter")
    expect(field).to_have_value("@Ada 🎉 ")


def test_the_colon_that_ends_a_name_makes_it_an_emoji_and_undo_takes_it_back(
    composing: Composing,
) -> None:
    page, field = composing()
    field.press_sequentially("Hooray :TADA:")
    expect(field).to_have_value("Hooray 🎉")
    expect(options(page)).to_have_count(0)
    field.press("Control+z")
    expect(field).to_have_value("Hooray :TADA:")
    field.press("End")
    field.press_sequentially(" :nobody: 8:30:10")
    expect(field).to_have_value("Hooray :TADA: :nobody: 8:30:10")


def test_commands_are_offered_at_the_start_and_a_whole_one_is_done_at_once(
    composing: Composing,
) -> None:
    page, field = composing()
    field.press_sequentially("/")
    expect(options(page)).to_have_count(5)
    field.press_sequentially("m")
    field.press("Enter")
    expect(field).to_have_value("/me ")
    field.fill("")
    field.press_sequentially("/help")
    expect(options(page)).to_have_count(1)
    field.press("Enter")
    expect(field).to_have_value("")
    assert done(page) == [["run", {"kind": "help"}]]


def test_escape_closes_the_list_and_nothing_else_until_another_word(
    composing: Composing,
) -> None:
    page, field = composing()
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
def test_a_pointer_chooses_and_the_focus_stays(composing: Composing, touch: bool) -> None:
    page, field = composing(has_touch=touch)
    field.press_sequentially("@")
    option = page.get_by_role("option", name="Grace")
    if touch:
        option.tap()
    else:
        option.click()
    expect(field).to_have_value("@Grace ")
    expect(field).to_be_focused()


def test_the_list_moves_nothing(composing: Composing) -> None:
    page, field = composing(viewport={"width": 375, "height": 600})
    place = field.bounding_box()
    field.press_sequentially("/")
    expect(options(page)).to_have_count(5)
    assert field.bounding_box() == place
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    for option in options(page).all():
        box = option.bounding_box()
        assert box is not None
        assert box["height"] >= 44


def test_who_writes_by_way_of_a_composition_is_left_alone(composing: Composing) -> None:
    page, field = composing()
    field.press_sequentially("@a")
    expect(options(page)).to_have_count(2)
    field.evaluate("""field => {
      for (const key of ["Enter", "ArrowDown", "Escape"]) {
        field.dispatchEvent(new KeyboardEvent("keydown", { key, isComposing: true }));
        field.dispatchEvent(new KeyboardEvent("keydown", { key, keyCode: 229 }));
      }
    }""")
    expect(field).to_have_value("@a")
    expect(page.get_by_role("option", selected=True)).to_have_text("ALAda Lovelace")
    assert done(page) == []


# --- In the room --------------------------------------------------------------------------------


def test_a_person_in_a_room_writes_with_it(server: Server, person: NewPerson, room: str) -> None:
    page = person("Alice")
    page.goto(f"{server.url}/chat/{quote(room)}/")
    field = page.locator("#chat-message-input")
    field.press_sequentially("tea :coff")
    expect(options(page).first).to_have_text("☕:coffee:")
    field.press("Enter")
    field.press("Enter")
    expect(page.locator(".message:not(.is-pending) .message-text")).to_have_text(["tea ☕"])
    field.fill("/dance")
    field.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="no command /dance")).to_be_visible()
