"""Puts an archive into an empty installation. Where that fails, the installation is empty again."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection, transaction

from chat.files.storage import FilesStorage, files_storage
from chat.models.room import RoomQuerySet
from chat.search import reindexing
from ops.backup import migrations, tables
from ops.backup.archive import Member
from ops.backup.contents import Manifest, Row, Table
from ops.backup.reading import Read, read
from ops.backup.unusable import Unusable
from ops.backup.whole_files import whole_file
from ops.backup.writing import Progress

IN_MEMORY_BYTES = 8 * 1024 * 1024  # of a file that is being stored; larger ones are on disk
UNFINISHED = "unfinished-restore"  # a key in the storage: what else is there may be removed
MADE_BY_ITSELF = [  # tables in which a start, or a migration, puts rows
    "auth_permission",
    "django_content_type",
    "chat_job",
    "chat_pushkey",
    "chat_searchstate",
]
NO_CONTENT = ("django_migrations", "sqlite_", "chat_searchindex")


def restore(path: Path, passphrase: str | None, progress: Progress) -> Read:
    """Raises Unusable, OSError and `django.db.Error`."""
    refuse_filled()
    with _files_or_none(files_storage()) as storage, _same_secret_key_or_this():
        with ExitStack() as until_read:
            restoring = Restoring(storage, until_read)
            found = read(path, passphrase, restoring, progress)
            restoring.finish()
            # Before the commit: a mark that outlived it would give these files away one day.
            storage.delete(UNFINISHED)
        restoring.upgrade()
    return found


def refuse_filled() -> None:
    """Raises Unusable where the installation has anything."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in MADE_BY_ITSELF or table.startswith(NO_CONTENT):
                continue
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"SELECT 1 FROM {quoted} LIMIT 1")  # noqa: S608
            if cursor.fetchone():
                raise Unusable(f"the database is not empty: {table} has rows.")
    storage = files_storage()
    first = next(storage.stored(), None)
    if first and not storage.exists(UNFINISHED):
        raise Unusable(f"the storage of files is not empty: it has {first.key}.")


@contextmanager
def _files_or_none(storage: FilesStorage) -> Iterator[FilesStorage]:
    """All files of the block are kept, or none. A restore that was killed left some: they go.

    The block deletes the mark.
    """
    _remove_all(storage)
    storage.save(UNFINISHED, ContentFile(b"Files of a restore that has not ended.\n"))
    try:
        yield storage
    except BaseException:
        _remove_all(storage)
        raise


def _remove_all(storage: FilesStorage) -> None:
    """The mark goes last: what is beside it can be removed by the next restore."""
    for it in list(storage.stored()):
        if it.key != UNFINISHED:
            storage.delete(it.key)
    storage.delete(UNFINISHED)


@contextmanager
def _same_secret_key_or_this() -> Iterator[None]:
    """Where the block fails, the secret key is as it was."""
    path = secret_key_path()
    before = path.read_text() if path.exists() else None
    try:
        yield
    except BaseException:
        if before is not None:
            _write_secret_key(before)
        else:
            path.unlink(missing_ok=True)
        raise


def secret_key_path() -> Path:
    return Path(settings.DATA_DIR) / "secret_key"


def takes_secret_key() -> bool:
    """Whether the secret key is in the file, and not in the environment."""
    return not os.environ.get("SECRET_KEY", "").strip()


def _write_secret_key(key: str) -> None:
    with whole_file(secret_key_path(), replaces=True) as draft:
        draft.write(key.encode())


class Restoring:
    """Keeps what an archive has: rows in one transaction, files in the storage."""

    def __init__(self, storage: FilesStorage, until_read: ExitStack) -> None:
        """The transaction ends with `until_read`. SQLite's tables are made before it begins."""
        self._storage, self._until_read = storage, until_read

    def begin(self, manifest: Manifest) -> None:
        wanted = [(app, name) for app, name in manifest.migrations]
        self._state = migrations.ArchivedState(wanted)
        self._models = {it._meta.label_lower: it for it in tables.models_of(self._state.apps)}
        names = [it.name for it in manifest.tables]
        if sorted(names) != sorted(self._models):
            raise Unusable("it has other tables than its version of Lobby.")
        self._state.migrate()
        self._until_read.enter_context(transaction.atomic())
        with connection.cursor() as cursor:
            for table in set(MADE_BY_ITSELF) & set(connection.introspection.table_names(cursor)):
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608
        self._inserting = {
            it.name: tables.Inserting(self._models[it.name], it) for it in manifest.tables
        }

    def keep_secret_key(self, key: str) -> None:
        if takes_secret_key():
            _write_secret_key(key)

    def keep_rows(self, table: Table, rows: list[Row]) -> None:
        self._inserting[table.name].insert(rows)

    def keep_file(self, key: str, member: Member) -> None:
        with SpooledTemporaryFile(IN_MEMORY_BYTES, dir=str(settings.DATA_DIR)) as bytes:
            for piece in member.pieces():
                bytes.write(piece)
            bytes.seek(0)
            self._storage.save(key, File(bytes, name=key))

    def finish(self) -> None:
        """Raises IntegrityError where rows refer to what is not there."""
        connection.check_constraints()
        tables.reset_sequences(list(self._models.values()))
        RoomQuerySet(self._models["chat.room"]).begin_anew()
        reindexing.forget(self._state.apps)

    def upgrade(self) -> None:
        """From the tables of an earlier version to those of this one."""
        ContentType.objects.clear_cache()
        if self._state.is_current:
            return
        try:
            migrations.migrate()
        except BaseException:
            call_command("flush", interactive=False, verbosity=0)
            raise
