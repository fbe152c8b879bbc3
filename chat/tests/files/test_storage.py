"""What holds of every storage."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile

from chat.files.storage import PIECE_BYTES, FilesStorage

KEY = "3f/3f9c2a"
SAVED = b"0123456789"


def save(storage: FilesStorage, key: str = KEY, data: bytes = SAVED) -> str:
    return storage.save(key, ContentFile(data))


def read(storage: FilesStorage, key: str = KEY, start: int = 0, end: int = len(SAVED)) -> bytes:
    return b"".join(storage.read(key, start, end))


def keys(storage: FilesStorage) -> set[str]:
    return {it.key for it in storage.stored()}


def test_what_is_saved_is_read_under_its_key(storage: FilesStorage) -> None:
    assert save(storage) == KEY
    assert read(storage) == SAVED
    assert storage.size(KEY) == len(SAVED)
    assert storage.exists(KEY)
    with storage.open(KEY) as file:
        assert file.read(4) == SAVED[:4]
        assert file.read() == SAVED[4:]


def test_a_part_is_read_without_the_rest(storage: FilesStorage) -> None:
    save(storage)
    assert read(storage, start=3, end=7) == b"3456"
    assert read(storage, start=9) == b"9"
    assert read(storage, start=4, end=4) == b""


def test_a_large_file_is_read_in_small_pieces(storage: FilesStorage) -> None:
    data = bytes(range(256)) * 10_000
    save(storage, data=data)
    pieces = list(storage.read(KEY, 100, len(data)))
    assert max(map(len, pieces)) <= PIECE_BYTES
    assert b"".join(pieces) == data[100:]


def test_an_empty_file_is_a_file(storage: FilesStorage) -> None:
    save(storage, data=b"")
    assert storage.size(KEY) == 0
    assert read(storage, end=0) == b""


def test_the_same_key_again_replaces_the_bytes(storage: FilesStorage) -> None:
    save(storage, data=b"before, and longer")
    assert save(storage) == KEY
    assert read(storage) == SAVED
    assert keys(storage) == {KEY}


def test_of_two_that_save_the_same_key_one_is_stored_whole(storage: FilesStorage) -> None:
    versions = [bytes([letter]) * 300_000 for letter in b"abcdefgh"]
    with ThreadPoolExecutor(8) as threads:
        saved = set(threads.map(lambda data: save(storage, data=data), versions))
    assert saved == {KEY}
    assert read(storage, end=300_000) in versions


def test_whoever_reads_while_another_saves_reads_the_one_or_the_other(
    storage: FilesStorage,
) -> None:
    save(storage, data=b"a" * 300_000)
    pieces = storage.read(KEY, 0, 300_000)
    first = next(pieces)
    save(storage, data=b"b" * 300_000)
    assert set(first + b"".join(pieces)) == set(b"a")


def test_a_file_that_is_not_there_is_an_error_of_its_own(storage: FilesStorage) -> None:
    assert not storage.exists(KEY)
    for ask in (
        lambda: storage.size(KEY),
        lambda: read(storage),
        lambda: read(storage, end=0),
        lambda: storage.open(KEY),
    ):
        with pytest.raises(FileNotFoundError):
            ask()


def test_a_file_that_is_shorter_than_it_was_is_an_error(storage: FilesStorage) -> None:
    save(storage)
    pieces = storage.read(KEY, 0, len(SAVED) + 1)
    assert next(pieces) == SAVED
    with pytest.raises(OSError, match=r".*"):
        next(pieces)


def test_what_is_deleted_is_gone_and_may_be_deleted_again(storage: FilesStorage) -> None:
    save(storage)
    storage.delete(KEY)
    assert not storage.exists(KEY)
    storage.delete(KEY)
    assert keys(storage) == set()


def test_deleting_one_leaves_those_beside_it(storage: FilesStorage) -> None:
    others = {f"{KEY}.320.webp", f"{KEY}.part/000000000000", f"{KEY}0"}
    for key in (KEY, *others):
        save(storage, key)
    storage.delete(KEY)
    assert keys(storage) == others


def test_all_that_is_stored_is_listed(storage: FilesStorage) -> None:
    for number in range(12):
        save(storage, f"{number:02x}/{number:04x}", bytes(number))
    listed = list(storage.stored())
    assert {it.key: it.size for it in listed} == {f"{n:02x}/{n:04x}": n for n in range(12)}
    hour = timedelta(hours=1)
    assert all(abs(datetime.now(UTC) - it.modified) < hour for it in listed)


def test_nothing_is_stored_at_first(storage: FilesStorage) -> None:
    assert keys(storage) == set()


@pytest.mark.parametrize(
    "key",
    [
        *("", "/", "/etc/passwd", "../3f", "3f/../../3f", "3f/..", "3f/.hidden", "3f//3f", "3f/"),
        *("3f\\3f", "3f/ä", "3f/a b", "3f/a\n", "3f/a\0", "3f/%2e%2e", "a" * 201),
    ],
)
def test_anything_else_is_no_key(storage: FilesStorage, key: str) -> None:
    for ask in (
        lambda: save(storage, key),
        lambda: read(storage, key),
        lambda: storage.size(key),
        lambda: storage.exists(key),
        lambda: storage.open(key),
        lambda: storage.delete(key),
    ):
        with pytest.raises((SuspiciousFileOperation, ValueError)):
            ask()


def test_a_file_has_no_address_that_is_a_right(storage: FilesStorage) -> None:
    save(storage)
    with pytest.raises(NotImplementedError):
        storage.url(KEY)  # type: ignore[attr-defined]


def test_a_file_that_was_saved_stays_open(storage: FilesStorage) -> None:
    content = ContentFile(SAVED)
    storage.save(KEY, content)
    content.seek(0)
    assert content.read() == SAVED
