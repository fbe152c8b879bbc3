"""Prepares a server process: database, static files, limits.

On SQLite the schema is brought up to date; on another database, which several machines may share,
a start with unapplied migrations stops and says what to run. Static files are collected when they
changed. A lock in the data folder makes processes that start together do it once.
"""

import hashlib
import multiprocessing
import sys
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import filelock
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import Error, connection
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.executor import MigrationExecutor
from django.utils import translation
from filelock import FileLock

from accounts import addresses, setup
from chat import checks
from chat.models import Job
from chat.push import vapid
from chat.search import reindexing
from mysite.assets import earlier_files
from mysite.garbage_collection import collect_rarely, keep_what_is_loaded
from mysite.servers import codecs, descriptors, page_threads, private_files
from mysite.servers.uploads import temporary_files
from ops.errors import in_a_line

SWITCH_SECONDS = 0.0005  # the writing thread waits so long for a busy event loop at each query
LOCK_SECONDS = 120  # a start waits so long for another to finish preparing

_setup_link_is_printed = threading.Event()


class CannotStart(SystemExit):
    """Ends the process with one line."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Lobby cannot start: {reason}")


def start(origin: str = "") -> None:
    """Make this process ready to serve at `origin`, if that is known. Raises CannotStart."""
    prepare()
    print_setup_link(origin)
    codecs.forget_unknown()
    descriptors.raise_limit()
    page_threads.django_application()
    tune_garbage_collection()
    sys.setswitchinterval(SWITCH_SECONDS)


def prepare() -> None:
    """Make the database and the static files ready. Raises CannotStart."""
    try:
        private_files.protect()
        temporary_files.sweep()
        warn_once()
        with FileLock(settings.DATA_DIR / "start.lock", timeout=LOCK_SECONDS):
            prepare_database()
            prepare_static_files()
    except filelock.Timeout:
        raise CannotStart(f"another start has been preparing for {LOCK_SECONDS} s.") from None
    except CommandError as error:
        raise CannotStart(f"{error}.") from None
    except OSError as error:  # a full disk names no file
        where, reason = error.filename or settings.DATA_DIR, error.strerror or error
        raise CannotStart(f"{where}: {reason}.") from None


@cache
def warn_once() -> None:
    """Print what an operator should know at the start. Workers leave it to their supervisor."""
    if multiprocessing.parent_process() is None:
        for warning in [*checks.data_dir_is_closed(), *checks.proxies_are_named()]:
            sys.stderr.write(f"Lobby: {warning.msg} {warning.hint}\n")


def print_setup_link(origin: str = "") -> None:
    """Print where to make the first operator, until there is one. Once a process."""
    if _setup_link_is_printed.is_set() or multiprocessing.parent_process() is not None:
        return
    _setup_link_is_printed.set()
    try:
        path = setup.path()
    finally:
        connection.close()
    if path:
        address = addresses.absolute(path, origin)
        sys.stderr.write(f"Lobby: nobody operates it yet. Make the first account at {address}\n")


def prepare_database() -> None:
    try:
        migrate_or_refuse()
        reindexing.ensure()
        Job.objects.ensure_recurring()
        vapid.ensure_key()
    except Error as error:
        raise CannotStart(f"the database does not answer: {in_a_line(error)}") from None
    finally:
        connection.close()


def migrate_or_refuse() -> None:
    executor = MigrationExecutor(connection)
    try:
        executor.loader.check_consistent_history(connection)
    except InconsistentMigrationHistory:
        raise CannotStart(
            "the database was made by a development version. Use another DATA_DIR or DATABASE_URL."
        ) from None
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not pending:
        return
    if connection.vendor != "sqlite":
        raise CannotStart(
            f"the database lacks {len(pending)} migrations. Run `python manage.py migrate` first."
        )
    for error in checks.database_has_full_text_search():
        raise CannotStart(f"{error.msg} {error.hint}")
    call_command("migrate", interactive=False, verbosity=0)


def prepare_static_files() -> None:
    if settings.DEBUG:
        compile_catalogs()  # the other files are served from where they are written
        return
    stamp = Path(settings.STATIC_ROOT) / ".fingerprint"
    if stamp.exists() and stamp.read_text() == static_fingerprint():
        return
    sys.stderr.write("Lobby: preparing static files …\n")
    compile_catalogs()
    with earlier_files.kept_for_a_while():
        call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(static_fingerprint())


def compile_catalogs() -> None:
    """Make static files of the translations of the page's JavaScript. English needs none."""
    for language, _ in settings.LANGUAGES:
        if language != settings.LANGUAGE_CODE:
            with translation.override(language):  # the command activates it, and leaves it so
                call_command("compilejsi18n", locale=language, verbosity=0)


def static_fingerprint() -> str:
    """Changes with the storage, and with each static file's and catalog's name, size and mtime."""
    digest = hashlib.sha256(type(storages["staticfiles"]).__qualname__.encode())
    for name, path in [*_static_files(), *_translations()]:
        stat = path.stat()
        digest.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _static_files() -> Iterator[tuple[str, Path]]:
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            yield name, Path(storage.path(name))


def _translations() -> Iterator[tuple[str, Path]]:
    for package in settings.STATICI18N_PACKAGES:
        locale = Path(apps.get_app_config(package).path, "locale")
        for path in sorted(locale.glob("*/LC_MESSAGES/djangojs.mo")):
            yield f"{package}/{path.relative_to(locale)}", path


def tune_garbage_collection() -> None:
    """Keep collections short and rare: each stops the process."""
    collect_rarely()
    keep_what_is_loaded()
