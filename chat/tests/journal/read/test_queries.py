"""The reads that pages and cursors make are each one indexed query."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from chat.journal.entry import Entry, encode
from chat.journal.read import queries
from chat.models import Member, Message, Room
from chat.tests.journal.plans import LENGTH, assert_is_one_indexed_query, long_room
from chat.tests.support.history import room_with

READS = {
    "changes after a cursor": lambda room: queries.changes(room, LENGTH - 400, 500),
    "changes in a gap": lambda room: queries.changes(room, LENGTH - 400, 500, LENGTH - 300),
    "posts after a cursor": lambda room: queries.posts(room, LENGTH - 400, 500),
    "the latest page": lambda room: queries.page(room, 50),
    "the latest page for a feed": lambda room: queries.page(room, 50, as_of=LENGTH),
    "an old page": lambda room: queries.page(room, 50, before=500),
    "a page after a message": lambda room: queries.page_after(room, 50, 500),
    "single messages": lambda room: queries.at_seqs(room, [7, 500, LENGTH]),
}


@pytest.mark.django_db
@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_a_read_is_one_query_on_an_index_however_long_the_room(read: Any) -> None:
    room = long_room()
    assert_is_one_indexed_query(lambda: read(room.pk))


STATES: list[dict[str, Any]] = [
    {},
    {"text": "a </script> <!-- \u2028 \\u0041 'q' \"q\" %s \x7f", "html": "<em>a</em>"},
    {"kind": "action", "reply_to": 1, "mentions": ["room", str(uuid4())]},
    {"reactions": [{"emoji": "🎉", "count": 3, "people": [{"id": str(uuid4()), "name": "Zoë"}]}]},
    {"version": 9, "edited_at": datetime(2026, 5, 4, 3, 2, 1, 123456, tzinfo=UTC)},
    {"sent_at": datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)},  # SQLite stores no fraction
    {"version": 9, "text": "", "deleted_at": datetime(2026, 5, 4, tzinfo=UTC)},
]


@pytest.mark.django_db
@pytest.mark.parametrize("state", STATES)
def test_a_message_that_is_read_makes_the_entry_of_the_one_that_was_written(
    state: dict[str, Any],
) -> None:
    room = room_with(3)
    Message.objects.filter(room=room, seq=2).update(**state)
    [read], _ = queries.at_seqs(room.pk, [2])
    written = encode(Message.objects.select_related("author").get(room=room, seq=2))
    assert read == written
    assert list(read.unnamed) == list(written.unnamed)


@pytest.mark.django_db
def test_a_message_of_a_former_member_says_so() -> None:
    room = room_with(1)
    Member.objects.update(is_former=True)
    [read], _ = queries.at_seqs(room.pk, [1])
    assert read == encode(Message.objects.select_related("author").get(room=room))
    author = json.loads(read.json)["author"]
    assert (author["guest"], author["former"]) == (False, True)


@pytest.mark.django_db
def test_a_page_for_a_feed_leaves_out_what_changed_after_its_head() -> None:
    room = room_with(60)
    Message.objects.filter(room=room, seq=40).update(version=61, text="edited")
    entries, more = queries.page(room.pk, 50, as_of=58)
    assert [entry.seq for entry in entries] == [seq for seq in range(9, 59) if seq != 40]
    assert more


def large(room: Room, count: int) -> int:
    """Make all messages of the room equally large. Returns the size of `count` of them."""
    Message.objects.filter(room=room).update(text="\N{PARTY POPPER}" * 2_000)
    [entry] = queries.at_seqs(room.pk, [10])[0]
    return count * entry.size


@pytest.mark.django_db
def test_a_page_of_large_messages_ends_early_and_says_that_there_are_more() -> None:
    room = room_with(99)
    size = large(room, 3)
    assert shown(queries.page(room.pk, 50, size=size)) == ([97, 98, 99], True)
    assert shown(queries.page(room.pk, 50, before=13, size=size)) == ([10, 11, 12], True)
    assert shown(queries.page_after(room.pk, 50, 9, size=size)) == ([10, 11, 12], True)
    assert shown(queries.at_seqs(room.pk, range(10, 60), size)) == ([10, 11, 12], True)
    assert shown(queries.at_seqs(room.pk, [10, 11, 12], size)) == ([10, 11, 12], False)
    assert shown(queries.page_around(room.pk, 50, 40, 2 * size)[:2]) == (
        [38, 39, 40, 41, 42, 43],
        True,
    )


@pytest.mark.django_db
def test_a_message_that_is_larger_than_a_page_is_a_page() -> None:
    room = room_with(20)
    large(room, 1)
    assert shown(queries.page(room.pk, 50, size=1)) == ([20], True)
    assert shown(queries.page_after(room.pk, 50, 19, size=1)) == ([20], False)
    assert shown(queries.at_seqs(room.pk, [7, 9], size=1)) == ([7], True)
    around, more, newer = queries.page_around(room.pk, 50, 10, size=1)
    assert (shown((around, more)), newer) == (([10, 11], True), True)


@pytest.mark.django_db
def test_a_page_of_large_messages_reads_few_that_it_leaves_out(
    django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = room_with(60)
    size = large(room, 15)
    monkeypatch.setattr(queries, "READ_MESSAGES", 10)
    reads: list[Callable[[], tuple[list[Entry], bool]]] = [
        lambda: queries.page(room.pk, 50, size=size),
        lambda: queries.page_after(room.pk, 50, 0, size=size),
        lambda: queries.at_seqs(room.pk, range(1, 51), size),
    ]
    for read in reads:
        with django_assert_num_queries(2):
            entries, more = read()
        assert (len(entries), more) == (15, True)


def shown(page: tuple[list[Entry], bool]) -> tuple[list[int], bool]:
    entries, more = page
    return [entry.seq for entry in entries], more
