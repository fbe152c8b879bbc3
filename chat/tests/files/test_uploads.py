"""Uploads in parts: what races, faults and discarding leave."""

import io
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from pytest_django.fixtures import Settings

from chat.files import uploads
from chat.files.storage import FilesStorage, files_storage
from chat.journal import Refused
from chat.models import File, Job, Member, Room
from chat.models.stored_bytes import REMOVE
from chat.tests.support.rivals import result_of_second
from chat.transport.counters import counters

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def upload(lobby: Room, ada: Member) -> File:
    """Of ten bytes, none of which has come."""
    return uploads.begin(ada, lobby, uuid4(), "a.bin", 10)


@pytest.fixture(autouse=True)
def empty(folder: FilesStorage) -> FilesStorage:
    return folder


def add(file: File, offset: int, bytes: bytes) -> str | None:
    """Add a part. Returns the code of the refusal."""
    try:
        uploads.add_part(file, offset, io.BytesIO(bytes))
    except Refused as refusal:
        return refusal.code
    return None


def stored() -> set[str]:
    return {it.key for it in files_storage().stored()}


def keys_to_remove() -> set[str]:
    return {key for job in Job.objects.filter(kind=REMOVE) for key in job.state["keys"]}


def content(file: File) -> bytes:
    file.refresh_from_db()
    return b"".join(files_storage().read(file.key, 0, file.size))


def test_of_two_parts_for_one_place_the_first_counts(upload: File) -> None:
    late = File.objects.get(pk=upload.pk)
    assert add(upload, 0, b"01234") is None
    assert add(late, 0, b"xx") == "wrong_offset"
    assert len(stored()) == 1
    assert add(File.objects.get(pk=upload.pk), 5, b"56789") is None
    assert content(upload) == b"0123456789"


def test_a_file_that_is_there_is_counted_once_with_its_bytes(upload: File) -> None:
    before = counters.uploads, counters.upload_bytes
    add(upload, 0, b"01234")
    assert (counters.uploads, counters.upload_bytes) == before
    add(upload, 5, b"56789")
    add(upload, 10, b"")
    assert (counters.uploads - before[0], counters.upload_bytes - before[1]) == (1, 10)


def test_the_parts_go_once_the_file_is_there(upload: File) -> None:
    for offset in range(0, 10, 5):
        add(File.objects.get(pk=upload.pk), offset, b"01234")
    upload.refresh_from_db()
    assert stored() - keys_to_remove() == {upload.key}


def test_an_empty_part_leaves_nothing(upload: File) -> None:
    assert add(upload, 0, b"") is None
    assert stored() == set()


def test_a_file_is_finished_once_at_a_time(upload: File, monkeypatch: pytest.MonkeyPatch) -> None:
    examine = uploads.examine_and_store

    def ask_again(file: File, *args: Any) -> None:
        assert add(File.objects.get(pk=upload.pk), 10, b"") == "in_progress"
        examine(file, *args)

    monkeypatch.setattr(uploads, "examine_and_store", ask_again)
    assert add(upload, 0, b"0123456789") is None
    assert content(upload) == b"0123456789"


def test_an_upload_goes_on_when_the_storage_works_again(
    upload: File, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*args: Any) -> None:
        raise OSError(5, "S3: EndpointConnectionError")

    with monkeypatch.context() as broken:
        broken.setattr(type(files_storage()), "save", away)
        assert add(upload, 0, b"01234") == "unavailable"
    assert add(upload, 0, b"01234") is None
    with monkeypatch.context() as broken:
        broken.setattr(type(files_storage()), "read", away)
        assert add(upload, 5, b"56789") == "unavailable"
    assert add(File.objects.get(pk=upload.pk), 10, b"") is None
    assert content(upload) == b"0123456789"
    assert "Traceback" not in caplog.text


