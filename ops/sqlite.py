"""How a connection to a SQLite file begins."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver


@receiver(connection_created)
def prepare_file(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Give a new file what it can get before its first table alone; any file has its log.

    Of a file that is in use, nothing is asked that waits for whoever writes to it.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        [(pages,)] = cursor.execute("PRAGMA page_count").fetchall()
        if pages == 0:  # chat/retention/maintenance.py gives unused pages back
            cursor.execute("PRAGMA auto_vacuum=INCREMENTAL")
        cursor.execute("PRAGMA journal_mode=WAL")
