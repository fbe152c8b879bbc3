"""Reads that see one state of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from chat.journal.sql import database


@contextmanager
def snapshot() -> Iterator[None]:
    """Read what was committed when the first query ran. In a transaction, as that reads."""
    db = database()
    if db.in_atomic_block:
        yield
    elif db.vendor == "sqlite":
        yield from _of_sqlite()
    else:
        with transaction.atomic(), db.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def _of_sqlite() -> Iterator[None]:
    """Begin without the lock of writers, which Lobby's transactions take."""
    with database().cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
