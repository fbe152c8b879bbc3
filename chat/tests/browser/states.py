"""The states a page can be in, each brought about by a function whose name says which it is.

To have another state looked at, add a function here. They follow each other, on one page.
"""

import re
from collections.abc import Callable
from uuid import uuid4

from django.template.loader import render_to_string
from playwright.sync_api import Locator, Page, Route, expect

from chat.tests.browser.somebody import Somebody

State = Callable[[Page], None]
ENTRANCE: dict[str, State] = {}
ROOM: dict[str, State] = {}
PHONE: dict[str, State] = {}
LONG: dict[str, State] = {}


def among(*places: dict[str, State]) -> Callable[[State], State]:
    def add(state: State) -> State:
        for states in places:
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


def talk(somebody: Somebody, listener: str) -> None:
    """Gives a room one of everything there can be in it."""
    somebody.say("Tea and cake", kind="topic")
    first = somebody.say(MARKDOWN)
    somebody.say("and a line of the same author")
    somebody.say("waves", kind="action")
    somebody.say("an answer", reply_to=first)
    somebody.say(f"@{listener}, @{somebody.name}: what do you think? @room")
    liked = somebody.say("something to like")
    somebody.react(liked, "🎉")
    somebody.react(liked, "👍")
    somebody.edit(somebody.say("a eror"), "an error")
    somebody.delete(somebody.say("something rash"))
    somebody.say("the last word")


def field(page: Page) -> Locator:
    return page.locator("#chat-message-input")


def walk_to_the_last_message(page: Page) -> None:
    page.locator("#chat-log").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("End")
    expect(page.locator(".message").last).to_be_focused()


@among(ENTRANCE)
def this_is_the_first_visit(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("navigation")).to_have_count(0)


@among(ENTRANCE)
def the_room_has_no_name(page: Page) -> None:
    page.locator("#room-name-input").fill("a/b")
    page.locator("#room-name-submit").click()
    expect(page.get_by_text("1 to 64 characters")).to_be_visible()


@among(ENTRANCE)
def the_room_is_empty(page: Page) -> None:
    page.goto(f"/chat/nobody was in {uuid4().hex[:8]}/")
    expect(page.get_by_text("No messages yet")).to_be_visible()
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "open")


@among(ENTRANCE)
def there_are_rooms_i_was_in(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("navigation").get_by_role("link")).to_have_count(1)


@among(ENTRANCE)
def there_is_no_such_page(page: Page) -> None:
    page.goto("/nowhere/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")


@among(ENTRANCE)
def the_form_is_too_old(page: Page) -> None:
    page.goto("/")
    page.context.clear_cookies()
    page.locator("#room-name-input").fill("room")
    page.locator("#room-name-submit").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Please try again")


@among(ENTRANCE)
def i_am_not_allowed(page: Page) -> None:
    show_template(page, "403.html")
    expect(page.get_by_role("heading", level=1)).to_have_text("Access denied")


@among(ENTRANCE)
def the_server_is_broken(page: Page) -> None:
    show_template(page, "500.html")
    expect(page.get_by_role("heading", level=1)).to_have_text("Something went wrong")


@among(ENTRANCE)
def i_am_offline(page: Page) -> None:
    worker = page.request.get("/service-worker.js").text()
    address = re.findall(r'"offline": "(.+?)"', worker)[0]
    page.route(f"**{address}", keep_it_offline)
    page.goto(address)
    expect(page.get_by_role("navigation", name="Your rooms").get_by_role("link")).to_have_count(1)


def keep_it_offline(route: Route) -> None:
    """The page asks with HEAD whether the server is back, and would reload under our eyes."""
    route.abort() if route.request.method == "HEAD" else route.continue_()


def show_template(page: Page, name: str) -> None:
    """As if the server had answered with it."""
    html = render_to_string(name)
    page.route(f"**/{name}", lambda route: route.fulfill(content_type="text/html", body=html))
    page.goto(f"/{name}")


@among(LONG)
def there_is_more_unread(page: Page) -> None:
    expect(page.locator("[data-unread]")).to_be_visible()


@among(LONG)
def the_latest_is_further_down(page: Page) -> None:
    page.locator("[data-unread-go]").click()
    expect(page.locator("[data-jump]")).to_be_visible()


@among(ROOM, PHONE)
def there_is_a_conversation(page: Page) -> None:
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


@among(ROOM, PHONE)
def my_reaction_is_pressed(page: Page) -> None:
    page.locator(".reaction").first.click()
    expect(page.locator(".reaction[aria-pressed=true]")).to_have_count(1)


@among(ROOM, PHONE)
def a_message_is_focused(page: Page) -> None:
    walk_to_the_last_message(page)
    expect(page.locator("[data-actions]")).to_be_visible()


@among(ROOM, PHONE)
def the_menu_of_my_message_is_open(page: Page) -> None:
    field(page).fill("mine")
    field(page).press("Enter")
    expect(page.locator(".is-pending")).to_have_count(0)
    walk_to_the_last_message(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("menu").get_by_role("menuitem", name="Delete")).to_be_visible()


@among(ROOM, PHONE)
def an_emoji_is_searched(page: Page) -> None:
    walk_to_the_last_message(page)
    page.locator(".actions [data-action=pick]").press("Enter")
    page.locator("[data-reaction-search]").fill("hedgehog")
    expect(page.locator("[data-reaction-found] button").first).to_be_visible()


@among(ROOM, PHONE)
def a_person_is_completed(page: Page) -> None:
    field(page).press_sequentially("@")
    expect(page.get_by_role("option").first).to_be_visible()


