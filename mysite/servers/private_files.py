"""Keeps what Lobby stores from other users of the machine, whatever the mode of DATA_DIR."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import connection

from chat.checks import OTHERS

SQLITE_FILES = ("", "-wal", "-shm", "-journal")  # SQLite gives the others the database's mode


def protect() -> None:
    """Let only our user read the files there are, and those that this process will create."""
    os.umask(OTHERS)
    for path in [*_files_in_data_dir(), *_database_files()]:
        try:
            _close_to_others(path)
        except OSError as error:  # another user's file, or a file system without modes
            sys.stderr.write(f"Lobby: others may read {path}: {error.strerror}.\n")


def _close_to_others(path: Path) -> None:
    with suppress(FileNotFoundError):  # SQLite has removed it
        mode = path.lstat().st_mode
        if stat.S_ISREG(mode) and mode & OTHERS:
            path.chmod(stat.S_IMODE(mode) & ~OTHERS)


def _files_in_data_dir() -> Iterator[Path]:
    """The database, the secret key, logs, and whatever else lies there; static files lie deeper."""
    return settings.DATA_DIR.iterdir()


def _database_files() -> Iterator[Path]:
    """Those of a SQLite database that may lie elsewhere."""
    if connection.vendor == "sqlite":
        database = Path(settings.DATABASES["default"]["NAME"]).resolve()
        paths = [database.with_name(f"{database.name}{suffix}") for suffix in SQLITE_FILES]
        yield from filter(Path.exists, paths)
