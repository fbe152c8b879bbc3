"""Avatars: initials in every script, and colours that people can tell."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.modules import URL_PATH, call_function
from chat.tests.browser.socket_person import socket_person
from chat.tests.support.servers import Server

COLORS = 20
ZWNJ = "\u200c"  # keeps Arabic letters from joining to a word

# Each step is ["present", ids] or ["of", id]; the answer has what each step returned.
RUN = f"""async (steps) => {{
  const {{ AvatarColors }} = await import("{URL_PATH}/people/avatar_colors.js");
  const colors = new AvatarColors();
  return steps.map(([step, it]) => (step === "of" ? colors.of(it) : [...colors.setPresent(it)]));
}}"""


def member(number: int, first: int = 0) -> str:
    """The id of a member whose first choice is this colour."""
    return str(UUID(f"{first:08x}{number:024x}"))


def run(page: Page, *steps: Any) -> list[Any]:
    return list(page.evaluate(RUN, list(steps)))


def colors_of(ids: list[str]) -> list[list[Any]]:
    return [["of", it] for it in ids]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Curious Panda", "CP"),
        ("alice", "A"),
        ("Anna-Lena Müller", "AM"),
        ("Ana María de la Cruz", "AC"),
        ("O'Brien", "O"),
        ("x", "X"),
        ("User 42", "U4"),
        ("R2D2", "R"),
        ("E\u0301va", "É"),  # a letter and a combining mark
        ("ßeta", "S"),
        ("ﬁona", "F"),
        ("ǆemal", "D"),
        ("Ａｄａ", "A"),
        ("小明", "小"),
        ("やまだ たろう", "やた"),
        ("김민수", "김"),
        ("محمد الأحمد", f"م{ZWNJ}ا"),
        ("می\u200cخواهم", "م"),
        ("דנה כהן", "דכ"),
        ("प्रिया शर्मा", "प्रिश"),
        ("สมชาย ใจดี", "สจ"),
        ("เ", "เ"),
        ("გიორგი", "გ"),
        ("Ольга Иванова", "ОИ"),
        ("👩🏽‍🚀", "👩🏽‍🚀"),
        ("🇩🇪🇫🇷", "🇩🇪"),
        ("🎉 Ada", "A"),
        ("★", "★"),
        ("", "?"),
    ],
)
def test_initials_are_whole_letters_in_every_script(
    modules_page: Page, name: str, shown: str
) -> None:
    assert call_function(modules_page, "people/avatar.js", "initials", name) == shown


def test_a_color_follows_from_the_id(modules_page: Page) -> None:
    ids = [member(1, first) for first in (7, 3, 23 + COLORS)]
    assert run(modules_page, *colors_of(ids)) == [7, 3, 4]


def test_people_of_the_same_first_choice_get_different_colors(modules_page: Page) -> None:
    ids = [member(number, first=5) for number in range(COLORS)]
    _, *colors = run(modules_page, ["present", ids], *colors_of(ids))
    assert sorted(colors) == list(range(COLORS))


def test_nobody_changes_colors_when_others_leave_and_come(modules_page: Page) -> None:
    alice, bob, carol, dave = (member(number, first=5) for number in range(4))
    steps = [["of", carol], ["present", [alice, carol]], ["present", [carol, dave]], ["of", carol]]
    before, *moved, after = run(modules_page, ["of", bob], *steps)[1:]
    assert (moved, after) == ([[], []], before)


def test_somebody_who_comes_back_has_the_same_color(modules_page: Page) -> None:
    alice, bob = member(1), member(2)
    steps = [["present", [alice, bob]], ["of", bob], ["present", [alice]], ["present", [bob]]]
    _, before, _, _, after = run(modules_page, *steps, ["of", bob])
    assert after == before


def test_people_present_have_different_colors_where_many_absent_people_wrote(
    modules_page: Page,
) -> None:
    absent = [member(number, number) for number in range(COLORS)]
    authors = [member(100 + number, first=5) for number in range(COLORS)]  # all get the sixth
    steps = [*colors_of(absent), *colors_of(authors), ["present", authors], *colors_of(authors)]
    colors = run(modules_page, *steps)
    assert set(colors[COLORS : 2 * COLORS]) == {5}
    assert set(colors[2 * COLORS]) == set(authors[1:])  # whose messages are shown anew
    assert sorted(colors[-COLORS:]) == list(range(COLORS))


def test_with_more_people_than_colors_nobody_is_without_one(modules_page: Page) -> None:
    ids = [member(number, number) for number in range(COLORS + 5)]
    _, *colors = run(modules_page, ["present", ids], *colors_of(ids))
    assert colors == [number % COLORS for number in range(COLORS + 5)]


@pytest.fixture
def five_others(server: Server, room: str) -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(socket_person(server, room)).post("hello")
        yield


def test_the_people_in_a_room_have_different_colors(alice: Page, five_others: None) -> None:
    avatars = alice.locator(".people-row .avatar")
    expect(avatars).to_have_count(6)
    colors = avatars.evaluate_all("nodes => nodes.map((node) => node.dataset.color)")
    assert len(set(colors)) == 6
    expect(alice.locator(".message .avatar:visible")).to_have_count(5)
    written = alice.locator(".message .avatar")
    assert set(written.evaluate_all("nodes => nodes.map((it) => it.dataset.color)")) <= set(colors)
