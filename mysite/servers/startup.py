"""What a server process does before it serves, so that a clone runs without a ritual.

On SQLite the schema is brought up to date; on another database, which several machines may share,
a start with unapplied migrations stops and says what to run. Static files are collected when they
changed. A lock in the data folder makes processes that start together do it once.
"""

import gc
import hashlib
import sys
from pathlib import Path

import filelock
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from filelock import FileLock

from mysite.servers import pages

LOCK_SECONDS = 120  # a start waits so long for another to finish preparing


class CannotStart(SystemExit):
    """Ends the process with one line."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Lobby cannot start: {reason}")


def start() -> None:
    """Make this process ready to serve. Raises CannotStart."""
    prepare()
    pages.django_application()
    tune_garbage_collection()


def prepare() -> None:
    """Make the database and the static files ready. Raises CannotStart."""
    try:
        with FileLock(settings.DATA_DIR / "start.lock", timeout=LOCK_SECONDS):
            prepare_database()
            prepare_static_files()
    except filelock.Timeout:
        raise CannotStart(f"another start has been preparing for {LOCK_SECONDS} s.") from None
    except (OSError, CommandError) as error:
        raise CannotStart(f"{error}.") from None


def prepare_database() -> None:
    try:
        migrate_or_refuse()
    except Error as error:
        reason = str(error).strip().partition("\n")[0]
        raise CannotStart(f"the database does not answer: {reason}") from None
    finally:
        connection.close()


def migrate_or_refuse() -> None:
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not pending:
        return
    if connection.vendor != "sqlite":
        raise CannotStart(
            f"the database lacks {len(pending)} migrations. Run `python manage.py migrate` first."
        )
    call_command("migrate", interactive=False, verbosity=0)


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


def tune_garbage_collection() -> None:
    """Keep collections short and rare: each stops the process while it visits all objects."""
    gc.collect()
    gc.freeze()  # what is loaded now stays, so no later collection visits it
    gc.set_threshold(100_000, 50, 50)
