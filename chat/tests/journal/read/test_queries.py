"""The reads that pages and cursors make are each one indexed query."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.journal.read import queries
from chat.models import Message, Room, RoomName
from chat.tests.support.bulk_messages import bulk_message_sql
from chat.tests.web.test_views import room_with

LENGTH = 20_000  # of the room: enough for a planner to want the index

READS = {
    "a resume from 400 behind": lambda room: queries.changes(room, LENGTH - 400, 500),
    "posts after a cursor": lambda room: queries.posts(room, LENGTH - 400, 500),
    "the newest page": lambda room: queries.page(room, 50),
    "the newest page for a feed": lambda room: queries.page(room, 50, as_of=LENGTH),
    "a page at the far end": lambda room: queries.page(room, 50, before=500),
}
INDEX = {"sqlite": "INDEX sqlite_autoindex_chat_message_", "postgresql": " message_"}
EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}


@pytest.mark.django_db
@pytest.mark.parametrize("reading", READS.values(), ids=READS.keys())
def test_a_read_is_one_query_on_an_index_however_long_the_room(reading: Any) -> None:
    room = Room.objects.ensure(RoomName.parse("lobby"))
    with connection.cursor() as cursor:
        for statement in bulk_message_sql(connection.vendor, room.key, LENGTH):
            cursor.execute(statement)
    with CaptureQueriesContext(connection) as queries:
        reading(room.pk)
    [query] = queries.captured_queries
    with connection.cursor() as cursor:
        cursor.execute(f"{EXPLAIN[connection.vendor]} {query['sql']}")
        plan = "\n".join(str(row) for row in cursor.fetchall())
    assert INDEX[connection.vendor] in plan, plan
    # PostgreSQL may sort the few that the index gave it; SQLite says so only of a whole range.
    for slow in ("SCAN chat_message", "Seq Scan on chat_message", "TEMP B-TREE"):
        assert slow not in plan, plan


@pytest.mark.django_db
def test_a_page_for_a_feed_leaves_out_what_changed_after_its_head() -> None:
    room = room_with(60)
    Message.objects.filter(room=room, seq=40).update(version=61, text="edited")
    entries, more = queries.page(room.pk, 50, as_of=58)
    assert [entry.seq for entry in entries] == [seq for seq in range(9, 59) if seq != 40]
    assert more
