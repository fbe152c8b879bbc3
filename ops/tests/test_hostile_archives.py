"""Archives that somebody made or changed are refused in one line, within bounds."""

import io
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ops.backup import contents
from ops.backup.archive import Writer
from ops.backup.contents import End, Manifest, Row, Table
from ops.backup.reading import KeepingNothing, read
from ops.backup.unusable import Unusable

TABLE = Table("chat.member", ["id", "name"], 2)
PART = contents.member_of(TABLE.name, 1)
ROWS = contents.compressed([b'[1,"Ada"]\n', b'[2,"Bob"]\n'])
MADE_AT = "2026-11-27T10:00:00Z"

Change = Callable[[dict[str, bytes]], object]


def nothing(what: str, done: int, of_all: int) -> None:
    pass


def members(**manifest: Any) -> dict[str, bytes]:
    said = {
        "made_at": MADE_AT,
        "database": "sqlite",
        "migrations": [],
        "tables": [TABLE],
        "format": 1,
        **manifest,
    }
    return {
        "manifest.json": contents.encode(said),
        "secret_key": b"secret",
        PART: ROWS,
        "files/3f/3f9c": b"bytes",
    }


def archive(members: dict[str, bytes], files: int = 1) -> bytes:
    out = io.BytesIO()
    writer = Writer(out)
    for name, data in members.items():
        writer.add(name, data)
    writer.add_checksums()
    writer.close(contents.encode(End(writer.digest, files, [], 0)))
    return out.getvalue()


class Remembering(KeepingNothing):
    def __init__(self) -> None:
        self.rows: list[Row] = []

    def keep_rows(self, table: Table, rows: list[Row]) -> None:
        self.rows += rows


def reading(data: bytes, folder: Path) -> Remembering:
    path = folder / "lobby.tar"
    path.write_bytes(data)
    remembering = Remembering()
    read(path, None, remembering, nothing)
    return remembering


def refusal(data: bytes, folder: Path) -> str:
    with pytest.raises(Unusable) as refused:
        reading(data, folder)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_an_archive_is_read(tmp_path: Path) -> None:
    assert reading(archive(members()), tmp_path).rows == [[1, "Ada"], [2, "Bob"]]


@pytest.mark.parametrize(
    "name",
    [
        "files/../../etc/passwd",
        "/etc/passwd",
        "files//etc/passwd",
        "files/.ssh/key",
        "files/a\nb",
        "files/é",
        "elsewhere/3f9c",
        "rows/chat.member/000002.jsonl.gz/x",
    ],
)
def test_a_name_that_no_backup_has_is_refused(tmp_path: Path, name: str) -> None:
    refusal(archive({**members(), name: b"x"}, files=2), tmp_path)


@pytest.mark.parametrize(
    "type", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.XHDTYPE]
)
def test_anything_but_a_file_is_refused(tmp_path: Path, type: bytes) -> None:
    info = tarfile.TarInfo("files/link")
    info.type, info.linkname = type, "/etc/passwd"
    assert "no backup has" in refusal(info.tobuf(tarfile.GNU_FORMAT), tmp_path)


def test_every_cut_is_noticed(tmp_path: Path) -> None:
    whole = archive(members())
    for size in [*range(0, len(whole), 256), len(whole) - 1]:
        refusal(whole[:size], tmp_path)


def test_every_changed_byte_is_noticed(tmp_path: Path) -> None:
    whole = archive(members())
    for at in range(0, len(whole), 97):
        refusal(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :], tmp_path)


def test_swapped_checksums_are_noticed(tmp_path: Path) -> None:
    whole = archive(members())
    at = whole.index(b"  manifest.json") - 64
    other = whole.index(b"  secret_key\n") - 64
    one, two = whole[at : at + 64], whole[other : other + 64]
    swapped = whole.replace(one, b"?" * 64).replace(two, one).replace(b"?" * 64, two)
    assert "its checksum differs" in refusal(swapped, tmp_path)


def test_what_follows_the_end_is_noticed(tmp_path: Path) -> None:
    assert "follows" in refusal(archive(members()) + b"x", tmp_path)


@pytest.mark.parametrize(
    "part",
    [
        zlib.compress(bytes(contents.PART_MAX_BYTES + 1), wbits=31),
        b"\x1f\x8b not gzip",
        ROWS[:-4],
        ROWS + b"more",
        contents.compressed([b'[1,"Ada"]\n', b'[2,"Bob"]']),
        contents.compressed([b'[1,"Ada"]\n']),
        contents.compressed([b'[1,"Ada"]\n', b"[2]\n"]),
        contents.compressed([b'[1,"Ada"]\n', b'{"id": 2}\n']),
        contents.compressed([b'[1,"Ada"]\n', b'[2,"\xff"]\n']),
        contents.compressed([b'[1,"Ada"]\n', b"[2," + b"[" * 100_000 + b"]" * 100_000 + b"]\n"]),
    ],
    ids="bomb no_gzip cut more no_end few short object no_utf8 deep".split(),
)
def test_rows_that_are_none_are_refused(tmp_path: Path, part: bytes) -> None:
    refusal(archive({**members(), PART: part}), tmp_path)


@pytest.mark.parametrize(
    "manifest",
    [
        contents.encode({"format": 2}),
        b"{}",
        b"[]",
        b"not JSON",
        contents.encode({"format": 1, "tables": 3}),
        b"[" * 100_000,
        bytes(contents.MANIFEST_MAX_BYTES + 1),
    ],
)
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, manifest: bytes) -> None:
    refusal(archive({**members(), "manifest.json": manifest}), tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        lambda them: them.pop("secret_key"),
        lambda them: them.pop(PART),
        lambda them: them.pop("files/3f/3f9c"),
        lambda them: them.update(secret_key=bytes(5_000)),
        lambda them: them.update({PART: them.pop(PART)}),
    ],
    ids=["no key", "no rows", "no file", "long key", "rows after files"],
)
def test_what_is_not_as_it_was_written_is_refused(tmp_path: Path, change: Change) -> None:
    changed = members()
    change(changed)
    refusal(archive(changed), tmp_path)


def test_a_size_that_is_a_lie_is_noticed(tmp_path: Path) -> None:
    for size in (-1, 2**60):
        info = tarfile.TarInfo("manifest.json")
        info.size = size
        refusal(info.tobuf(tarfile.GNU_FORMAT), tmp_path)


def test_a_manifest_is_what_is_read_again() -> None:
    said = members()["manifest.json"]
    manifest = contents.decode(Manifest, said, "manifest.json")
    assert manifest.rows == 2
