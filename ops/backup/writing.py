"""Makes an archive of everything, while everything runs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from django.apps import apps
from django.conf import settings
from django.db import connections
from django.utils import timezone

from chat.files.storage import files_storage
from ops.backup import contents, migrations, stored_files, tables
from ops.backup.age import Encrypting
from ops.backup.archive import Writer
from ops.backup.contents import (
    MANIFEST,
    NAMED_MISSING,
    PART_BYTES,
    SECRET_KEY,
    End,
    Manifest,
    Table,
)
from ops.backup.snapshot import snapshot, working_folder
from ops.backup.stored_files import Named
from ops.backup.unusable import Unusable
from ops.backup.whole_files import whole_file

Progress = Callable[[str, int, int], None]  # what, how many are done, of how many


@dataclass
class Written:
    """What there is in an archive. `gone` and `missing` are files that are not.

    `gone`: they were deleted since the moment that the archive has. `missing`: their rows are
    there, and their bytes are not in the storage.
    """

    rows: int = 0
    files: int = 0
    bytes: int = 0
    gone: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def write(path: Path, passphrase: str | None, progress: Progress) -> Written:
    """Write an archive. Raises Unusable, OSError and `django.db.Error`: there is no file then."""
    if path.exists():
        raise Unusable(f"{path} is there already, and is not overwritten.")
    with working_folder() as folder, whole_file(path) as draft:
        encrypting = Encrypting(draft.write, passphrase) if passphrase else None
        writer = Writer(encrypting or draft)
        with TemporaryFile(dir=folder) as keys:
            written = Written()
            with snapshot(folder) as using:
                _write_rows(writer, using, written, progress)
                count = _note_keys(keys, using)
            _write_files(writer, keys, count, written, progress)
        writer.add_checksums()
        writer.close(contents.encode(_end(writer, written)))
        if encrypting:
            encrypting.close()
        written.bytes = draft.tell()
    return written


def _write_rows(writer: Writer, using: str, written: Written, progress: Progress) -> None:
    found = [(it, tables.described(it, using)) for it in tables.models_of(apps)]
    manifest = Manifest(
        made_at=timezone.now(),
        database=connections[using].vendor,
        migrations=migrations.applied(using),
        tables=[table for _, table in found],
    )
    writer.add(MANIFEST, contents.encode(manifest))
    writer.add(SECRET_KEY, settings.SECRET_KEY.encode())
    for model, table in found:
        for number, lines in enumerate(_parts(model, table, using), 1):
            writer.add(contents.member_of(table.name, number), contents.compressed(lines))
            written.rows += len(lines)
            progress("rows", written.rows, manifest.rows)


def _parts(model: tables.Model, table: Table, using: str) -> Iterator[list[bytes]]:
    """Rows as lines, about PART_BYTES together."""
    lines: list[bytes] = []
    size = 0
    for row in tables.rows(model, table, using):
        lines.append(contents.encode(row) + b"\n")
        size += len(lines[-1])
        if size >= PART_BYTES:
            yield lines
            lines, size = [], 0
    if lines:
        yield lines


def _note_keys(keys: IO[bytes], using: str) -> int:
    """So that the snapshot can end before the files are read, which may take long."""
    count = 0
    for it in stored_files.named(using):
        keys.write(" ".join(it).encode() + b"\n")
        count += 1
    keys.seek(0)
    return count


def _write_files(
    writer: Writer, keys: IO[bytes], count: int, written: Written, progress: Progress
) -> None:
    storage = files_storage()
    for number, line in enumerate(keys, 1):
        it = Named(*line.decode().split())
        try:
            size, pieces = stored_files.opened(storage, it.key)
        except FileNotFoundError:
            (written.missing if it.is_named else written.gone).append(it.key)
        else:
            writer.add_pieces(f"files/{it.key}", size, pieces)
            written.files += 1
        progress("files", number, count)


def _end(writer: Writer, written: Written) -> End:
    missing = written.missing + written.gone
    return End(writer.digest, written.files, missing[:NAMED_MISSING], len(missing))
