"""Two transactions at once: the second begins while the first is open, and may wait for it."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import connection, connections, transaction

WAITS_FOR_US = """
    SELECT count(*) FROM pg_locks
    WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))
"""


def result_of_second(first: Callable[[], object], second: Callable[[], object]) -> object:
    """What `second` returns, or raises, when it begins before `first` is committed."""
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            rival = pool.submit(_in_own_connection, second)
            _wait_until_blocked(rival)
        return rival.result()


def _in_own_connection(call: Callable[[], object]) -> object:
    try:
        return call()
    finally:
        connections.close_all()


def _wait_until_blocked(rival: "Future[object]") -> None:
    """On SQLite, whatever writes waits for the commit."""
    while connection.vendor == "postgresql" and not rival.done():
        with connection.cursor() as cursor:
            cursor.execute(WAITS_FOR_US)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
