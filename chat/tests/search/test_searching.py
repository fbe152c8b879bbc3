"""What is found, by whom, in which order."""

from typing import Any

import pytest
from django.db import connection

from chat.journal import Delete, Edit
from chat.models import Member, Message, Room, RoomName, Subscription
from chat.search import searching
from chat.search.matching import match_texts
from chat.tests.search.support import page, say, texts
from chat.tests.support.private_rooms import applied, new_members_room

pytestmark = pytest.mark.django_db

FAR = 50_000  # keys between messages that the index does not look at together


@pytest.fixture
def rooms(kitchen: Room, ada: Member) -> list[Room]:
    """So many that PostgreSQL looks at the newest messages first."""
    named = [Room.objects.ensure(RoomName.parse(f"room-{it}")) for it in range(4)]
    for it in named:
        Subscription.objects.keep(ada, it)
    return [kitchen, *named]


def test_a_message_is_found_as_soon_as_it_is_stored(kitchen: Room, ada: Member) -> None:
    say(kitchen, ada, "the kettle is on")
    assert texts(ada, "kett") == ["the kettle is on"]


def test_an_edit_is_found_by_its_new_words_only(kitchen: Room, ada: Member) -> None:
    seq = say(kitchen, ada, "the kettle is on")
    applied(Edit(kitchen.pk, ada.pk, seq, "the teapot is on"))
    assert (texts(ada, "kettle"), texts(ada, "teapot")) == ([], ["the teapot is on"])


def test_a_deleted_message_is_found_by_nothing(kitchen: Room, ada: Member) -> None:
    seq = say(kitchen, ada, "the kettle is on")
    applied(Delete(kitchen.pk, ada.pk, seq))
    assert (texts(ada, "kettle"), texts(ada, "from:Ada")) == ([], [])


def test_the_newest_comes_first_and_pages_go_on(kitchen: Room, ada: Member) -> None:
    for number in range(5):
        say(kitchen, ada, f"kettle number{number}")
    first = page(ada, "kettle", limit=2)
    second = page(ada, "kettle", before=first.before, limit=2)
    third = page(ada, "kettle", before=second.before, limit=2)
    found = [it.state.text[-1] for pages in (first, second, third) for it in pages.results]
    assert found == ["4", "3", "2", "1", "0"]
    assert (first.more, second.more, third.more) == (True, True, False)


def test_long_texts_that_do_not_match_end_a_page_early(
    kitchen: Room, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has the words, and none but the oldest has the phrase: that is found in its text."""
    monkeypatch.setattr(searching, "LOOKED_AT_BYTES", 3_000)
    looked_at: list[str] = []
    say(kitchen, ada, "the kettle")
    for _ in range(6):
        say(kitchen, ada, f"kettle the {'чай ' * 200}")

    def noted(texts: list[str], terms: Any) -> Any:
        looked_at.extend(texts)
        return match_texts(texts, terms)

    monkeypatch.setattr(searching, "match_texts", noted)
    counts, results = [], page(ada, '"the kettle"')
    while results.more:
        assert not results.results
        counts.append(len(looked_at))
        results = page(ada, '"the kettle"', before=results.before)
    assert [it.state.text for it in results.results] == ["the kettle"]
    assert (counts, len(looked_at)) == ([3, 6], 7)


def test_rooms_of_others_have_nothing_for_me(kitchen: Room, ada: Member, ben: Member) -> None:
    den = new_members_room(ben)
    say(den, ben, "the kettle is in the den")
    assert texts(ada, "kettle") == []
    assert texts(ben, "kettle") == ["the kettle is in the den"]


@pytest.mark.parametrize("count", [1, 4])  # in each place: few, and many
def test_messages_that_lie_far_apart_are_found_the_newest_first(
    rooms: list[Room], ada: Member, count: int
) -> None:
    said = []
    for place in range(10):
        go_on_at(1 + place * FAR)
        for number in range(count):
            said.append(f"kettle {place} {number}")
            say(rooms[number], ada, said[-1])
    assert texts(ada, "kettle") == said[::-1][:20]


@pytest.mark.parametrize("typed", ["before:2000-01-01", "kettle before:2000-01-01"])
def test_before_all_messages_is_nothing(rooms: list[Room], ada: Member, typed: str) -> None:
    say(rooms[0], ada, "the kettle is on")
    assert texts(ada, typed) == []


@pytest.mark.parametrize("typed", ["after:2026-11-28", "kettle after:2026-11-28"])
def test_after_all_messages_is_nothing(rooms: list[Room], ada: Member, typed: str) -> None:
    say(rooms[0], ada, "the kettle is on")
    assert texts(ada, typed) == []


def test_where_nothing_was_said_is_nothing(rooms: list[Room], ada: Member) -> None:
    assert rooms
    assert (texts(ada, "kettle"), texts(ada, "kettle before:2000-01-01")) == ([], [])


def go_on_at(key: int) -> None:
    """The next message has this primary key."""
    next_key = {
        "sqlite": "UPDATE sqlite_sequence SET seq = %(key)s - 1 WHERE name = %(table)s",
        "postgresql": "SELECT setval(pg_get_serial_sequence(%(table)s, 'id'), %(key)s, FALSE)",
    }
    with connection.cursor() as cursor:
        values: dict[str, int | str] = {"key": key, "table": Message._meta.db_table}
        cursor.execute(next_key[connection.vendor], values)