def test_what_a_storage_has_stored_and_says_it_has_not_is_removed(
    upload: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(upload, 0, b"01234")
    parts, save = stored(), type(files_storage()).save

    def time_out(self: Any, name: str, content: Any) -> None:
        save(self, name, content)
        if ".part/" not in name:
            raise OSError(5, "S3: ReadTimeoutError")

    monkeypatch.setattr(type(files_storage()), "save", time_out)
    assert add(upload, 5, b"56789") == "unavailable"
    upload.refresh_from_db()
    assert parts < stored()
    assert stored() - keys_to_remove() == {upload.part_key(name) for _, name in upload.parts}


def test_what_is_discarded_while_it_is_finished_leaves_nothing(
    upload: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    examine = uploads.examine_and_store

    def discard_too(file: File, *args: Any) -> None:
        uploads.discard(File.objects.get(pk=upload.pk))
        Job.objects.all().delete()  # worked off before the bytes were stored
        examine(file, *args)

    monkeypatch.setattr(uploads, "examine_and_store", discard_too)
    assert add(upload, 0, b"0123456789") == "no_such_file"
    assert upload.key in stored()
    assert stored() <= keys_to_remove()


def test_another_size_begins_anew(lobby: Room, ada: Member, upload: File) -> None:
    add(upload, 0, b"01234")
    again = uploads.begin(ada, lobby, upload.client_id, "a.bin", 11)
    assert (again.pk != upload.pk, again.received) == (True, 0)
    assert stored() <= keys_to_remove()


def test_a_file_that_a_message_has_is_not_discarded(lobby: Room, ada: Member) -> None:
    from chat.tests.support.files import new_file, post_files

    file = new_file(ada, lobby)
    post_files(ada, file)
    uploads.discard(file)
    assert File.objects.filter(pk=file.pk).exists()


def test_of_two_requests_that_begin_an_upload_one_does(lobby: Room, ada: Member) -> None:
    begin = partial(uploads.begin, ada, lobby, uuid4(), "a.bin", 10)
    with suppress(Refused):  # it is in progress
        result_of_second(begin, begin)
    assert begin() == File.objects.get()


# --- several that finish one upload -------------------------------------------------------------


@pytest.fixture
def taken(upload: File, tmp_path: Path) -> File:
    """The upload as another process has read it, which this one has finished meanwhile."""
    late = File.objects.get(pk=upload.pk)
    receive(upload, b"0123456789", tmp_path)
    return late


def receive(file: File, content: bytes, folder: Path) -> None:
    source = folder / "source"
    source.write_bytes(content)
    uploads.receive(file, source)


def test_who_finishes_later_replaces_nothing(upload: File, taken: File, tmp_path: Path) -> None:
    receive(taken, b"other bytes", tmp_path)
    assert content(upload) == b"0123456789"
    assert (taken.key, taken.etag, taken.size) == (upload.key, upload.etag, 10)
    assert stored() - keys_to_remove() == {upload.key}


def test_who_is_refused_later_removes_nothing(upload: File, taken: File, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        receive(taken, b"\xff\xd8\xff\xe0 no jpeg", tmp_path)
    assert content(upload) == b"0123456789"
    assert upload.key not in keys_to_remove()


# --- animations ---------------------------------------------------------------------------------


@pytest.fixture
def moving(tmp_path: Path) -> Path:
    """A picture that moves."""
    path = tmp_path / "moving.gif"
    first, *others = (Image.new("RGB", (400, 300), it) for it in ("red", "green", "blue"))
    first.save(path, "GIF", save_all=True, append_images=others, duration=100)
    return path


def test_an_animation_has_its_still_previews_from_the_beginning(
    lobby: Room, ada: Member, moving: Path
) -> None:
    file = uploads.begin(ada, lobby, uuid4(), "a.gif", moving.stat().st_size)
    uploads.receive(file, moving)
    file.refresh_from_db()
    assert (file.is_animated, list(file.previews)) == (True, ["320"])
    with files_storage().open(file.preview_key(320)) as preview:
        assert getattr(Image.open(preview), "n_frames", 1) == 1
    assert stored() == {file.key, file.preview_key(320)}
    assert not Job.objects.filter(kind=uploads.PREVIEWS).exists()


def test_an_animation_that_is_not_stored_leaves_nothing(
    lobby: Room, ada: Member, moving: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = uploads.begin(ada, lobby, uuid4(), "a.gif", moving.stat().st_size)
    storage = type(files_storage())
    save = storage.save

    def fill(self: Any, name: str, content: Any) -> str:
        if name.endswith(".webp"):
            return save(self, name, content)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "save", fill)
    with pytest.raises(Refused) as refused:
        uploads.receive(file, moving)
    assert refused.value.code == "no_space"
    assert stored()
    assert stored() <= keys_to_remove()


# --- bounds -------------------------------------------------------------------------------------


def test_an_upload_comes_in_so_many_parts(upload: File, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "PARTS_MAX", 2)
    outcomes = [add(upload, offset, b"x") for offset in range(3)]
    assert outcomes == [None, None, "too_many_parts"]
    assert not File.objects.exists()
    assert stored() <= keys_to_remove()


@pytest.fixture
def growing(lobby: Room, ada: Member, tmp_path: Path) -> Path:
    """A picture that takes more when it is made anew."""
    path = tmp_path / "growing"
    Image.effect_noise((400, 400), 100).convert("RGB").save(path, "WEBP", quality=1)
    return path


@pytest.mark.parametrize(
    ("bound", "code"), [("FILE_MAX_BYTES", "too_large"), ("FILES_MAX_BYTES", "no_space")]
)
def test_a_picture_that_grows_beyond_a_bound_is_refused(
    lobby: Room, ada: Member, growing: Path, settings: Settings, bound: str, code: str
) -> None:
    size = growing.stat().st_size
    setattr(settings, bound, size)
    file = uploads.begin(ada, lobby, uuid4(), "a.webp", size)
    with pytest.raises(Refused) as refused:
        uploads.receive(file, growing)
    assert refused.value.code == code
    assert not File.objects.exists()
    assert stored() == set()
