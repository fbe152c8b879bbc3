"""Searching people to mention."""

import pytest
from playwright.sync_api import Page

from chat.tests.browser.modules import URL_PATH

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
