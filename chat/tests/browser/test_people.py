"""Searching people to mention; and where their names are shown."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chat.formatting import NAME_MAX_CHARACTERS
from chat.tests.browser.layout import box_of, cut_off
from chat.tests.browser.modules import URL_PATH
from chat.tests.browser.room_page import SMALL_PHONE, Enter, send_message
from chat.tests.browser.socket_person import socket_person
from chat.tests.browser.states import open_people
from chat.tests.support.servers import Server

SEARCH = f"""async (query) => {{
  const {{ People }} = await import("{URL_PATH}/people/people.js");
  const people = new People({{ id: "me", name: "Me" }});
  const person = (name) => ({{ id: name, name }});
  people.replace({{ count: 3, people: ["Bob", "Bill Bobson", "Zoe Bo"].map(person) }});
  const speakers = ["Bobby Gone", "Zoe Bo", "Bob", "Carl Bo"].map(person); // the latest first
  return people.search(query, speakers).map(({{ name }}) => name);
}}"""


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("bo", ["Bob", "Bobby Gone", "Zoe Bo", "Bill Bobson", "Carl Bo"]),
        ("", ["Zoe Bo", "Bob", "Bill Bobson", "Bobby Gone", "Carl Bo"]),
        ("bob", ["Bob", "Bobby Gone", "Bill Bobson"]),
    ],
)
def test_names_that_begin_so_come_first_then_who_is_here_then_who_spoke_last(
    modules_page: Page, query: str, names: list[str]
) -> None:
    assert modules_page.evaluate(SEARCH, query) == names


def test_people_of_one_name_stand_in_the_same_order_for_everybody(modules_page: Page) -> None:
    script = f"""async (ids) => {{
      const {{ People }} = await import("{URL_PATH}/people/people.js");
      const people = new People({{ id: "me", name: "Me" }});
      people.replace({{ count: ids.length, people: ids.map((id) => ({{ id, name: "Ada" }})) }});
      return people.sorted.map(({{ id }}) => id);
    }}"""
    orders = [modules_page.evaluate(script, ids) for ids in (["7f", "90"], ["90", "7f"])]
    assert orders == [["7f", "90"], ["7f", "90"]]


LONGEST = ("Wilhelmina Featherstonehaugh-Cholmondeley the Younger " * 3)[
    :NAME_MAX_CHARACTERS
].strip()

# Names that are wider than their place and do not end in an ellipsis.
CUT = """nodes => nodes.filter((node) => {
  const { overflowX, textOverflow } = getComputedStyle(node);
  const isWhole = node.scrollWidth <= node.clientWidth;
  return !isWhole && (overflowX === "visible" || textOverflow !== "ellipsis");
}).map(({ className }) => className)"""


@pytest.mark.parametrize("options", [SMALL_PHONE, {}, {"viewport": {"width": 1440, "height": 900}}])
def test_the_longest_name_ends_in_an_ellipsis_and_leaves_room_for_the_rest(
    enter: Enter, server: Server, room: str, options: dict[str, Any]
) -> None:
    page = enter(LONGEST, reduced_motion="reduce", **options)
    send_message(page, "I was here, and wrote a line that is long enough to be cut")
    expect(page.locator(".message:not(.is-pending)")).to_have_count(1)
    with socket_person(server, room) as bob:
        bob.post("an answer", reply_to=1)
        expect(page.locator(".quote")).to_be_visible()
        quote = box_of(page.locator(".quote"))
        assert box_of(page.locator(".quote-text"))["width"] > 0.4 * quote["width"]
        open_people(page)
        names = page.locator(".me, .people-name, .message-author, .quote-author")
        expect(names).to_have_count(6)
        assert names.evaluate_all(CUT) == []
        assert cut_off(page) == []
    expect(page.locator(".me")).to_have_attribute("title", LONGEST)
