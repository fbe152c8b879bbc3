"""The states of a conversation: messages, the field for one, and what is offered beside both."""

from playwright.sync_api import Page, expect

from chat.tests.browser.room_page import (
    message_field,
    send_message,
)
from chat.tests.browser.socket_person import SocketPerson
from chat.tests.browser.states.lists import LONG, PHONE, ROOM, in_lists
from chat.tests.browser.states.opening import open_people

MARKDOWN = """**bold**, _italic_, ~~gone~~, `code`, ||a spoiler|| and https://example.com
> a quotation
- a list

```python
def sing(notes: list[str]) -> None:  # a comment
    print("la", 2, notes)
```"""


def post_conversation(person: SocketPerson, mentioned: str) -> None:
    """Post one of each kind of message."""
    person.post("Tea and cake", kind="topic")
    first = person.post(MARKDOWN)
    person.post("and a line of the same author")
    person.post("waves", kind="action")
    person.post("an answer", reply_to=first)
    person.post(f"@{mentioned}, @{person.name}: what do you think? @room")
    liked = person.post("something to like")
    person.react(liked, "🎉")
    person.react(liked, "👍")
    person.edit(person.post("a eror"), "an error")
    person.delete(person.post("something rash"))
    person.post("the last word")


def focus_last_message(page: Page) -> None:
    page.locator("#chat-log").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("End")
    expect(page.locator(".message").last).to_be_focused()


@in_lists(LONG)
def unread_bar(page: Page) -> None:
    expect(page.locator("[data-unread]")).to_be_visible()


@in_lists(LONG)
def while_away(page: Page) -> None:
    page.locator("[data-unread]").get_by_role("button", name="While you were away").click()
    expect(page.locator("[data-away-dialog] p").first).to_contain_text("new messages.")


@in_lists(LONG)
def jump_to_latest_button(page: Page) -> None:
    page.locator("[data-unread-go]").click()
    expect(page.locator("[data-jump]")).to_be_visible()


@in_lists(ROOM, PHONE)
def conversation(page: Page) -> None:
    for part in (
        ".unread-divider",
        ".is-topic",
        ".is-action",
        ".mentions-me",
        ".is-deleted",
        ".quote",
    ):
        expect(page.locator(f"#chat-log {part}")).to_have_count(1)
    expect(page.locator(".message pre")).to_have_count(1)
    expect(page.locator(".reaction")).to_have_count(2)


@in_lists(ROOM, PHONE)
def folded_message(page: Page) -> None:
    send_message(page, "\n".join(f"line {number}" for number in range(34)))
    expect(page.get_by_role("button", name="Show more")).to_be_visible()


@in_lists(ROOM, PHONE)
def button_that_copies_code(page: Page) -> None:
    page.get_by_role("button", name="Copy code").first.focus()
    expect(page.locator(".copy-code").first).to_have_css("opacity", "1")


@in_lists(ROOM, PHONE)
def own_reaction(page: Page) -> None:
    page.locator(".reaction").first.click()
    expect(page.locator(".reaction[aria-pressed=true]")).to_have_count(1)


@in_lists(ROOM, PHONE)
def focused_message(page: Page) -> None:
    focus_last_message(page)
    expect(page.locator("[data-actions]")).to_be_visible()


@in_lists(ROOM, PHONE)
def menu_of_own_message(page: Page) -> None:
    send_message(page, "mine")
    expect(page.locator(".is-pending")).to_have_count(0)
    focus_last_message(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("menu").get_by_role("menuitem", name="Delete")).to_be_visible()


@in_lists(ROOM, PHONE)
def emoji_search(page: Page) -> None:
    focus_last_message(page)
    page.locator(".actions [data-action=pick]").press("Enter")
    page.locator("[data-emoji-search]").fill("hedgehog")
    expect(page.locator("[data-emoji-found] button").first).to_be_visible()


@in_lists(ROOM, PHONE)
def emoji_picker(page: Page) -> None:
    page.locator("[data-emoji-button]").click()
    expect(page.locator("[data-emoji-found] section").nth(9)).to_be_attached()


@in_lists(ROOM, PHONE)
def skin_tones(page: Page) -> None:
    emoji_picker(page)
    page.locator("[data-emoji-tone]").click()
    expect(page.locator("[data-emoji-tones] button").first).to_be_visible()


@in_lists(ROOM, PHONE)
def completion_of_people(page: Page) -> None:
    message_field(page).press_sequentially("@")
    expect(page.get_by_role("option").first).to_be_visible()


@in_lists(ROOM)
def completion_of_emoji(page: Page) -> None:
    message_field(page).press_sequentially(":tad")
    expect(page.get_by_role("option").first).to_be_visible()


@in_lists(ROOM, PHONE)
def completion_of_commands(page: Page) -> None:
    message_field(page).press_sequentially("/")
    expect(page.get_by_role("option").first).to_be_visible()


@in_lists(ROOM)
def unknown_command(page: Page) -> None:
    send_message(page, "/dance")
    expect(page.get_by_role("alert")).to_contain_text("/dance")
    message_field(page).fill("")


@in_lists(ROOM, PHONE)
def reply(page: Page) -> None:
    focus_last_message(page)
    page.keyboard.press("r")
    expect(page.locator("[data-composer-banner]")).to_be_visible()


@in_lists(ROOM, PHONE)
def edit(page: Page) -> None:
    message_field(page).press("ArrowUp")
    expect(page.locator(".composer.is-editing")).to_be_visible()


@in_lists(ROOM)
def typing_indicator(page: Page) -> None:
    page.locator("[data-typing]").evaluate("node => node.textContent = 'Ada is typing…'")


@in_lists(ROOM, PHONE)
def refused_name(page: Page) -> None:
    open_people(page)
    page.locator("[data-rename]").click()
    dialog = page.get_by_role("dialog", name="Settings")
    dialog.get_by_label("Your name").fill("\u200b")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
