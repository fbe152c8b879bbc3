"""Jobs with files: what is deleted, or never sent, is gone from the storage; previews are made."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync
from django.core.files.base import ContentFile
from PIL import Image

from accounts.models import User
from chat.files import jobs, pictures
from chat.files.storage import FilesStorage
from chat.files.uploads import PREVIEWS
from chat.journal import Delete, Edit, database
from chat.journal.changes import Files
from chat.journal.roster_changes import DeleteRoom, Reject
from chat.models import File, Job, Member, Room
from chat.models.file import EXPIRE, FileQuerySet, FileState, Part
from chat.models.stored_bytes import REMOVE
from chat.personal_data.deletion import delete_account
from chat.tests.support.files import (
    expire_unsent,
    hold,
    message_of,
    new_file,
    new_picture,
    post_files,
    store_previews,
    stored_keys,
    work_off_jobs,
)
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.private_rooms import applied, new_members_room, settled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("storage")]

PARTS = [(0, "aa01"), (5, "aa02")]


@pytest.fixture
def cat(lobby: Room, ada: Member) -> File:
    """A picture in a message of Ada's, with previews."""
    cat = new_picture(ada, lobby)
    store_previews(cat)
    post_files(ada, cat, text="my cat")
    return cat


def break_storage(monkeypatch: pytest.MonkeyPatch, storage: FilesStorage, name: str) -> None:
    def fail(*args: Any) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(type(storage), name, fail)


# --- deleted is gone ----------------------------------------------------------------------------


def test_a_deleted_message_leaves_no_bytes(lobby: Room, ada: Member, cat: File) -> None:
    assert stored_keys() == set(cat.stored_keys)
    applied(Delete(lobby.pk, ada.pk, message_of(cat).seq))
    work_off_jobs()
    assert stored_keys() == set()
    assert not Job.objects.filter(kind=REMOVE).exists()


def test_a_file_that_an_edit_takes_out_leaves_no_bytes(lobby: Room, ada: Member) -> None:
    gone, kept = new_file(ada, lobby), new_file(ada, lobby)
    post_files(ada, gone, kept)
    chosen = Files((UUID(str(kept.client_id)),))
    applied(Edit(lobby.pk, ada.pk, message_of(gone).seq, "one is enough", files=chosen))
    work_off_jobs()
    assert stored_keys() == {kept.key}


def test_a_rejected_message_leaves_no_bytes(ada: Member, gus: Member) -> None:
    file = new_file(gus, new_open_room("Tea", ada))
    held = hold(gus, file)
    settled(Reject(file.room_id, ada.pk, held.pk))
    work_off_jobs()
    assert stored_keys() == set()


def test_a_deleted_room_leaves_no_bytes(ada: Member, ben: Member) -> None:
    den = new_members_room(ada, [ben])
    cat, unsent = new_picture(ben, den), new_file(ada, den)
    store_previews(cat)
    post_files(ben, cat)
    assert stored_keys() == {*cat.stored_keys, unsent.key}
    applied(DeleteRoom(den.pk, ada.pk))
    work_off_jobs()
    assert stored_keys() == set()
    assert not File.objects.exists()


def test_an_account_deleted_with_its_words_leaves_no_bytes(
    lobby: Room, ada: Member, ben: Member, cat: File
) -> None:
    of_another = new_file(ben, lobby)
    post_files(ben, of_another)
    delete_account(account_of(ada), with_messages=True)
    work_off_jobs()
    assert stored_keys() == {of_another.key}
    assert not File.objects.filter(member=ada).exists()


def test_an_account_deleted_without_its_words_leaves_its_files(
    lobby: Room, ada: Member, cat: File
) -> None:
    unsent = new_file(ada, lobby)
    Job.objects.add(EXPIRE, file=unsent.pk)
    delete_account(account_of(ada), with_messages=False)
    work_off_jobs()
    expire_unsent()
    assert stored_keys() == set(cat.stored_keys)
    assert message_of(cat).files[0]["name"] == "cat.png"


