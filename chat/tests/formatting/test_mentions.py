from uuid import UUID

import pytest

from chat.formatting import mention_candidates, name_key, render
from chat.tests.formatting.html import ParsedHTML

ALICE, ALICE_SMITH, BOB, OTHER_BOB, DOT, XIAOMING, DA = map(
    UUID, (f"{it:032}" for it in range(1, 8))
)
PEOPLE = {
    "alice": [ALICE],
    "alice smith": [ALICE_SMITH],
    "bob": [BOB, OTHER_BOB],
    "d.o.t": [DOT],
    "room": [DOT],
    "小明": [XIAOMING],
    "ดา": [DA],
}


def mentions_in_html(typed: str) -> list[str]:
    """The uids that each mention in the HTML carries."""
    spans = ParsedHTML(render(typed, PEOPLE).html).find_all("span")
    return [
        span.attributes["data-member"] or "" for span in spans if "data-member" in span.attributes
    ]


def test_a_mention_is_shown_as_typed() -> None:
    rendered = render("hi @ALICE!", PEOPLE)
    assert rendered.html == (
        f'<p>hi <span class="mention" data-member="{ALICE}">@ALICE</span>!</p>'
    )
    assert (rendered.mentioned, rendered.everybody) == ((ALICE,), False)


MENTIONED = {
    "the longest known name": ("@alice smith", [ALICE_SMITH]),
    "a known name before other words": ("@alice smithers", [ALICE]),
    "a name in a sentence": ("@alice's, (@d.o.t).", [ALICE, DOT]),
    "a name in formatting": ("**@alice** ||@d.o.t||", [ALICE, DOT]),
    "a name in a quote": ("> @alice", [ALICE]),
    "a name after a slash": ("and/@alice", [ALICE]),
    "a name in emphasis of underscores": ("_@alice_ __@d.o.t__", [ALICE, DOT]),
    "a name among ideographs": ("谢谢@alice你", [ALICE]),
    "a name after many of nobody and of code": (
        " ".join(f"@eve{number} `@x`" for number in range(40)) + " @alice",
        [ALICE],
    ),
    "a name after sixty of nobody": (
        "\n".join(f"@eve{number} is out" for number in range(60)) + " @alice",
        [ALICE],
    ),
    "a name after sixty times another": ("@d.o.t " * 60 + "@alice", [DOT] * 60 + [ALICE]),
    "a name behind a wide sign": ("＠Alice，﹫d.o.t 谢谢", [ALICE, DOT]),
    "names side by side": (
        "@alice@d.o.t@小明 ＠alice＠小明",
        [ALICE, DOT, XIAOMING, ALICE, XIAOMING],
    ),
    "names side by side in bold": ("**@alice@小明**", [ALICE, XIAOMING]),
    "a name among letters of Thai": ("ขอบคุณ@ดาค่ะ", [DA]),
    "a part of a name in Thai": ("@ดาู", []),
    "a name behind two signs": ("@@alice", [ALICE]),
    "unknown names": ("@eve @alicea @bobby a@alice @eve@alice", []),
    "an e-mail address": ("alice@alice.com x.@alice.com", []),
    "code": ("`@alice`\n```\n@alice\n```", []),
    "a link": ("[@alice](http://a.b)", []),
    "a URL": ("example.com/@alice https://example.com/@alice", []),
    "an escape": (r"\@alice \＠alice", []),
}


@pytest.mark.parametrize("name", ["O'Neil", "O’Neil"])
def test_a_name_is_mentioned_with_the_apostrophe_of_telephones(name: str) -> None:
    assert name_key(name) in mention_candidates("@O’Neil")
    assert render("@O’Neil’s", {name_key(name): [ALICE]}).mentioned == (ALICE,)


@pytest.mark.parametrize(("typed", "mentioned"), MENTIONED.values(), ids=MENTIONED.keys())
def test_mentions_reach_members_by_name(typed: str, mentioned: list[UUID]) -> None:
    assert mentions_in_html(typed) == [str(uid) for uid in mentioned]
    assert render(typed, PEOPLE).mentioned == tuple(dict.fromkeys(mentioned))


def test_members_of_the_same_name_are_mentioned_once_each() -> None:
    rendered = render("@bob @alice @Bob", PEOPLE)
    assert rendered.mentioned == (BOB, OTHER_BOB, ALICE)
    assert mentions_in_html("@bob") == [f"{BOB} {OTHER_BOB}"]


def test_a_mention_reaches_five_members_of_the_same_name() -> None:
    guests = [UUID(int=number) for number in range(9)]
    assert render("@guest", {"guest": guests}).mentioned == tuple(guests[:5])


def test_a_text_mentions_fifty_names_and_these_as_often_as_they_stand() -> None:
    people = {f"guest{number}": [UUID(int=number)] for number in range(60)}
    text = " ".join(f"@{name}" for name in [*people, "guest0"])
    assert render(text, people).mentioned == tuple(UUID(int=number) for number in range(50))
    assert render(text, people).html.count("data-member") == 51


def test_a_mention_says_how_many_members_of_the_name_it_does_not_reach() -> None:
    people = {"guest": [UUID(int=number) for number in range(5)]}
    assert "data-others" not in render("@guest", people, {"guest": 5}).html
    assert 'data-others="3"' in render("@guest", people, {"guest": 8}).html


def test_at_room_mentions_everybody_even_if_a_member_has_that_name() -> None:
    rendered = render("@room, lunch", PEOPLE)
    assert rendered.html == '<p><span class="mention" data-room="">@room</span>, lunch</p>'
    assert (rendered.mentioned, rendered.everybody) == ((), True)


@pytest.mark.parametrize("typed", ["@rooms", "`@room`", "a@room"])
def test_other_texts_with_room_mention_nobody(typed: str) -> None:
    assert not render(typed, PEOPLE).everybody


@pytest.mark.parametrize(
    "name", ["Łukasz Żółć", "小明", "O'Neil-Ng Jr.", "🦊 Fox", "a_b*c*", "अमित"]
)
def test_a_name_of_any_characters_can_be_mentioned(name: str) -> None:
    text = f"hello @{name}, you"
    assert name_key(name) in mention_candidates(text)
    assert render(text, {name_key(name): [ALICE]}).mentioned == (ALICE,)


def test_a_name_is_escaped_in_html() -> None:
    typed = '@<img src="x">'
    assert render(typed, {name_key(typed[1:]): [ALICE]}).html == (
        f'<p><span class="mention" data-member="{ALICE}">@&lt;img src="x"&gt;</span></p>'
    )
