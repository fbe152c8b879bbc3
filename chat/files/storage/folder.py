"""Files in a folder, for Lobby's user alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from errno import EIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage

from chat.files.storage.keys import PIECE_BYTES, Stored, UniqueKeys, checked

FOLDER_MODE = 0o700
FILE_MODE = 0o600
DRAFT_ATTEMPTS = 100  # who deletes may remove a folder before a draft is in it


class FolderStorage(UniqueKeys, FileSystemStorage):
    """A file counts as stored once it, and its name, have reached the disk."""

    def __init__(self, location: Path) -> None:
        super().__init__(location, None, FILE_MODE, FOLDER_MODE)

    def path(self, name: str) -> str:
        return super().path(checked(name))

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        with Path(self.path(key)).open("rb", buffering=0) as file:
            file.seek(start)
            while start < end:
                piece = file.read(min(PIECE_BYTES, end - start))
                if not piece:
                    raise OSError(EIO, "The file is shorter than it was", key)
                start += len(piece)
                yield piece

    def delete(self, name: str) -> None:
        path = Path(self.path(name))
        path.unlink(missing_ok=True)
        with suppress(FileNotFoundError):  # another has removed the folder
            _sync(self._remove_empty_folders(path.parent))

    def stored(self) -> Iterator[Stored]:
        for folder, _, names in os.walk(self.location):
            for name in names:
                path = Path(folder, name)
                try:
                    stat = path.stat()
                except FileNotFoundError:  # removed meanwhile
                    continue
                key = path.relative_to(self.location).as_posix()
                yield Stored(key, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        path = Path(self.path(name))
        with self._draft(path) as draft:
            for chunk in content.chunks():
                draft.write(chunk)
            draft.flush()
            os.fsync(draft.fileno())
            Path(draft.name).replace(path)
        for folder in self._folders(path.parent):
            _sync(folder)
        return name

    @contextmanager
    def _draft(self, path: Path) -> Iterator[IO[bytes]]:
        """A file beside the path. The block renames it; where the block fails, nothing is left."""
        draft = self._new_draft(path)
        try:
            with draft:
                yield draft
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            self._remove_empty_folders(path.parent)
            raise

    def _new_draft(self, path: Path) -> Any:
        for _ in range(DRAFT_ATTEMPTS):
            try:
                for folder in reversed(self._folders(path.parent)):
                    folder.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
                return NamedTemporaryFile(
                    dir=path.parent, prefix=f"{path.name}.draft-", delete=False
                )
            except (FileExistsError, FileNotFoundError):  # that of another that came and went
                continue
        raise OSError(EIO, "The folder is removed again and again", str(path.parent))

    def _remove_empty_folders(self, folder: Path) -> Path:
        """Returns the innermost of the folders that are left."""
        *inner, location = self._folders(folder)
        for it in inner:
            try:
                it.rmdir()
            except FileNotFoundError:
                continue
            except OSError:  # not empty
                return it
        return location

    def _folders(self, folder: Path) -> list[Path]:
        """This folder and those that it is in, up to the storage's own."""
        location = Path(self.location)
        outer = [it for it in folder.parents if it.is_relative_to(location)]
        return [folder, *outer]


def _sync(folder: Path) -> None:
    """Make what names there are in a folder, and are no more, outlast a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
