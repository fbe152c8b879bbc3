"""The files that uploads arrive in. They go with the upload, or with the next start.

So do the folders in which they are worked on: see chat/files/temporary.py.

Each is locked as long as it is open, so that another process knows whether somebody uses it.
"""

import fcntl
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock
from typing import Any

from django.conf import settings

from mysite.servers.uploads.unacceptable import told_when_disk_is_full

NEW_SECONDS = 60  # a file may not be locked yet


class TemporaryFile:
    """A file for what arrives, written and closed by threads."""

    def __init__(self) -> None:
        folder = settings.FILE_UPLOAD_TEMP_DIR
        with told_when_disk_is_full():
            self.file: Any = NamedTemporaryFile(  # noqa: SIM115
                dir=folder, suffix=".upload", buffering=0, delete=False
            )
        fcntl.flock(self.file, fcntl.LOCK_EX)
        self.size = 0
        self._lock = Lock()

    def write(self, data: bytes | memoryview) -> None:
        """Append to the file. Raises Unacceptable when the disk is full."""
        left = memoryview(data)
        with self._lock, told_when_disk_is_full():
            while left:
                left = left[self.file.write(left) :]
        self.size += len(data)

    def close(self) -> None:
        """Close and remove it, unless it was moved away."""
        with self._lock:
            self.file.close()
        self.abandon()

    def abandon(self) -> None:
        """Remove it, but leave it open to a view that still reads it."""
        Path(self.file.name).unlink(missing_ok=True)


def sweep() -> None:
    """Remove what a process left that did not end in order. Makes the folder, if it is missing."""
    folder = Path(settings.FILE_UPLOAD_TEMP_DIR)
    folder.mkdir(mode=0o700, exist_ok=True)
    for path in folder.glob("*.upload*"):
        with suppress(FileNotFoundError):  # its upload is through
            if path.stat().st_mtime < time.time() - NEW_SECONDS and not _is_locked(path):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _is_locked(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
