"""The rooms in the sidebar and their unread counts. A room is known by its id, not by its name."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from chat.tests.browser.conftest import page_factory
from chat.tests.browser.layout import box_of
from chat.tests.browser.modules import without_room_script
from chat.tests.browser.room_page import PHONE, Enter, NewPage, enter_room, keep_room, sidebar_row
from chat.tests.browser.socket_person import socket_person
from chat.tests.support.servers import Server

# Each step is a method of Rooms and its arguments. Returns the rooms after the last step.
APPLY = """async ({ current, steps }) => {
  const { Rooms } = await import("/static/chat/js/rooms/rooms.js");
  const rooms = new Rooms(current, () => {});
  steps.forEach(([method, ...values]) => rooms[method](...values));
  return rooms.all;
}"""
SHOW_ROOMS = """async (listed) => {
  const { Rooms } = await import("/static/chat/js/rooms/rooms.js");
  const { RoomsView } = await import("/static/chat/js/rooms/rooms_view.js");
  window.rooms ??= new Rooms({ id: null }, () => {});
  window.view ??= new RoomsView(rooms, () => {});
  rooms.replace(listed);
  view.update();
}"""
REPLACE_ROW = """(id) => {
  const row = document.createElement("li");
  row.textContent = `left ${id}`;
  view.replaceRow(id, row);
}"""
TIME = "2026-11-22T14:03:10Z"


def listed(id: str, name: str, **fields: Any) -> dict[str, Any]:
    room = {"id": id, "name": name, "topic": "", "posted_at": TIME, "muted": False}
    return room | {"seq": 1, "read": 1, "unread": 0, "mentions": 0} | fields


def news(id: str, name: str, *posts: int) -> dict[str, Any]:
    return {"id": id, "name": name, "posted_at": TIME, "posts": posts, "mentions": []}


def apply(page: Page, *steps: list[Any], current: str | None = None) -> dict[str, Any]:
    """The rooms after these steps, by id."""
    rooms = page.evaluate(APPLY, {"current": {"id": current}, "steps": steps})
    return {room["id"]: room for room in rooms}


def test_rooms_of_the_same_name_are_counted_apart(modules_page: Page) -> None:
    rooms = apply(
        modules_page,
        ["replace", [listed("a", "Tea", unread=2), listed("b", "Tea")]],
        ["applyNews", [news("b", "Tea", 2)]],
        ["markRead", "a", 1],
    )
    assert {id: room["unread"] for id, room in rooms.items()} == {"a": 0, "b": 1}


def test_a_post_that_is_reported_twice_counts_once(modules_page: Page) -> None:
    rooms = apply(
        modules_page,
        ["replace", [listed("a", "Tea", seq=7, unread=2)]],
        ["applyNews", [news("a", "Tea", 7, 8)]],
        ["applyNews", [news("a", "Tea", 8)]],
    )
    assert rooms["a"]["unread"] == 3


def test_a_room_that_i_keep_stays_kept_though_an_older_list_arrives(modules_page: Page) -> None:
    looked_at, kept = listed("a", "Tea", kept=False), listed("a", "Tea")
    older: list[list[Any]] = [["keep", "a"], ["replace", [looked_at]]]
    assert apply(modules_page, *older)["a"]["kept"]
    assert apply(modules_page, ["replace", [looked_at]], *older)["a"]["kept"]
    left: list[list[Any]] = [["replace", [kept]], ["replace", [looked_at]]]
    assert not apply(modules_page, *older, *left)["a"]["kept"]


def test_a_deleted_message_is_no_longer_counted(modules_page: Page) -> None:
    mention = news("a", "Tea", 2, 3) | {"mentions": [3]}
    gone = news("a", "Tea") | {"deleted": [3], "unmentioned": [3]}
    rooms = apply(
        modules_page,
        ["replace", [listed("a", "Tea")]],
        ["applyNews", [mention]],
        ["applyNews", [gone]],
    )
    assert (rooms["a"]["unread"], rooms["a"]["mentions"]) == (1, 0)


def test_the_list_is_requested_again_when_a_counted_message_is_deleted(modules_page: Page) -> None:
    requested = modules_page.evaluate(
        """async ([listed, gone]) => {
          const { Rooms } = await import("/static/chat/js/rooms/rooms.js");
          return new Promise((requestList) => {
            const rooms = new Rooms({ id: null }, () => requestList(true));
            rooms.replace([listed]);
            rooms.applyNews([gone]);
          });
        }""",
        [listed("a", "Tea", seq=7, read=1, unread=2), news("a", "Tea") | {"deleted": [7]}],
    )
    assert requested


def test_news_reach_a_renamed_room(modules_page: Page) -> None:
    rooms = apply(
        modules_page,
        ["replace", [listed("a", "Tea")]],
        ["applyNews", [news("a", "Coffee", 2, 3)]],
    )
    assert rooms["a"]["unread"] == 2


def test_the_room_of_the_page_is_found_by_its_id_and_has_no_counts(modules_page: Page) -> None:
    rooms = apply(
        modules_page,
        ["replace", [listed("a", "Tea", unread=2), listed("b", "Tea", unread=2)]],
        current="a",
    )
    assert {id: room["isCurrent"] for id, room in rooms.items()} == {"a": True, "b": False}
    assert {id: room["unread"] for id, room in rooms.items()} == {"a": 0, "b": 2}


def test_a_change_of_mine_shows_until_the_list_has_it_or_it_fails(modules_page: Page) -> None:
    both = ["replace", [listed("a", "Tea", unread=2), listed("b", "Books")]]
    muted, left = ["assume", "a", {"muted": True}], ["assume", "b", {"isLeft": True}]
    rooms = apply(modules_page, both, muted, left, both)  # a list from before the change
    assert (set(rooms), rooms["a"]["muted"], rooms["a"]["unread"]) == ({"a"}, True, 0)
    rooms = apply(modules_page, both, muted, ["dropAssumed", "a"])
    assert (rooms["a"]["muted"], rooms["a"]["unread"]) == (False, 2)
    rooms = apply(modules_page, both, left, ["keepAssumed", "b"])
    assert set(rooms) == {"a"}
    rooms = apply(modules_page, both, left, ["keepAssumed", "b"], both)  # back, in another tab
    assert set(rooms) == {"a", "b"}


@pytest.mark.parametrize("options", [PHONE, {"viewport": {"width": 1000, "height": 700}}])
def test_the_rooms_button_shows_that_another_room_has_news_and_whether_for_me(
    enter: Enter, server: Server, room: str, options: dict[str, Any]
) -> None:
    page = enter("Alice", f"{room} 2", **options)
    keep_room(page)
    enter_room(page, server, "Alice", room)
    button, badge = page.locator("[data-toggle=rooms]"), page.locator("[data-rooms-badge]")
    expect(button).to_have_accessible_name("Rooms")
    with socket_person(server, f"{room} 2") as bob, socket_person(server, room) as carol:
        carol.post("@Alice, here")
        expect(page.locator(".mentions-me")).to_have_count(1)
        expect(badge).to_be_hidden()
        bob.post("hello")
        expect(badge).to_be_visible()
        expect(badge).to_be_empty()
        expect(button).to_have_accessible_name("Rooms, 1 unread")
        mention = bob.post("@Alice?")
        expect(badge).to_have_text("1")
        expect(button).to_have_accessible_name("Rooms, 2 unread, 1 mention")
        bob.delete(mention)
        expect(badge).to_be_empty()
    button.click()
    expect(button).to_have_accessible_name("Rooms, 1 unread")
    sidebar_row(page, f"{room} 2").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{room} 2")
    expect(badge).to_be_hidden()
    expect(button).to_have_accessible_name("Rooms")


@pytest.fixture(scope="module")
def sidebar_page(browser: Browser) -> Iterator[Page]:
    with page_factory(browser) as new:
        yield without_room_script(new("Alice"))


@pytest.fixture
def sidebar(sidebar_page: Page, server: Server) -> Page:
    """A room page that runs only the sidebar."""
    sidebar_page.goto(f"{server.url}/chat/tea/")
    return sidebar_page


def test_the_row_of_a_renamed_room_has_its_new_name_and_address(sidebar: Page) -> None:
    sidebar.evaluate(SHOW_ROOMS, [listed("a", "Tea"), listed("b", "Books")])
    row = sidebar_row(sidebar, "Tea").element_handle()
    sidebar.evaluate(SHOW_ROOMS, [listed("b", "Books"), listed("a", "Green tea")])
    renamed = sidebar_row(sidebar, "Green tea")
    expect(renamed.get_by_role("link")).to_have_attribute("href", "/chat/Green%20tea/")
    expect(renamed.get_by_role("button", name="Options for Green tea")).to_be_attached()
    assert renamed.evaluate("(renamed, row) => renamed === row", row)


BOXES = """() => [...document.querySelectorAll(".rooms-row")].map((row) => {
  const marks = [...row.querySelectorAll(".rooms-count, .rooms-muted")];
  const mark = marks.findLast((it) => it.checkVisibility());
  const [outer, inner] = [row, mark].map((it) => it.getBoundingClientRect());
  return [inner.right - outer.right, inner.top + inner.bottom - outer.top - outer.bottom];
})"""


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "touch"])
def test_badges_and_mute_marks_stand_in_a_column_in_the_middle_of_their_rows(
    server: Server, new_page: NewPage, touch: bool
) -> None:
    page = without_room_script(new_page("Alice", has_touch=touch, is_mobile=touch))
    page.goto(f"{server.url}/chat/tea/")
    rooms = [
        listed("a", "Donaudampfschifffahrtsgesellschaft", unread=2),
        listed("b", "غرفة", unread=1, mentions=1),
        listed("c", "Many", unread=100),
        listed("d", "Muted", muted=True),
        listed("e", "ห้องชา ปู่", muted=True, mentions=1),
    ]
    page.evaluate(SHOW_ROOMS, rooms)
    page.evaluate("document.documentElement.classList.add('shows-rooms')")
    boxes = page.evaluate(BOXES)
    assert len(boxes) == len(rooms)
    rights, middles = zip(*boxes, strict=True)
    assert max(rights) - min(rights) < 0.5
    assert max(map(abs, middles)) <= 1


def test_the_options_of_a_room_take_the_place_of_its_badge(sidebar: Page) -> None:
    sidebar.evaluate(SHOW_ROOMS, [listed("a", "Tea", unread=2)])
    sidebar.evaluate("document.documentElement.classList.add('shows-rooms')")
    badge = sidebar.locator(".rooms-count")
    before = box_of(badge)
    sidebar.locator(".rooms-row").hover()
    expect(badge).to_be_hidden()
    button = box_of(sidebar.locator(".rooms-more"))
    assert button["x"] <= before["x"]
    assert before["x"] + before["width"] <= button["x"] + button["width"]
    sidebar.mouse.move(0, 0)
    expect(badge).to_be_visible()


def test_the_row_of_a_room_that_was_left_is_replaced_in_its_place(sidebar: Page) -> None:
    """Whether the room is still listed, or gone from the list already."""
    rooms = [listed(id, id.upper()) for id in "abcd"]
    sidebar.evaluate(SHOW_ROOMS, rooms)
    sidebar.evaluate(SHOW_ROOMS, [it for it in rooms if it["id"] != "b"])
    for id in "bc":
        sidebar.evaluate(REPLACE_ROW, id)
    rows = sidebar.locator("[data-rooms] > li")
    expect(rows).to_have_text(["A", "left b", "left c", "D"])
    sidebar.evaluate("view.restoreRow('b')")
    expect(rows).to_have_text(["A", "left b", "left c", "D"])
    sidebar.evaluate(SHOW_ROOMS, rooms)
    expect(rows).to_have_text(["A", "B", "left c", "D"])


def test_a_first_visitor_learns_the_id_of_the_new_room_from_the_server(
    enter: Enter, room: str
) -> None:
    page = enter("Alice")
    assert page.locator("#room-id").text_content() == "null"
    expect(sidebar_row(page, room).get_by_role("link")).to_have_attribute("aria-current", "page")
