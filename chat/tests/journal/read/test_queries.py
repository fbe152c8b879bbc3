"""The reads that pages and cursors make are each one indexed query."""

from typing import Any

import pytest

from chat.journal.read import queries
from chat.models import Message
from chat.tests.journal.plans import LENGTH, assert_is_one_indexed_query, long_room
from chat.tests.web.test_views import room_with

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


@pytest.mark.django_db
def test_a_page_for_a_feed_leaves_out_what_changed_after_its_head() -> None:
    room = room_with(60)
    Message.objects.filter(room=room, seq=40).update(version=61, text="edited")
    entries, more = queries.page(room.pk, 50, as_of=58)
    assert [entry.seq for entry in entries] == [seq for seq in range(9, 59) if seq != 40]
    assert more
