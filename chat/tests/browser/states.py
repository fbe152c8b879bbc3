"""The states of the pages: each function brings a page into the state of its name.

The functions of a list run one after the other on the same page. A new function in a list is
checked by test_accessibility.py.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from playwright.sync_api import Locator, Page, Route, expect

from chat.models import Member, ModerationAct
from chat.tests.browser.room_page import (
    expect_connected,
    go_offline,
    keep_room,
    message_field,
    send_message,
)
from chat.tests.browser.sent_files import animation, picture, post_files, sound, text
from chat.tests.browser.socket_person import SocketPerson
from chat.web.moderation.log.filters import LogForm
from chat.web.moderation.log.lines import Line, Undo

State = Callable[[Page], None]
OUTSIDE: dict[str, State] = {}  # of pages that are not rooms, and of an empty room
ROOM: dict[str, State] = {}  # on a desktop
PHONE: dict[str, State] = {}
LONG: dict[str, State] = {}  # of a room with many unread messages


def in_lists(*lists: dict[str, State]) -> Callable[[State], State]:
    def add(state: State) -> State:
        for states in lists:
            states[state.__name__.replace("_", " ")] = state
        return state

    return add


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


@in_lists(OUTSIDE)
def first_visit(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("navigation")).to_have_count(0)


@in_lists(OUTSIDE)
def invalid_room_name(page: Page) -> None:
    page.locator("#room-name-input").fill("a/b")
    page.locator("#room-name-submit").click()
    expect(page.get_by_text("1 to 64 characters")).to_be_visible()


@in_lists(OUTSIDE)
def empty_room(page: Page) -> None:
    page.goto(f"/chat/nobody was in {uuid4().hex[:8]}/")
    expect(page.get_by_text("No messages yet")).to_be_visible()
    expect_connected(page)


@in_lists(OUTSIDE)
def room_that_is_looked_at(page: Page) -> None:
    open_pane(page, "rooms")
    expect(page.get_by_role("button", name="Keep")).to_be_visible()


@in_lists(OUTSIDE)
def recent_rooms(page: Page) -> None:
    keep_room(page)
    page.goto("/")
    expect(page.get_by_role("navigation").get_by_role("link")).to_have_count(1)


@in_lists(OUTSIDE)
def room_name_with_a_hint(page: Page) -> None:
    page.locator("#room-name-input").fill("R&D")
    expect(page.get_by_role("button", name="Open new room “R-D”")).to_be_visible()


@in_lists(OUTSIDE)
def no_room_name(page: Page) -> None:
    page.goto("/chat/R&D/")
    expect(page.get_by_role("link", name="Open “R-D”")).to_be_visible()


@in_lists(OUTSIDE)
def search_of_all_rooms(page: Page) -> None:
    page.goto("/chat/search?q=has:link+nothing")
    expect(page.get_by_text("Nothing was found")).to_be_visible()


@in_lists(OUTSIDE)
def page_not_found(page: Page) -> None:
    page.goto("/nowhere/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")


@in_lists(OUTSIDE)
def room_not_open(page: Page) -> None:
    page.goto("/chat/~11111111-1111-4111-8111-111111111111/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Room not found")


@in_lists(OUTSIDE)
def expired_form(page: Page) -> None:
    page.goto("/")
    page.context.clear_cookies()
    page.locator("#room-name-input").fill("room")
    page.locator("#room-name-submit").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Please try again")


@in_lists(OUTSIDE)
def access_denied(page: Page) -> None:
    show_template(page, "403.html")
    expect(page.get_by_role("heading", level=1)).to_have_text("Access denied")


@in_lists(OUTSIDE)
def banned_from_a_room(page: Page) -> None:
    show_template(page, "chat/banned_from_room.html")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are banned from this room")


@in_lists(OUTSIDE)
def server_error(page: Page) -> None:
    show_template(page, "500.html")
    expect(page.get_by_role("heading", level=1)).to_have_text("Something went wrong")


@in_lists(OUTSIDE)
def offline_page(page: Page) -> None:
    worker = page.request.get("/service-worker.js").text()
    address = re.findall(r'"offline": "(.+?)"', worker)[0]
    page.route(f"**{address}", abort_polling)
    page.goto(address)
    expect(page.get_by_role("navigation", name="Your rooms").get_by_role("link")).to_have_count(1)


@in_lists(OUTSIDE)
def notice_of_the_room_that_was_left(page: Page) -> None:
    page.goto(f"/chat/to leave {uuid4().hex[:8]}/")
    expect_connected(page)
    keep_room(page)
    expect(page.locator("[data-room-keep]")).to_have_count(0)
    leave_room(page)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


def abort_polling(route: Route) -> None:
    """The page polls the server with HEAD requests, and would reload."""
    route.abort() if route.request.method == "HEAD" else route.continue_()


@in_lists(OUTSIDE)
def log_of_moderation(page: Page) -> None:
    undo = Undo("/", {"act": "unmute"}, "Lift the mute")
    shown = [
        _line("Ada muted an exceedingly patient hedgehog", undo=undo, message="/chat/Tea/#1"),
        _line("Ada banned Ben", is_for_good=True, undone="Lifted by Ada"),
    ]
    form = LogForm({}, Member(name="Ada"), of_all=True)
    show_template(page, "chat/moderation/log.html", form=form, lines=shown, older=1)
    page.get_by_text("Filter", exact=True).click()
    expect(page.get_by_label("Whom")).to_be_visible()


def _line(sentence: str, **more: Any) -> Line:
    """A line of the log."""
    at = timezone.now()
    facts: dict[str, Any] = {"message": "", "until": at, "is_for_good": False, "undone": ""}
    facts |= {"undone_at": at, "undo": None, "room": "Tea", "room_address": "Tea"}
    return Line(ModerationAct(pk=1, at=at, why="Spam"), SafeString(sentence), **(facts | more))


def show_template(page: Page, name: str, **context: Any) -> None:
    """Answers a request with this template."""
    html = render_to_string(name, context)
    page.route(f"**/{name}", lambda route: route.fulfill(content_type="text/html", body=html))
    page.goto(f"/{name}")


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


@in_lists(ROOM, PHONE)
def room_sheet(page: Page) -> None:
    page.locator("[data-open-room-sheet]").click()
    sheet = page.locator("[data-room-sheet]")
    expect(sheet.get_by_text("Tea and cake")).to_be_visible()
    expect(sheet.get_by_alt_text("QR code")).to_be_visible()


@in_lists(ROOM, PHONE)
def reactions_sheet(page: Page) -> None:
    page.locator(".message", has=page.locator(".reaction")).focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="Reactions").click()
    expect(page.get_by_role("dialog", name="Reactions")).to_be_visible()


@in_lists(ROOM)
def share_dialog(page: Page) -> None:
    page.locator("[data-share]").click()
    expect(page.get_by_role("dialog", name="Share this room")).to_be_visible()


@in_lists(ROOM, PHONE)
def room_switcher(page: Page) -> None:
    page.keyboard.press("ControlOrMeta+k")
    page.locator("[data-switcher-field]").fill("else")
    expect(page.get_by_role("dialog", name="Find a room").get_by_role("option")).to_have_count(2)


@in_lists(ROOM, PHONE)
def room_switcher_without_results(page: Page) -> None:
    page.keyboard.press("ControlOrMeta+k")
    page.locator("[data-switcher-field]").fill("🎉")
    expect(page.get_by_text("A room name cannot contain “🎉”.")).to_be_visible()


@in_lists(ROOM, PHONE)
def search_with_nothing_typed(page: Page) -> None:
    open_search(page)
    expect(page.get_by_role("option", name="from:")).to_be_visible()


@in_lists(ROOM, PHONE)
def search_results(page: Page) -> None:
    open_search(page).fill("a")
    expect(page.locator(".search-result mark").first).to_be_visible()


@in_lists(ROOM, PHONE)
def search_without_results(page: Page) -> None:
    open_search(page).fill("")
    page.locator("#search-input").press_sequentially(
        "is:mention an-exceedingly-long-word-of-no-message"
    )
    expect(page.locator(".search-chip")).to_be_visible()
    page.locator("[data-search-calendar]").click()
    expect(page.get_by_text("Nothing in this room was found")).to_be_visible()


@in_lists(ROOM, PHONE)
def search_that_can_be_gone_back_to(page: Page) -> None:
    search = open_search(page)
    page.locator(".search-chip").click()
    search.fill("an answer")
    expect(page.locator(".search-result mark").first).to_have_text("an")
    search.press("Enter")
    expect(page.locator(".message:focus")).to_be_visible()


@in_lists(ROOM, PHONE)
def update_notice(page: Page) -> None:
    notice = page.locator("[data-update-notice]")
    notice.evaluate("notice => (notice.hidden = false)")
    expect(notice.get_by_role("button", name="Reload")).to_be_visible()


@in_lists(ROOM, PHONE)
def dismissed_update_notice(page: Page) -> None:
    page.locator("[data-update-dismiss]").click()
    expect(page.locator("[data-update-notice]")).to_be_hidden()


@in_lists(ROOM, PHONE)
def topic_dialog(page: Page) -> None:
    page.locator("[data-open-room-sheet]").click()
    page.locator("[data-sheet-action=topic]").click()
    expect(page.get_by_role("dialog", name="What is this room about?")).to_be_visible()


@in_lists(ROOM, PHONE)
def delete_dialog(page: Page) -> None:
    focus_last_message(page)
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_role("dialog", name="Delete this message?")).to_be_visible()


@in_lists(ROOM, PHONE)
def help_dialog(page: Page) -> None:
    open_people(page)
    page.locator("[data-help]").click()
    expect(page.get_by_role("dialog", name="Help")).to_be_visible()


@in_lists(ROOM, PHONE)
def menu_of_a_room(page: Page) -> None:
    open_pane(page, "rooms")
    more = page.locator(".rooms-more").first
    more.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menu", name="Room")).to_be_visible()


@in_lists(ROOM, PHONE)
def menu_that_sorts_rooms(page: Page) -> None:
    open_pane(page, "rooms")
    page.get_by_role("button", name="Sort rooms").click()
    expect(page.get_by_role("menuitemradio", name="By latest activity")).to_be_checked()


@in_lists(PHONE)
def rooms_pane(page: Page) -> None:
    open_pane(page, "rooms")
    expect(page.locator(".rooms-count.is-mention")).to_be_visible()


@in_lists(ROOM, PHONE)
def switcher_with_a_hint(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.locator("[data-switcher-field]").fill("R&D")
    expect(page.get_by_role("option", name="Open new room “R-D”")).to_be_visible()


@in_lists(ROOM, PHONE)
def room_of_the_list_that_was_left(page: Page) -> None:
    open_pane(page, "rooms")
    leave_room(page, at=-1)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


@in_lists(PHONE)
def people_pane(page: Page) -> None:
    open_people(page)
    expect(page.locator(".people-row")).to_have_count(1)


@in_lists(ROOM, PHONE)
def card_of_a_person(page: Page) -> None:
    page.locator(".message:not(.is-grouped) .message-author").last.click()
    expect(page.locator("[data-person-card]")).to_be_visible()
    expect(page.locator("[data-person-card]")).to_contain_text("Since")


@in_lists(ROOM)
def collapsed_panes(page: Page) -> None:
    for button in page.locator("[data-pane-close]").all():
        button.click()
    expect(page.locator("[data-toggle]:visible")).to_have_count(2)


@in_lists(ROOM, PHONE)
def refused_message(page: Page) -> None:
    send_message(page, "no\0pe")
    expect(page.locator(".is-refused")).to_contain_text("Discard")
    page.locator("#chat-log").evaluate("log => log.scrollTo(0, log.scrollHeight)")


@in_lists(ROOM, PHONE)
def files_of_messages(page: Page) -> None:
    room = unquote(page.url.partition("/chat/")[2].partition("/")[0])
    post_files(page, room, *(picture(800, 600, alt=f"hill {it}") for it in range(6)))
    post_files(page, room, animation(), sound(1), text("one\ntwo", "the long name of a text.txt"))
    expect(page.locator(".picture-open")).to_have_count(5)
    expect(page.locator(".file-row")).to_have_count(2)


@in_lists(ROOM, PHONE)
def opened_picture(page: Page) -> None:
    page.locator(".picture-open").first.click()
    expect(page.get_by_role("dialog", name="Pictures")).to_be_visible()


@in_lists(ROOM, PHONE)
def offline(page: Page) -> None:
    go_offline(page)
    send_message(page, "one for later")
    expect(page.get_by_text("Waiting for a connection")).to_be_visible()
    expect(page.get_by_role("status").first).to_contain_text("You are offline")


@in_lists(ROOM)
def reconnecting(page: Page) -> None:
    page.evaluate("Object.defineProperty(navigator, 'onLine', { value: true })")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("button", name="Try now")).to_be_visible()


def open_search(page: Page) -> Locator:
    panel = page.locator("[data-search-panel]")
    if panel.is_hidden():
        if page.locator(".room-header [data-reading=openSearch]").is_hidden():  # on a phone
            page.locator("[data-open-room-sheet]").click()
        page.locator("[data-reading=openSearch]:visible").click()
    expect(panel).to_be_visible()
    return page.locator("#search-input")


def close_search(page: Page) -> None:
    """Close the panel, or the bar that leads back to it, and go back to the latest messages."""
    close = page.locator(":is([data-search-close], .search-back .icon-button):visible")
    if close.count():
        close.click()
        page.locator("#chat-log").evaluate("log => log.scrollTo(0, log.scrollHeight)")


def open_people(page: Page) -> None:
    open_pane(page, "people")


def leave_room(page: Page, at: int = 0) -> None:
    """Leave a room of the list."""
    open_pane(page, "rooms")
    page.locator(".rooms-more").nth(at).focus()
    page.keyboard.press("Enter")
    page.locator("[data-room-action=leave]").press("Enter")


def open_pane(page: Page, name: str) -> None:
    toggle = page.locator(f"[data-toggle={name}]")
    if toggle.get_attribute("aria-expanded") == "false":
        toggle.click()
    expect(page.locator(f"[data-pane={name}]")).to_be_visible()


def leave_state(page: Page) -> None:
    """Close what a state opened."""
    if not message_field(page).count():
        return
    close_search(page)
    for _ in range(3):
        page.keyboard.press("Escape")
    expect(page.locator("dialog[open], :popover-open")).to_have_count(0)
    if re.match("[@:/]", message_field(page).input_value()):
        message_field(page).fill("")
