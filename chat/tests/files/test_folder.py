"""Files in a folder: private, whole, and on disk before they count."""

import errno
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from django.core.files.base import ContentFile

from chat.files.storage import FilesStorage

KEY = "3f/3f9c2a"
PART = f"{KEY}.part/000000000000"


class FullDisk(ContentFile):  # type: ignore[type-arg]
    """Something to save, of which the disk does not take all."""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield b"the beginning"
        raise OSError(errno.ENOSPC, "No space left on device")


def files(folder: Path) -> list[str]:
    return sorted(str(it.relative_to(folder)) for it in folder.rglob("*"))


def open_files() -> set[str]:
    return {it.path for it in psutil.Process().open_files()}


def test_files_are_for_lobby_alone(folder: FilesStorage, tmp_path: Path) -> None:
    mask = os.umask(0)
    try:
        folder.save(PART, ContentFile(b"data"))
    finally:
        os.umask(mask)
    modes = {it: it.stat().st_mode & 0o777 for it in (tmp_path / "files").rglob("*")}
    assert {mode for it, mode in modes.items() if it.is_file()} == {0o600}
    assert {mode for it, mode in modes.items() if it.is_dir()} == {0o700}
    assert (tmp_path / "files").stat().st_mode & 0o777 == 0o700


def test_no_empty_folders_are_left(folder: FilesStorage, tmp_path: Path) -> None:
    folder.save(KEY, ContentFile(b"data"))
    folder.save(PART, ContentFile(b"data"))
    folder.delete(PART)
    assert files(tmp_path / "files") == ["3f", KEY]
    folder.delete(KEY)
    assert files(tmp_path) == ["files"]


def test_a_full_disk_is_an_error_and_leaves_nothing_half_written(
    folder: FilesStorage, tmp_path: Path
) -> None:
    with pytest.raises(OSError, match="No space left") as failure:
        folder.save(PART, FullDisk(b""))
    assert failure.value.errno == errno.ENOSPC
    assert files(tmp_path) == ["files"]


def test_a_full_disk_leaves_what_was_stored_before(folder: FilesStorage, tmp_path: Path) -> None:
    folder.save(KEY, ContentFile(b"before"))
    with pytest.raises(OSError, match="No space left"):
        folder.save(KEY, FullDisk(b""))
    assert b"".join(folder.read(KEY, 0, 6)) == b"before"
    assert files(tmp_path / "files") == ["3f", KEY]


def test_bytes_are_on_disk_before_their_name_is_and_that_before_save_returns(
    folder: FilesStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def noted_fsync(descriptor: int) -> None:
        done.append(f"fsync {Path(f'/proc/self/fd/{descriptor}').readlink().name}")
        fsync(descriptor)

    def noted_replace(path: Path, target: Path) -> Path:
        done.append(f"rename {path.name}")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    folder.save(KEY, ContentFile(b"data"))
    drafted, renamed, *folders = done
    assert drafted.removeprefix("fsync ") == renamed.removeprefix("rename ")
    assert drafted.startswith("fsync 3f9c2a.draft-")
    assert folders == ["fsync 3f", "fsync files"]


def test_what_a_crash_left_is_listed_and_can_be_deleted(
    folder: FilesStorage, tmp_path: Path
) -> None:
    draft = tmp_path / "files/3f/3f9c2a.draft-k3_x9"
    draft.parent.mkdir(parents=True)
    draft.write_bytes(b"the beginn")
    [left] = folder.stored()
    assert (left.key, left.size) == ("3f/3f9c2a.draft-k3_x9", 10)
    folder.delete(left.key)
    assert files(tmp_path) == ["files"]


def test_saving_and_deleting_in_one_folder_do_not_disturb_each_other(
    folder: FilesStorage, tmp_path: Path
) -> None:
    def come_and_go(number: int) -> None:
        for _ in range(50):
            folder.save(f"3f/{number}", ContentFile(b"data"))
            folder.delete(f"3f/{number}")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(come_and_go, range(4)))
    assert files(tmp_path) == ["files"]


def test_a_reader_that_stops_closes_the_file(folder: FilesStorage, tmp_path: Path) -> None:
    folder.save(KEY, ContentFile(b"data"))
    pieces = folder.read(KEY, 0, 4)
    next(pieces)
    assert str(tmp_path / "files" / KEY) in open_files()
    pieces.close()  # type: ignore[attr-defined]
    assert str(tmp_path / "files" / KEY) not in open_files()
