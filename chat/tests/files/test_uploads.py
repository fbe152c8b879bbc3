"""Uploads in parts: what races, faults and discarding leave."""

import io
from typing import Any
from uuid import uuid4

import pytest

from chat.files import uploads
from chat.files.storage import FilesStorage, files_storage
from chat.journal import Refused
from chat.models import File, Job, Member, Room
from chat.models.stored_bytes import REMOVE

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


def test_the_parts_go_once_the_file_is_there(upload: File) -> None:
    for offset in range(0, 10, 5):
        add(File.objects.get(pk=upload.pk), offset, b"01234")
    assert stored() - keys_to_remove() == {upload.key}


def test_an_empty_part_leaves_nothing(upload: File) -> None:
    assert add(upload, 0, b"") is None
    assert stored() == set()


def test_a_file_is_finished_once_at_a_time(upload: File, monkeypatch: pytest.MonkeyPatch) -> None:
    examine = uploads._examine_and_store

    def ask_again(file: File, *args: Any) -> None:
        assert add(File.objects.get(pk=upload.pk), 10, b"") == "busy"
        examine(file, *args)

    monkeypatch.setattr(uploads, "_examine_and_store", ask_again)
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


def test_what_is_discarded_while_it_is_finished_leaves_nothing(
    upload: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    examine = uploads._examine_and_store

    def discard_too(file: File, *args: Any) -> None:
        uploads.discard(File.objects.get(pk=upload.pk))
        Job.objects.all().delete()  # worked off before the bytes were stored
        examine(file, *args)

    monkeypatch.setattr(uploads, "_examine_and_store", discard_too)
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
