"""Where the bytes of files are: a folder, or an S3 bucket (FILES_URL).

Both are storages of Django's that never overwrite one file by another: a key is unique, and saving
it again replaces its bytes, all at once. Whatever goes wrong is an OSError, as of a file.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, cast

from django.core.files import File
from django.core.files.storage import storages

from chat.files.storage.keys import PIECE_BYTES, Stored

__all__ = ["PIECE_BYTES", "FilesStorage", "Stored", "files_storage", "save_file"]


class FilesStorage(Protocol):
    """Keys are paths like `3f/3f9c…` or `3f/3f9c….320.webp`; others are refused.

    All methods block, and raise FileNotFoundError for what is not there, other OSErrors for what
    does not work. Keys that may not be raise SuspiciousFileOperation.
    """

    def save(self, name: str, content: "File[bytes]") -> str:
        """Store `content`. It is on disk when this returns, or not there at all."""

    def open(self, name: str, mode: str = "rb") -> "File[bytes]": ...

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` to before `end`, in pieces of PIECE_BYTES at most."""

    def size(self, name: str) -> int: ...

    def exists(self, name: str) -> bool: ...

    def delete(self, name: str) -> None:
        """Remove a file, if it is there, and folders that are empty then."""

    def stored(self) -> Iterator[Stored]:
        """All that is stored, also what a crash left of a file that was being saved."""


def files_storage() -> FilesStorage:
    return cast(FilesStorage, storages["files"])


def save_file(key: str, path: Path) -> None:
    """Store the bytes of a file of this machine. Raises OSError."""
    with path.open("rb") as bytes:
        files_storage().save(key, File(bytes))
