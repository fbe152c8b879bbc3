"""A composer alone on a page."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page

from chat.tests.browser.composer.recorded import OpenComposer
from chat.tests.browser.conftest import page_factory
from chat.tests.browser.modules import without_room_script
from chat.tests.browser.room_page import NewPage
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
