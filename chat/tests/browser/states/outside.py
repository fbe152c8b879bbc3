"""The states of pages that are not rooms, and of an empty room."""

import re
from typing import Any
from uuid import uuid4

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from playwright.sync_api import Page, Route, expect

from chat.models import Member, ModerationAct
from chat.tests.browser.room_page import (
    expect_connected,
    keep_room,
)
from chat.tests.browser.states.lists import OUTSIDE, in_lists
from chat.tests.browser.states.opening import leave_room, open_pane
from chat.web.moderation.log.filters import LogForm
from chat.web.moderation.log.lines import Line, Undo


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
