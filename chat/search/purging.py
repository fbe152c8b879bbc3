"""Takes the words of edited and deleted messages out of the pages of the index.

No search finds them any more, but both databases leave them there: FTS5 until it merges the
segments that have them, GIN for good. The write door adds a job with the first edit or deletion,
which does the rest within a day (`search_index.PURGED_AFTER`).

SQLite: all segments are merged, in bounded steps. What that frees is overwritten with zeros
(`secure_delete`), and then the write-ahead log is emptied.

PostgreSQL: the index is built anew beside the old one, which is read and written meanwhile. That
takes longer than a step, so steps wait for it.
"""

import asyncio
from datetime import datetime

from django.db import OperationalError, connection
from django.utils import timezone

from chat.journal import database
from chat.journal.write.search_index import INDEX
from chat.live.jobs import State
from chat.models import SearchState

MERGED_PAGES = 64  # at once: some milliseconds, for which posts wait
MERGES = 50  # in a step, with posts in between
EMPTIED_TRIES, EMPTIED_SECONDS = 50, 0.1  # while others read the log
REBUILT_SECONDS = 20  # a step waits so long
LOCK = 7_301_912  # of PostgreSQL's advisory locks: one process builds the index

LEFT_OVERS = (  # of a process that ended while it built the index
    "SELECT quote_ident(relname) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"  # noqa: S608
    f" WHERE indrelid = '{INDEX}'::regclass AND NOT indisvalid"
)


class Purging:
    """The steps of the job, for one event loop."""

    def __init__(self) -> None:
        self._rebuilding: asyncio.Task[None] | None = None

    async def step(self, state: State) -> State | None:
        """Do a part. Returns the next state of the job; None: the words are gone."""
        if connection.vendor == "sqlite":
            return await _merge_some(state)
        return await self._rebuild(state)

    async def _rebuild(self, state: State) -> State | None:
        """Build the index anew, or wait for whoever does: begun after the state says."""
        asked_at = state.get("asked_at") or timezone.now().isoformat()
        if await database.read(_is_rebuilt_since, asked_at):
            return None
        if self._rebuilding is None:
            call = asyncio.to_thread(database.with_connection, _rebuild)
            self._rebuilding = asyncio.create_task(call)
        done, _ = await asyncio.wait([self._rebuilding], timeout=REBUILT_SECONDS)
        if done:
            rebuilding, self._rebuilding = self._rebuilding, None
            rebuilding.result()
        return {"asked_at": asked_at}


# --- SQLite -------------------------------------------------------------------------------------


async def _merge_some(state: State) -> State | None:
    for _ in range(MERGES):
        # The first one, with a negative number, takes all segments into the merge.
        pages = MERGED_PAGES if "merging" in state else -MERGED_PAGES
        if not await database.write(_merge, pages):
            await _empty_log()
            return None
        state = {"merging": True}
    return state


def _merge(pages: int) -> bool:
    """Merge so many pages. Returns whether there was anything to merge."""
    with connection.cursor() as cursor:
        before: int = connection.connection.total_changes
        cursor.execute(f"INSERT INTO {INDEX}({INDEX}, rank) VALUES ('merge', %s)", [pages])  # noqa: S608
        return bool(connection.connection.total_changes - before > 1)


async def _empty_log() -> None:
    """Raises OperationalError where others read the log all the time."""
    for _ in range(EMPTIED_TRIES):
        if await database.write(try_to_empty_log):
            return
        await asyncio.sleep(EMPTIED_SECONDS)
    raise OperationalError("the write-ahead log is in use")


def try_to_empty_log() -> bool:
    """Empty the write-ahead log, unless somebody reads it: who waits would hold up posts."""
    with connection.cursor() as cursor:
        [(waits,)] = cursor.execute("PRAGMA busy_timeout").fetchall()
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            [(is_busy, *_)] = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {waits}")
    return not is_busy


# --- PostgreSQL ---------------------------------------------------------------------------------


def _is_rebuilt_since(moment: str) -> bool:
    rebuilt_at = SearchState.objects.values_list("rebuilt_at", flat=True).first()
    return rebuilt_at is not None and rebuilt_at >= datetime.fromisoformat(moment)


def _rebuild() -> None:
    """Build the index anew, unless another process does. Takes a minute for a million messages."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        [(is_ours,)] = cursor.fetchall()
        if not is_ours:
            cursor.execute("SELECT pg_sleep(%s)", [REBUILT_SECONDS / 4])
            return
        try:
            began = timezone.now()
            cursor.execute(LEFT_OVERS)
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            cursor.execute(f"VACUUM {INDEX}")
            cursor.execute(f"REINDEX INDEX CONCURRENTLY {INDEX}_tokens")
            SearchState.objects.set_rebuilt_at(began)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
