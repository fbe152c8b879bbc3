"""What a server process does before it serves, so that a clone runs without a ritual.

On SQLite the schema is brought up to date; on another database, which several machines may share,
a start with unapplied migrations stops and says what to run. Static files are collected when they
changed. A lock in the data folder makes processes that start together do it once.
"""

import hashlib
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError
from filelock import FileLock

LOCK_SECONDS = 120  # a start waits so long for another to finish preparing


def prepare() -> None:
    """Make the database and the static files ready. Exits with one line when it cannot."""
    with FileLock(settings.DATA_DIR / "start.lock", timeout=LOCK_SECONDS):
        prepare_database()
        prepare_static_files()


def prepare_database() -> None:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise SystemExit(f"Lobby cannot start: the database does not answer: {reason}") from None
    finally:
        connection.close()
    if not pending:
        return
    if connection.vendor != "sqlite":
        raise SystemExit(
            f"Lobby cannot start: the database lacks {len(pending)} migrations."
            " Run `python manage.py migrate` first."
        )
    call_command("migrate", interactive=False, verbosity=0)
    connection.close()


def prepare_static_files() -> None:
    if settings.DEBUG:
        return  # served from where they are written
    stamp = Path(settings.STATIC_ROOT) / ".fingerprint"
    fingerprint = static_fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint:
        return
    sys.stderr.write("Lobby: preparing static files …\n")
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(fingerprint)


def static_fingerprint() -> str:
    """Changes with each static file's name, size and time of change, and with the storage."""
    digest = hashlib.sha256(type(storages["staticfiles"]).__qualname__.encode())
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
