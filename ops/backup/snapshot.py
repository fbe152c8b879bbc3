"""The database as it is at one moment, while everybody writes."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import mkdtemp

from django.conf import settings
from django.db import connection, connections, transaction
from filelock import FileLock, Timeout

from ops.backup.unusable import Unusable

COPY = "backup"  # the alias of the copy


@contextmanager
def working_folder() -> Iterator[Path]:
    """An empty folder for what a backup needs meanwhile. Raises Unusable beside another backup.

    What a backup left that was killed is removed by the next.
    """
    parent = Path(settings.DATA_DIR) / "backup"
    parent.mkdir(mode=0o700, exist_ok=True)
    try:
        with FileLock(parent / "lock", timeout=0):
            for left in parent.glob("made-*"):
                shutil.rmtree(left, ignore_errors=True)
            folder = Path(mkdtemp(prefix="made-", dir=parent))
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except Timeout:
        raise Unusable("another backup is being made.") from None


@contextmanager
def snapshot(folder: Path) -> Iterator[str]:
    """The alias of a connection that sees one state of the database."""
    if connection.vendor == "sqlite":
        with _copy(folder / "copy.sqlite3") as using:
            yield using
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SET LOCAL statement_timeout = 0")
            yield connection.alias


@contextmanager
def _copy(path: Path) -> Iterator[str]:
    """A copy by SQLite's online backup, all pages in one step: writers wait for nothing.

    Reading the rows may take long, and would keep the write-ahead log from ending meanwhile.
    """
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy, pages=-1)
    connections.databases[COPY] = {**connections.databases["default"], "NAME": str(path)}
    try:
        yield COPY
    finally:
        connections[COPY].close()
        del connections[COPY]
        del connections.databases[COPY]
        path.unlink()
