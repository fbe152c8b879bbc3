"""Reads an archive from its beginning to its end, and checks all of it."""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, cast

from django.core.exceptions import SuspiciousFileOperation

from chat.files.storage.keys import checked
from ops.backup import contents
from ops.backup.age import MAGIC, Decrypting
from ops.backup.archive import Member, Reader, Source
from ops.backup.contents import FORMAT, MANIFEST, SECRET_KEY, End, Manifest, Row, Table
from ops.backup.unusable import Unusable
from ops.backup.writing import Progress


class Read:
    """What an archive had."""

    def __init__(self, manifest: Manifest, end: End) -> None:
        self.manifest, self.end = manifest, end


class Keeping(Protocol):
    """Takes what an archive has, in its order. What is there was right once all is read."""

    def begin(self, manifest: Manifest) -> None: ...

    def keep_secret_key(self, key: str) -> None: ...

    def keep_rows(self, table: Table, rows: list[Row]) -> None: ...

    def keep_file(self, key: str, member: Member) -> None: ...


class KeepingNothing:
    """Verifies: whatever is read is checked."""

    def begin(self, manifest: Manifest) -> None:
        pass

    def keep_secret_key(self, key: str) -> None:
        pass

    def keep_rows(self, table: Table, rows: list[Row]) -> None:
        pass

    def keep_file(self, key: str, member: Member) -> None:
        pass


def is_encrypted(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def read(path: Path, passphrase: str | None, keeping: Keeping, progress: Progress) -> Read:
    """Raises Unusable and OSError."""
    with _opened(path, passphrase) as source:
        return Reading(Reader(source), keeping, progress).read()


@contextmanager
def _opened(path: Path, passphrase: str | None) -> Iterator[Source]:
    with path.open("rb") as file:
        if passphrase is None:
            yield cast(Source, file)
        else:
            yield Decrypting(file, passphrase)


class Reading:
    """One reading of an archive, whose members come in one order."""

    def __init__(self, reader: Reader, keeping: Keeping, progress: Progress) -> None:
        self._reader, self._keeping, self._progress = reader, keeping, progress
        self._members = reader.members()
        self._rows = self._files = 0

    def read(self) -> Read:
        manifest = self._read_manifest()
        self._keeping.begin(manifest)
        key = self._next(SECRET_KEY).read(contents.SECRET_KEY_MAX_BYTES)
        self._keeping.keep_secret_key(key.decode(errors="replace"))
        member = next(self._members, None)
        for table in manifest.tables:
            member = self._read_table(table, member, manifest.rows)
        while member is not None:
            self._read_file(member)
            member = next(self._members, None)
        return Read(manifest, self._checked_end())

    def _next(self, name: str) -> Member:
        member = next(self._members, None)
        if member is None or member.name != name:
            raise Unusable(f"it lacks {name}.")
        return member

    def _read_manifest(self) -> Manifest:
        data = self._next(MANIFEST).read(contents.MANIFEST_MAX_BYTES)
        if contents.decode(contents.Version, data, MANIFEST).format > FORMAT:
            raise Unusable("it is of a later version of Lobby.")
        manifest: Manifest = contents.decode(Manifest, data, MANIFEST)
        return manifest

    def _read_table(self, table: Table, member: Member | None, of_all: int) -> Member | None:
        """Returns the member after the table's."""
        number, count = 1, 0
        while member is not None and member.name == contents.member_of(table.name, number):
            rows = list(contents.rows_of(member, table))
            self._keeping.keep_rows(table, rows)
            count += len(rows)
            self._rows += len(rows)
            self._progress("rows", self._rows, of_all)
            number += 1
            member = next(self._members, None)
        if count != table.rows:
            raise Unusable(f"it has {count} rows of {table.name[:80]}, and says {table.rows}.")
        return member

    def _read_file(self, member: Member) -> None:
        folder, _, key = member.name.partition("/")
        if folder != "files":
            raise Unusable(f"{member.name} is where a file should be.")
        try:
            self._keeping.keep_file(checked(key), member)
        except SuspiciousFileOperation:
            raise Unusable(f"{member.name} is no name of a file.") from None
        self._files += 1
        self._progress("files", self._files, 0)

    def _checked_end(self) -> End:
        end: End = contents.decode(End, self._reader.end, "end.json")
        if not hmac.compare_digest(end.sha256.encode(), self._reader.digest_before_end.encode()):
            raise Unusable("its last checksum differs: something of it is not what it was.")
        if end.files != self._files:
            raise Unusable(f"it has {self._files} files, and says {end.files}.")
        return end
