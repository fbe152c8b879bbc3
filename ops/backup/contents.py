"""What an archive says about itself."""

import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from ops.backup.archive import DAMAGED, Member
from ops.backup.unusable import Unusable

FORMAT = 1
MANIFEST = "manifest.json"
SECRET_KEY = "secret_key"  # noqa: S105
MANIFEST_MAX_BYTES = 1024 * 1024
SECRET_KEY_MAX_BYTES = 4096
PART_BYTES = 1024 * 1024  # of rows, before they are compressed
PART_MAX_BYTES = 32 * PART_BYTES  # with the last row
NAMED_MISSING = 500  # of files that were not there
LEVEL = 3  # of gzip: twice as fast as the usual 6, and a tenth larger
GZIP = 31  # zlib's word for it

Row = list[Any]


class Table(Struct):
    """`columns` are the names of the model's fields, in the order of each row."""

    name: str  # of the model: chat.message
    columns: list[str]
    rows: int


class Version(Struct):
    """What all versions of a manifest have."""

    format: int


class Manifest(Struct):
    made_at: datetime
    database: str  # sqlite or postgresql
    migrations: list[tuple[str, str]]  # that were applied: app, name
    tables: list[Table]
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return sum(it.rows for it in self.tables)


class End(Struct):
    """`sha256` is of everything before. `missing` are keys of files that were not there."""

    sha256: str
    files: int
    missing: list[str]
    missing_count: int


encode = msgspec.json.Encoder(order="deterministic").encode  # PostgreSQL keeps no order of keys


def decode(kind: Any, data: bytes, name: str) -> Any:
    """Raises Unusable."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise Unusable(f"{name} cannot be read.") from None


def member_of(table: str, number: int) -> str:
    """The name of a part of a table's rows."""
    return f"rows/{table}/{number:06}.jsonl.gz"


def compressed(lines: Sequence[bytes]) -> bytes:
    """Rows as a member has them: the same for the same rows."""
    compressor = zlib.compressobj(LEVEL, wbits=GZIP)
    return compressor.compress(b"".join(lines)) + compressor.flush()


def rows_of(member: Member, table: Table) -> Iterator[Row]:
    """The rows of a part. Raises Unusable."""
    lines = _decompressed(member).split(b"\n")
    if lines.pop():
        raise Unusable(f"{member.name} ends within a row.")
    for line in lines:
        row = decode(list, line, f"a row of {member.name}")
        if len(row) != len(table.columns):
            raise Unusable(f"a row of {member.name} has {len(row)} values.")
        yield row


def _decompressed(member: Member) -> bytes:
    decompressor = zlib.decompressobj(GZIP)
    try:
        data = decompressor.decompress(member.read(PART_MAX_BYTES), PART_MAX_BYTES + 1)
    except zlib.error:
        raise Unusable(DAMAGED) from None
    if len(data) > PART_MAX_BYTES:
        raise Unusable(f"{member.name} is too large.")
    if not decompressor.eof or decompressor.unused_data:
        raise Unusable(DAMAGED)
    return data
