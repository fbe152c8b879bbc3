"""Folders for files that are worked on: gone afterwards, or, after a crash, with the next start.

Each is locked as long as it is used: mysite/servers/uploads/temporary_files.py removes others.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A private folder that is gone afterwards."""
    with TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR, suffix=".upload") as name:
        descriptor = os.open(name, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield Path(name)
        finally:
            os.close(descriptor)
