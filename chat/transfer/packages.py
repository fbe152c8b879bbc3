"""The files of an export: in a zip, or in a folder.

What is read may be hostile. Names are looked up and never made into paths that lead elsewhere. A
zip that unpacks to much more than it is, is refused before anything is unpacked.
"""

import os
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from lzma import LZMAError
from pathlib import Path
from typing import IO, Protocol
from zipfile import BadZipFile, ZipFile, ZipInfo

from chat.files.placing import place
from chat.transfer.faults import TransferError, at

RATIO_MAX = 200  # of what a zip unpacks to: JSON takes 20 to 50 times its bytes
SMALL_BYTES = 16 * 1024 * 1024  # that a zip may unpack to in any case
ENTRIES_MAX = 2_000_000
ENTRY_DATE = (1980, 1, 1, 0, 0, 0)  # the same bytes, whenever they are written
BROKEN = (BadZipFile, EOFError, LZMAError, NotImplementedError, zlib.error)
ENCRYPTED = 0x1


class Package(Protocol):
    """The files of an export, by their names: paths with `/`."""

    def names(self) -> list[str]:
        """In order."""

    def size(self, name: str) -> int | None:
        """None if there is no such file."""

    def open(self, name: str) -> IO[bytes]:
        """Raises TransferError."""

    def close(self) -> None: ...


@contextmanager
def opened(path: Path) -> Iterator[Package]:
    """An export to be read. Raises TransferError."""
    package = _opened(path)
    try:
        yield package
    except BROKEN as error:
        raise at(path.name, f"the zip is broken: {error}") from None
    finally:
        package.close()


def _opened(path: Path) -> Package:
    if path.is_dir():
        return _Folder(path)
    if not path.is_file():
        raise TransferError(f"{path}: there is no such file or folder")
    if zipfile.is_zipfile(path):
        return _Zip(path)
    return _OneFile(path)


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path.resolve()

    def names(self) -> list[str]:
        found = (it for it in self._path.rglob("*") if it.is_file() and not it.is_symlink())
        return sorted(it.relative_to(self._path).as_posix() for it in found)

    def size(self, name: str) -> int | None:
        path = self._inside(name)
        return path.stat().st_size if path else None

    def open(self, name: str) -> IO[bytes]:
        path = self._inside(name)
        if path is None:
            raise at(name, "there is no such file")
        return path.open("rb")

    def close(self) -> None:
        """Nothing is open."""

    def _inside(self, name: str) -> Path | None:
        """The file of this name, unless it is none of the folder's: by `..`, or by a link."""
        try:
            path = (self._path / name).resolve()
            is_inside = path.is_relative_to(self._path)
            return path if is_inside and stat.S_ISREG(path.stat().st_mode) else None
        except (OSError, ValueError):
            return None


class _OneFile:
    """A file that is no zip: of a folder with nothing else."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        return [self._path.name]

    def size(self, name: str) -> int | None:
        return self._path.stat().st_size if name == self._path.name else None

    def open(self, name: str) -> IO[bytes]:
        if name != self._path.name:
            raise at(name, "there is no such file")
        return self._path.open("rb")

    def close(self) -> None:
        """Nothing is open."""


class _Zip:
    def __init__(self, path: Path) -> None:
        try:
            self._zip = ZipFile(path)
        except BROKEN as error:
            raise at(path.name, f"the zip is broken: {error}") from None
        self._entries = {it.filename: it for it in self._zip.infolist() if not it.is_dir()}
        try:
            self._ensure_harmless(path)
        except TransferError:
            self._zip.close()
            raise

    def _ensure_harmless(self, path: Path) -> None:
        """Raises TransferError for a zip that unpacks to far more than it is."""
        if len(self._entries) > ENTRIES_MAX:
            raise at(path.name, f"the zip has more than {ENTRIES_MAX} files")
        for it in self._entries.values():
            if it.flag_bits & ENCRYPTED:
                raise at(it.filename, "the zip is encrypted: unpack it, and import the folder")
            _ensure_plausible(it.filename, it.file_size, it.compress_size)
        total = sum(it.file_size for it in self._entries.values())
        _ensure_plausible(path.name, total, path.stat().st_size)

    def names(self) -> list[str]:
        return sorted(self._entries)

    def size(self, name: str) -> int | None:
        entry = self._entries.get(name)
        return entry.file_size if entry else None

    def open(self, name: str) -> IO[bytes]:
        entry = self._entries.get(name)
        if entry is None:
            raise at(name, "there is no such file in the zip")
        return self._zip.open(entry)

    def close(self) -> None:
        self._zip.close()


def _ensure_plausible(name: str, unpacked: int, packed: int) -> None:
    if unpacked > max(SMALL_BYTES, packed * RATIO_MAX):
        raise at(name, f"this zip would unpack to {unpacked} bytes, from {packed}")


class Writer(Protocol):
    """Writes an export, one file after the other."""

    def write(self, name: str, pieces: Iterable[bytes], *, compressed: bool) -> None: ...

    def close(self) -> None: ...


@contextmanager
def written(path: Path) -> Iterator[Writer]:
    """An export to be written, which is there under its name once it is complete.

    Where the block fails, nothing is there; a crash leaves a file or folder that ends in `.part`.
    """
    if path.exists():
        raise TransferError(f"{path}: it is there already, and is not overwritten")
    draft = path.with_name(f"{path.name}.part")
    if draft.exists():
        raise TransferError(f"{draft}: an earlier export was not completed; remove it")
    is_zip = path.suffix == ".zip"
    writer = _ZipWriter(draft) if is_zip else _FolderWriter(draft)
    try:
        yield writer
        writer.close()
    except BaseException:
        with suppress(OSError, ValueError):
            writer.close()
        draft.unlink() if is_zip else shutil.rmtree(draft)
        raise
    try:
        place(draft, path)
    except FileExistsError:
        raise TransferError(f"{path}: it is there since; what was written is {draft}") from None


class _FolderWriter:
    def __init__(self, path: Path) -> None:
        self._path = path
        path.mkdir(mode=0o700, parents=True)

    def write(self, name: str, pieces: Iterable[bytes], *, compressed: bool) -> None:
        path = self._path / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(path, "xb", opener=_for_us_alone) as file:
            file.writelines(pieces)

    def close(self) -> None:
        """All is written."""


class _ZipWriter:
    def __init__(self, path: Path) -> None:
        self._file = open(path, "xb", opener=_for_us_alone)  # noqa: SIM115
        self._zip = ZipFile(self._file, "w")

    def write(self, name: str, pieces: Iterable[bytes], *, compressed: bool) -> None:
        entry = ZipInfo(name, ENTRY_DATE)
        entry.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
        entry.external_attr = 0o600 << 16
        with self._zip.open(entry, "w", force_zip64=True) as file:
            file.writelines(pieces)

    def close(self) -> None:
        with self._file:
            self._zip.close()


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
