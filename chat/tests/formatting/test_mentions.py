from uuid import UUID

import pytest

from chat.formatting import candidates, name_key, render
from chat.tests.formatting.page import Page

ALICE, ALICE_SMITH, BOB, OTHER_BOB, DOT = (UUID(int=number) for number in range(1, 6))
PEOPLE = {
    "alice": [ALICE],
    "alice smith": [ALICE_SMITH],
    "bob": [BOB, OTHER_BOB],
    "d.o.t": [DOT],
    "room": [DOT],
}


def mentions(typed: str) -> list[str]:
    """What is shown as a mention, and whom it means."""
    spans = Page(render(typed, PEOPLE).html).of("span")
    return [
        span.attributes["data-member"] or "" for span in spans if "data-member" in span.attributes
    ]


def test_alice_is_mentioned_as_she_was_typed() -> None:
    rendered = render("hi @ALICE!", PEOPLE)
    assert rendered.html == (
        f'<p>hi <span class="mention" data-member="{ALICE}">@ALICE</span>!</p>'
    )
    assert (rendered.mentioned, rendered.everybody) == ((ALICE,), False)


CALLS = {
    "the longest name": ("@alice smith", [ALICE_SMITH]),
    "a part of a name": ("@alice smithers", [ALICE]),
    "a name in a sentence": ("@alice's, (@d.o.t).", [ALICE, DOT]),
    "a name in a mark": ("**@alice** ||@d.o.t||", [ALICE, DOT]),
    "a name in a quote": ("> @alice", [ALICE]),
    "a name after a slash": ("and/@alice", [ALICE]),
    "nobody": ("@eve @alicea @bobby a@alice", []),
    "an e-mail address": ("alice@alice.com x.@alice.com", []),
    "code": ("`@alice`\n```\n@alice\n```", []),
    "a link": ("[@alice](http://a.b)", []),
    "an address": ("example.com/@alice https://example.com/@alice", []),
    "an escape": (r"\@alice", []),
}


@pytest.mark.parametrize(("typed", "called"), CALLS.values(), ids=CALLS.keys())
def test_who_is_called(typed: str, called: list[UUID]) -> None:
    assert mentions(typed) == [str(uid) for uid in called]
    assert render(typed, PEOPLE).mentioned == tuple(called)


def test_both_bobs_are_called_once() -> None:
    rendered = render("@bob @alice @Bob", PEOPLE)
    assert rendered.mentioned == (BOB, OTHER_BOB, ALICE)
    assert mentions("@bob") == [f"{BOB} {OTHER_BOB}"]


def test_of_too_many_namesakes_five_are_called() -> None:
    crowd = [UUID(int=number) for number in range(9)]
    assert render("@guest", {"guest": crowd}).mentioned == tuple(crowd[:5])


def test_everybody_is_called_even_if_somebody_took_the_name() -> None:
    rendered = render("@room, lunch", PEOPLE)
    assert rendered.html == '<p><span class="mention" data-room="">@room</span>, lunch</p>'
    assert (rendered.mentioned, rendered.everybody) == ((), True)


@pytest.mark.parametrize("typed", ["@rooms", "`@room`", "a@room"])
def test_nobody_is_called_where_the_room_is_not_meant(typed: str) -> None:
    assert not render(typed, PEOPLE).everybody


@pytest.mark.parametrize(
    "name", ["Łukasz Żółć", "小明", "O'Neil-Ng Jr.", "🦊 Fox", "a_b*c*", "अमित"]
)
def test_whatever_a_name_is_made_of_it_can_be_called(name: str) -> None:
    text = f"hello @{name}, you"
    assert name_key(name) in candidates(text)
    assert render(text, {name_key(name): [ALICE]}).mentioned == (ALICE,)


def test_a_name_is_no_markup() -> None:
    typed = '@<img src="x">'
    assert render(typed, {name_key(typed[1:]): [ALICE]}).html == (
        f'<p><span class="mention" data-member="{ALICE}">@&lt;img src="x"&gt;</span></p>'
    )