def test_a_row_goes_only_with_the_job_that_removes_its_bytes(
    cat: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(files: Any) -> None:
        raise ConnectionError("the database has gone")

    monkeypatch.setattr(FileQuerySet, "delete", fail)
    with pytest.raises(ConnectionError):
        File.objects.all().remove()
    assert not Job.objects.filter(kind=REMOVE).exists()


# --- a storage that fails -----------------------------------------------------------------------


def test_what_cannot_be_removed_is_removed_later(
    lobby: Room, ada: Member, cat: File, storage: FilesStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(Delete(lobby.pk, ada.pk, message_of(cat).seq))
    with monkeypatch.context() as broken:
        break_storage(broken, storage, "delete")
        work_off_jobs()
    job = Job.objects.get(kind=REMOVE)
    assert (job.attempts, job.error) == (1, "OSError(5, 'Input/output error')")
    assert stored_keys() == set(cat.stored_keys)
    work_off_jobs()
    assert stored_keys() == set()


def test_many_bytes_are_removed_in_steps(
    storage: FilesStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "REMOVED_AT_ONCE", 2)
    keys = [f"aa/{number}" for number in range(5)]
    for key in keys:
        storage.save(key, ContentFile(b"x"))
    Job.objects.add(REMOVE, keys=keys)
    job = Job.objects.take([REMOVE])
    assert job
    left = run(jobs.remove, job.state)
    assert left == {"keys": keys[2:]}
    assert stored_keys() == set(keys[2:])
    assert run(jobs.remove, job.state) == left  # a step may run twice
    Job.objects.go_on(job, left)
    work_off_jobs()
    assert stored_keys() == set()


# --- what is never sent -------------------------------------------------------------------------


def test_what_was_not_sent_goes_and_what_was_sent_stays(lobby: Room, ada: Member) -> None:
    unsent, sent = new_file(ada, lobby), new_file(ada, lobby)
    post_files(ada, sent)
    for file in (unsent, sent):
        Job.objects.add(EXPIRE, file=file.pk)
    expire_unsent()
    work_off_jobs()
    assert [it.pk for it in File.objects.all()] == [sent.pk]
    assert stored_keys() == {sent.key}
    assert not Job.objects.exists()


def test_an_upload_under_way_goes_with_its_parts(
    lobby: Room, ada: Member, storage: FilesStorage
) -> None:
    file = new_file(
        ada,
        lobby,
        state=FileState.RECEIVING,
        parts=[Part(0, "a"), Part(5, "b")],
        received=10,
        size=20,
    )
    storage.delete(file.key)
    for _, name in file.parts:
        storage.save(file.part_key(name), ContentFile(b"12345"))
    Job.objects.add(EXPIRE, file=file.pk)
    expire_unsent()
    work_off_jobs()
    assert not File.objects.exists()
    assert stored_keys() == set()


def test_what_waits_with_its_message_stays_and_is_looked_at_again(ada: Member, gus: Member) -> None:
    file = new_file(gus, new_open_room("Tea", ada))
    held = hold(gus, file)
    Job.objects.add(EXPIRE, file=file.pk)
    expire_unsent()
    assert stored_keys() == {file.key}
    job = Job.objects.get(kind=EXPIRE)
    assert (job.due_at - job.created_at).total_seconds() > 23 * 3_600
    settled(Reject(file.room_id, ada.pk, held.pk))
    expire_unsent()
    work_off_jobs()
    assert stored_keys() == set()
    assert not Job.objects.exists()


# --- previews -----------------------------------------------------------------------------------


def test_previews_are_made_and_counted(lobby: Room, ada: Member, storage: FilesStorage) -> None:
    picture = new_stored_picture(ada, lobby, storage, png(1_200, 600))
    Job.objects.add(PREVIEWS, file=picture.pk)
    work_off_jobs()
    picture.refresh_from_db()
    assert sorted(map(int, picture.previews)) == [320, 960]  # none is larger than the picture
    assert picture.previews == {
        size: storage.size(picture.preview_key(int(size))) for size in picture.previews
    }
    assert File.objects.total_bytes() == picture.size + sum(picture.previews.values())
    with storage.open(picture.preview_key(320)) as preview:
        assert Image.open(preview).size == (320, 160)
    assert not Job.objects.exists()


def test_a_picture_that_was_removed_meanwhile_leaves_nothing(
    lobby: Room, ada: Member, storage: FilesStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = new_stored_picture(ada, lobby, storage, png(400, 300))
    Job.objects.add(PREVIEWS, file=picture.pk)
    make = pictures.make_previews

    async def make_and_lose(*args: Any) -> Any:
        made = await make(*args)
        await database.write(File.objects.filter(pk=picture.pk).remove)
        return made

    monkeypatch.setattr(pictures, "make_previews", make_and_lose)
    work_off_jobs()
    assert stored_keys() == set()


@pytest.mark.parametrize("lose", ["row", "bytes"])
def test_a_picture_that_has_gone_needs_no_previews(
    lobby: Room, ada: Member, storage: FilesStorage, lose: str
) -> None:
    picture = new_stored_picture(ada, lobby, storage, png(400, 300))
    Job.objects.add(PREVIEWS, file=picture.pk)
    if lose == "row":
        File.objects.filter(pk=picture.pk).delete()
    storage.delete(picture.key)
    work_off_jobs()
    assert not Job.objects.exists()
    assert stored_keys() == set()


def test_a_picture_without_previews_is_not_tried_for_ever(
    lobby: Room, ada: Member, storage: FilesStorage, caplog: pytest.LogCaptureFixture
) -> None:
    picture = new_stored_picture(ada, lobby, storage, png(400, 300)[:60])
    Job.objects.add(PREVIEWS, file=picture.pk)
    work_off_jobs()
    picture.refresh_from_db()
    assert picture.previews == {}
    assert not Job.objects.exists()
    assert stored_keys() == {picture.key}
    assert f"file {picture.pk} has no previews" in caplog.text
    assert "Traceback" not in caplog.text


def test_previews_that_cannot_be_stored_are_made_later(
    lobby: Room, ada: Member, storage: FilesStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = new_stored_picture(ada, lobby, storage, png(400, 300))
    Job.objects.add(PREVIEWS, file=picture.pk)
    with monkeypatch.context() as broken:
        break_storage(broken, storage, "save")
        work_off_jobs()
    assert Job.objects.get().attempts == 1
    work_off_jobs()
    assert File.objects.get().previews.keys() == {"320"}


def account_of(member: Member) -> User:
    assert member.user
    return member.user


def run(step: Callable[[Any], Any], state: Any) -> Any:
    return async_to_sync(step)(state)


def png(width: int, height: int) -> bytes:
    saved = BytesIO()
    Image.new("RGB", (width, height), "red").save(saved, "PNG")
    return saved.getvalue()


def new_stored_picture(member: Member, room: Room, storage: FilesStorage, content: bytes) -> File:
    picture = new_picture(member, room, size=len(content))
    storage.save(picture.key, ContentFile(content))
    return picture