@among(ROOM)
def an_emoji_is_completed(page: Page) -> None:
    field(page).press_sequentially(":tad")
    expect(page.get_by_role("option").first).to_be_visible()


@among(ROOM, PHONE)
def a_command_is_completed(page: Page) -> None:
    field(page).press_sequentially("/")
    expect(page.get_by_role("option").first).to_be_visible()


@among(ROOM)
def a_command_is_none(page: Page) -> None:
    field(page).fill("/dance")
    field(page).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("/dance")
    field(page).fill("")


@among(ROOM, PHONE)
def a_reply_is_written(page: Page) -> None:
    walk_to_the_last_message(page)
    page.keyboard.press("r")
    expect(page.locator("[data-composer-banner]")).to_be_visible()


@among(ROOM, PHONE)
def a_message_is_edited(page: Page) -> None:
    field(page).press("ArrowUp")
    expect(page.locator(".composer.is-editing")).to_be_visible()


@among(ROOM)
def somebody_types(page: Page) -> None:
    page.locator("[data-typing]").evaluate("place => place.textContent = 'Ada is typing…'")


@among(ROOM, PHONE)
def my_name_is_refused(page: Page) -> None:
    open_people(page)
    page.locator("[data-rename]").click()
    dialog = page.get_by_role("dialog", name="Settings")
    dialog.get_by_label("Your name").fill("\u200b")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_be_visible()


@among(ROOM, PHONE)
def the_room_is_shared(page: Page) -> None:
    page.locator("[data-share]").click()
    expect(page.get_by_role("dialog", name="Share this room")).to_be_visible()


@among(ROOM, PHONE)
def a_room_is_sought(page: Page) -> None:
    page.keyboard.press("ControlOrMeta+k")
    page.locator("[data-switcher-field]").fill("else")
    expect(page.get_by_role("dialog", name="Find a room").get_by_role("option")).to_have_count(2)


@among(ROOM, PHONE)
def no_room_has_such_a_name(page: Page) -> None:
    page.keyboard.press("ControlOrMeta+k")
    page.locator("[data-switcher-field]").fill("a/b")
    expect(page.get_by_text("This is not a valid room name")).to_be_visible()


@among(ROOM, PHONE)
def there_is_a_newer_lobby(page: Page) -> None:
    notice = page.locator("[data-update-notice]")
    notice.evaluate("notice => (notice.hidden = false)")
    expect(notice.get_by_role("button", name="Reload")).to_be_visible()


@among(ROOM, PHONE)
def there_is_no_newer_lobby(page: Page) -> None:
    page.locator("[data-update-dismiss]").click()
    expect(page.locator("[data-update-notice]")).to_be_hidden()


@among(ROOM, PHONE)
def the_topic_is_changed(page: Page) -> None:
    page.locator("[data-topic]").click()
    expect(page.get_by_role("dialog", name="What is this room about?")).to_be_visible()


@among(ROOM, PHONE)
def a_deletion_is_confirmed(page: Page) -> None:
    walk_to_the_last_message(page)
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_role("dialog", name="Delete this message?")).to_be_visible()


@among(ROOM, PHONE)
def help_is_open(page: Page) -> None:
    open_people(page)
    page.locator("[data-help]").click()
    expect(page.get_by_role("dialog", name="Help")).to_be_visible()


@among(ROOM, PHONE)
def the_menu_of_a_room_is_open(page: Page) -> None:
    open_pane(page, "rooms")
    more = page.locator(".rooms-more").first
    more.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menu", name="Room")).to_be_visible()


@among(PHONE)
def my_rooms_are_open(page: Page) -> None:
    open_pane(page, "rooms")
    expect(page.locator(".rooms-count.is-mention")).to_be_visible()


@among(PHONE)
def the_people_are_open(page: Page) -> None:
    open_people(page)
    expect(page.locator(".people-row")).to_have_count(1)


@among(ROOM)
def the_panes_are_folded(page: Page) -> None:
    for fold in page.locator("[data-pane-close]").all():
        fold.click()
    expect(page.locator("[data-toggle]:visible")).to_have_count(2)


@among(ROOM, PHONE)
def a_line_is_refused(page: Page) -> None:
    field(page).fill("no\0pe")
    field(page).press("Enter")
    expect(page.locator(".is-refused")).to_contain_text("Try again")
    page.locator("#chat-log").evaluate("log => log.scrollTo(0, log.scrollHeight)")


@among(ROOM, PHONE)
def the_connection_is_gone(page: Page) -> None:
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    field(page).fill("one for later")
    field(page).press("Enter")
    expect(page.get_by_text("Waiting for a connection")).to_be_visible()
    expect(page.get_by_role("status").first).to_contain_text("You are offline")


@among(ROOM)
def the_connection_is_sought(page: Page) -> None:
    page.evaluate("Object.defineProperty(navigator, 'onLine', { value: true })")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("button", name="Try now")).to_be_visible()


def open_people(page: Page) -> None:
    open_pane(page, "people")


def open_pane(page: Page, name: str) -> None:
    toggle = page.locator(f"[data-toggle={name}]")
    if toggle.get_attribute("aria-expanded") == "false":
        toggle.click()
    expect(page.locator(f"[data-pane={name}]")).to_be_visible()


def calm_down(page: Page) -> None:
    """Closes what a state has opened."""
    if not field(page).count():
        return
    for _ in range(3):
        page.keyboard.press("Escape")
    expect(page.locator("dialog[open], :popover-open")).to_have_count(0)
    if re.match("[@:/]", field(page).input_value()):
        field(page).fill("")
