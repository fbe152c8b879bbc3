"""Query plans: whether a database finds messages by an index."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.models import Room, RoomName
from chat.tests.support.bulk_messages import bulk_message_sql

LENGTH = 20_000  # messages in the room: enough for a planner to want the index

INDEX = {"sqlite": "INDEX sqlite_autoindex_chat_message_", "postgresql": " message_"}
EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}


def long_room() -> Room:
    room = Room.objects.ensure(RoomName.parse("lobby"))
    with connection.cursor() as cursor:
        for statement in bulk_message_sql(connection.vendor, room.key, LENGTH):
            cursor.execute(statement)
    return room


def assert_is_one_indexed_query(read: Callable[[], Any]) -> None:
    with CaptureQueriesContext(connection) as queries:
        read()
    [query] = queries.captured_queries
    with connection.cursor() as cursor:
        cursor.execute(f"{EXPLAIN[connection.vendor]} {query['sql']}")
        plan = "\n".join(str(row) for row in cursor.fetchall())
    assert INDEX[connection.vendor] in plan, plan
    # PostgreSQL may sort the few rows of the index; SQLite reports only the sort of a whole range.
    for slow in ("SCAN chat_message", "SCAN message", "Seq Scan on chat_message", "TEMP B-TREE"):
        assert slow not in plan, plan
