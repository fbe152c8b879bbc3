"""`manage.py files`: what the storage and the database do not agree about."""

import os
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from chat.files.storage import FilesStorage, files_storage
from chat.models import File, Job, Member, Room
from chat.models.file import FileState, Part
from chat.models.stored_bytes import REMOVE
from chat.tests.files.conftest import store_in
from chat.tests.support.files import (
    BYTES,
    new_file,
    new_picture,
    new_stored_picture,
    post_files,
    store_previews,
    stored_keys,
    work_off_jobs,
)

pytestmark = pytest.mark.django_db(transaction=True)

ORPHAN = "aa/aa0123456789"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Where the files of this test are, and no others."""
    folder = tmp_path / "files"
    store_in(settings, "folder.FolderStorage", {"location": folder})
    return folder


def files(*options: str) -> str:
    said = StringIO()
    call_command("files", *options, stdout=said)
    return said.getvalue()


def store(folder: Path, key: str, age: timedelta = timedelta(hours=2)) -> None:
    """Store something that belongs to no file."""
    files_storage().save(key, ContentFile(b"orphan"))
    at = (datetime.now() - age).timestamp()
    os.utime(folder / key, (at, at))


def test_where_all_is_well_there_is_nothing_to_report(lobby: Room, ada: Member) -> None:
    cat, unsent = new_picture(ada, lobby), new_file(ada, lobby)
    store_previews(cat)
    post_files(ada, cat)
    assert unsent
    new_stored_picture()
    assert files().splitlines() == [
        f"2 files, {2 * len(BYTES)}\xa0bytes.",
        f"1 pictures of people and rooms, {2 * len(BYTES)}\xa0bytes.",
        "0 stored that belong to no file, 0\xa0bytes.",
        "0 files without bytes.",
        "0 pictures without bytes.",
    ]


def test_bytes_that_belong_to_no_file_are_reported_and_stay(folder: Path, lobby: Room) -> None:
    store(folder, ORPHAN)
    store(folder, f"{ORPHAN}.320.webp")
    said = files()
    assert "2 stored that belong to no file, 12\xa0bytes." in said
    assert f"  {ORPHAN} (6\xa0bytes)" in said
    assert stored_keys() == {ORPHAN, f"{ORPHAN}.320.webp"}
    assert not Job.objects.exists()


def test_young_bytes_may_belong_to_a_file_that_is_being_stored(folder: Path, lobby: Room) -> None:
    store(folder, ORPHAN, age=timedelta(minutes=50))
    assert "0 stored that belong to no file" in files("--remove")
    assert not Job.objects.exists()


def test_the_parts_of_an_upload_under_way_belong_to_it(
    folder: Path, lobby: Room, ada: Member
) -> None:
    file = new_file(ada, lobby, state=FileState.RECEIVING, parts=[Part(0, "a")], received=6)
    files_storage().delete(file.key)
    store(folder, file.part_key("a"))
    assert "0 stored that belong to no file" in files()
    File.objects.all().delete()
    assert "1 stored that belong to no file" in files()


def test_what_a_crash_left_half_stored_belongs_to_nobody(
    folder: Path, lobby: Room, ada: Member
) -> None:
    file = new_file(ada, lobby)
    store(folder, f"{file.key}.draft-abc123")
    assert f"  {file.key}.draft-abc123" in files()


def test_remove_leaves_what_belongs_to_nobody_to_a_job(
    folder: Path, lobby: Room, ada: Member
) -> None:
    kept = new_file(ada, lobby)
    store(folder, ORPHAN)
    assert "A running server removes these bytes now." in files("--remove")
    assert Job.objects.get().state == {"keys": [ORPHAN]}
    assert "0 stored that belong to no file" in files("--remove")  # it is on its way
    assert Job.objects.count() == 1
    work_off_jobs()
    assert stored_keys() == {kept.key}


def test_bytes_that_a_deletion_removes_are_not_reported(lobby: Room, ada: Member) -> None:
    new_file(ada, lobby)
    File.objects.all().remove()
    assert "0 stored that belong to no file" in files()
    assert Job.objects.get().kind == REMOVE


def test_many_orphans_are_several_jobs(
    folder: Path, lobby: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.models.stored_bytes.KEYS_MAX", 2)
    keys = {f"aa/aa{number}" for number in range(5)}
    for key in keys:
        store(folder, key)
    files("--remove")
    assert [len(it.state["keys"]) for it in Job.objects.order_by("pk")] == [2, 2, 1]
    work_off_jobs()
    assert stored_keys() == set()


def test_files_without_bytes_are_reported_and_stay(lobby: Room, ada: Member) -> None:
    lost, on_its_way = new_file(ada, lobby), new_file(ada, lobby, state=FileState.RECEIVING)
    for file in (lost, on_its_way):
        files_storage().delete(file.key)
    said = files("--remove")
    assert "1 files without bytes." in said
    assert f"  {lost.key} in Lobby, of {lost.created_at:%Y-%m-%d}" in said
    assert File.objects.count() == 2


def test_a_storage_that_is_away_is_one_line(lobby: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(storage: FilesStorage) -> Any:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(type(files_storage()), "stored", fail)
    with pytest.raises(CommandError, match=r"^The storage does not work: .*Input/output error$"):
        files()
