"""Connections to a SQLite file."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction

from chat.models import Member

IS_SQLITE = connection.vendor == "sqlite"


def count_in_new_connection() -> tuple[int, str]:
    try:
        with connection.cursor() as cursor:
            [(mode,)] = cursor.execute("PRAGMA journal_mode").fetchall() if IS_SQLITE else [("",)]
        return Member.objects.count(), mode
    finally:
        connection.close()


def test_whoever_comes_to_read_waits_for_no_writer(transactional_db: None) -> None:
    with transaction.atomic(), ThreadPoolExecutor(1) as thread:
        Member.objects.create(name="Ada")
        counted = thread.submit(count_in_new_connection).result()
    assert counted == (0, "wal" if IS_SQLITE else "")
