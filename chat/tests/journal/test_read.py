"""The reads that pages and cursors make are each one indexed query."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.journal import read
from chat.tests.test_views import room_with

READS = {
    "changes after a cursor": lambda room: read.changes(room, 50, 20),
    "posts after a cursor": lambda room: read.posts(room, 50, 20),
    "the newest page": lambda room: read.page(room, 20),
    "an older page": lambda room: read.page(room, 20, before=50),
}


@pytest.mark.django_db
@pytest.mark.parametrize("reading", READS.values(), ids=READS.keys())
def test_a_read_is_one_query_on_an_index(reading: Any) -> None:
    room = room_with(100)
    with CaptureQueriesContext(connection) as queries:
        reading(room.pk)
    [query] = queries.captured_queries
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET enable_seqscan = off")  # a hundred rows are not worth an index
        cursor.execute(f"EXPLAIN {QUERY_PLAN[connection.vendor]} {query['sql']}")
        plan = "\n".join(str(row) for row in cursor.fetchall()).upper()
    assert "SCAN CHAT_MESSAGE" not in plan
    assert "SEQ SCAN" not in plan
    assert "TEMP B-TREE" not in plan
    assert "INDEX" in plan


QUERY_PLAN = {"sqlite": "QUERY PLAN", "postgresql": ""}
