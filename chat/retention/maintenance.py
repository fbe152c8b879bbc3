"""The job that keeps the database small and its plans good, each hour.

SQLite: pages that nothing uses any more go back to the file system, the write-ahead log is emptied
once it is large, and tables that have grown are analysed. Each statement holds up posts for some
milliseconds at most.

PostgreSQL does this itself (autovacuum). Tables that change with every message are looked at sooner
than its defaults say: after a fiftieth of their rows, unless an operator has set another share.
"""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from chat.journal import database
from chat.journal.write.search_index import INDEX
from chat.live.jobs import Later, State
from chat.models import Job, LastPost, Message, Reaction, Room, Subscription
from chat.search import purging

ROUND = timedelta(hours=1)
FREE_PAGES = 1_024  # are left for what comes next: 4 MiB
VACUUMED_PAGES = 128  # at once
STEP_VACUUMS = 200  # in a step of the job
PAUSE_SECONDS = 0.02  # between two: other processes write, too
LOG_MAX_BYTES = 16 * 1024 * 1024  # a larger one is emptied; see also mysite/settings/database.py
ANALYSED_ROWS = 400  # of an index: enough to plan by

HOT_TABLES = [*(it._meta.db_table for it in (Job, LastPost, Message, Reaction, Room, Subscription))]
HOT_TABLES += [INDEX]
LOCK_WAIT = "100ms"  # posts wait meanwhile
VACUUMED_AFTER = "autovacuum_vacuum_scale_factor"
VACUUMED_SHARE = 0.02  # of the rows
# All tables but those looked at lately; 1: tell what would be done, and do nothing.
TO_ANALYSE = "PRAGMA optimize(0x10003)"


class Maintenance:
    """The steps of the job."""

    async def step(self, state: State) -> State | Later:
        """Do a part. A round goes on at once while there are pages to give back."""
        if connection.vendor == "postgresql":
            await database.write(_vacuum_sooner)
        elif await _give_back_pages():
            return state
        else:
            await _empty_large_log()
            await _analyse()
        return Later(ROUND, {})


# --- SQLite -------------------------------------------------------------------------------------


async def _give_back_pages() -> bool:
    """Give unused pages back to the file system. Returns whether there are more."""
    for _ in range(STEP_VACUUMS):
        if not await database.write(give_back_some_pages):
            return False
        await asyncio.sleep(PAUSE_SECONDS)
    return True


def give_back_some_pages() -> bool:
    """Give back VACUUMED_PAGES at most. Returns whether any went."""
    free = _pragma("freelist_count") - FREE_PAGES
    if free <= 0:
        return False
    # Python's driver takes one step of what returns no columns: one page. Scripts run to the end.
    connection.connection.executescript(f"PRAGMA incremental_vacuum({min(free, VACUUMED_PAGES)})")
    return _pragma("freelist_count") - FREE_PAGES < free


async def _empty_large_log() -> None:
    if await database.read(_log_bytes) <= LOG_MAX_BYTES:
        return
    await database.read(_fetch, "PRAGMA wal_checkpoint(PASSIVE)")  # holds no post up
    await database.write(purging.try_to_empty_log)  # the next round tries again


def _log_bytes() -> int:
    log = Path(f"{connection.settings_dict['NAME']}-wal")
    return log.stat().st_size if log.exists() else 0


async def _analyse() -> None:
    # SQLite before 3.46 knows the tables alone that this connection has looked at.
    for (statement,) in await database.write(_fetch, TO_ANALYSE):
        await database.write(_analyse_table, statement)
        await asyncio.sleep(PAUSE_SECONDS)


def _analyse_table(statement: str) -> None:
    _fetch(f"PRAGMA analysis_limit={ANALYSED_ROWS}")
    _fetch(statement)


def _pragma(name: str) -> int:
    [(value,)] = _fetch(f"PRAGMA {name}")
    return int(value)


def _fetch(statement: str) -> "list[Any]":
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


# --- PostgreSQL ---------------------------------------------------------------------------------


def _vacuum_sooner() -> None:
    """Set what is not set yet. It waits for no reader and no writer.

    Raises OperationalError where it would wait for others, such as for an index that is built.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname = ANY(%s)"
            " AND NOT EXISTS (SELECT FROM pg_options_to_table(reloptions) WHERE option_name = %s)",
            [HOT_TABLES, VACUUMED_AFTER],
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE "{table}" SET ({VACUUMED_AFTER}={VACUUMED_SHARE})')
