"""Lobby's own export comes back to the same bytes."""

import json
import zipfile
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn, get_args
from uuid import uuid4

import msgspec
import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from chat.files.storage import files_storage
from chat.files.storage.folder import FolderStorage
from chat.journal import Delete, Edit, Post, React
from chat.journal.changes import Files
from chat.journal.roster_changes import SetRetention, SetRole
from chat.journal.write import past_messages
from chat.journal.write.markup import mark_up
from chat.models import (
    File,
    ImportedPerson,
    ImportedRoom,
    Job,
    Member,
    Membership,
    Message,
    Role,
    Room,
    RoomKind,
    RoomName,
    Subscription,
    event,
    stored_bytes,
)
from chat.models.file import FileState
from chat.models.message import Kind
from chat.models.stored_bytes import REMOVE
from chat.retention import removing
from chat.tests.retention.support import age
from chat.tests.search.support import found_in, say, texts
from chat.tests.support.private_rooms import (
    applied,
    new_account,
    new_direct_room,
    new_members_room,
)
from chat.tests.transfer import invariants
from chat.tests.transfer.support import empty_installation, fresh, json_lines, run, unpacked
from chat.transfer.records import EventShape

pytestmark = pytest.mark.django_db(transaction=True)

BYTES = b"notes of the meeting\n"


def new_file(member: Member, room: Room, name: str = "notes.txt") -> File:
    file = File.begin(member, room, uuid4(), name=name, size=len(BYTES), alt="what was said")
    file.state, file.type, file.is_inline = FileState.READY, "text/plain", False
    file.head, file.etag = BYTES.decode().strip(), sha256(BYTES).hexdigest()
    files_storage().save(file.key, ContentFile(BYTES))
    file.save()
    return file


@pytest.fixture
def rooms() -> list[Room]:
    """An open room, a members room and a direct one, in which everything has happened."""
    alice, bob = new_account("Alice"), new_account("Bob")
    guest = Member.objects.create(name="Brave Fox")
    kitchen = Room.objects.ensure(RoomName.parse("Küche"))
    Subscription.objects.keep(bob, kitchen)
    say(kitchen, alice, "Hello **all**, @Bob, see https://example.com/ and `code`")
    say(kitchen, bob, "Hello", reply_to=1)
    say(kitchen, guest, "and me @room")
    say(kitchen, alice, "tea time", kind=Kind.TOPIC)
    say(kitchen, bob, "to be deleted")
    applied(Delete(kitchen.pk, bob.pk, 5))
    text = "Hello *everybody*"
    applied(Edit(kitchen.pk, alice.pk, 1, text, mark_up(kitchen, text)))
    for member, emoji in ((bob, "🎉"), (alice, "👍"), (guest, "🎉")):
        applied(React(kitchen.pk, member.pk, 2, emoji, True))
    Member.objects.filter(pk=guest.pk).update(claimed_by=bob.user)
    kitchen.refresh_from_db()
    file = new_file(alice, kitchen)
    post = Post(kitchen.pk, alice.pk, uuid4(), "", files=Files((file.client_id,)))
    applied(post)
    den = new_members_room(alice, [bob], "Den")
    applied(SetRole(den.pk, alice.pk, bob.pk, Role.MODERATOR))
    applied(SetRetention(den.pk, alice.pk, 30))
    say(den, bob, "secret")
    direct = new_direct_room(alice, bob)
    say(direct, alice, "psst")
    return [kitchen, den, direct]


def exported(path: Path, *args: str) -> dict[str, bytes]:
    run("export", str(fresh(path)), *args)
    return unpacked(path)


def test_an_export_comes_back_to_the_same_bytes(rooms: list[Room], tmp_path: Path) -> None:
    first = exported(tmp_path / "first")
    assert any(name.startswith("files/") for name in first)
    empty_installation()
    said = run("import", str(tmp_path / "first"))
    assert "Did not come over" not in said
    second = exported(tmp_path / "second")
    assert second["lobby.jsonl"].splitlines() == first["lobby.jsonl"].splitlines()
    assert second == first
    for room in Room.objects.all():
        invariants.check(room)


def test_what_is_kept_no_longer_stays_gone(rooms: list[Room], tmp_path: Path) -> None:
    kitchen, den, _ = rooms
    second = Message.objects.get(room=kitchen, seq=2)
    while removing.remove_messages(kitchen.pk, second.sent_at).is_more:
        pass
    first = exported(tmp_path / "first")
    empty_installation()
    run("import", str(tmp_path / "first"))
    assert Room.objects.get(uid=kitchen.uid).expired_seq == 1
    assert Room.objects.get(uid=den.uid).kept_days == 30
    assert exported(tmp_path / "second") == first


def test_every_event_may_come() -> None:
    [shape] = [it for it in msgspec.structs.fields(EventShape) if it.name == "type"]
    assert set(get_args(shape.type)) == {*event._TEXTS, "history"}


def test_a_zip_is_the_same_bytes_each_time(rooms: list[Room], tmp_path: Path) -> None:
    run("export", str(tmp_path / "first.zip"))
    empty_installation()
    run("import", str(tmp_path / "first.zip"))
    run("export", str(tmp_path / "second.zip"))
    first, second = (tmp_path / it for it in ("first.zip", "second.zip"))
    assert first.read_bytes() == second.read_bytes()
    assert first.stat().st_mode & 0o777 == 0o600


def test_one_room_comes_back_to_the_same_bytes(rooms: list[Room], tmp_path: Path) -> None:
    first = exported(tmp_path / "first", "--room", "küche")
    assert b"secret" not in first["lobby.jsonl"]
    assert b"psst" not in first["lobby.jsonl"]
    empty_installation()
    run("import", str(tmp_path / "first"))
    assert exported(tmp_path / "second", "--room", "küche") == first


def test_what_is_here_already_stays_as_it_is(rooms: list[Room], tmp_path: Path) -> None:
    before = exported(tmp_path / "before")
    said = run("import", str(tmp_path / "before"), "--made-here")
    assert "3 × rooms that are here already" in said
    assert exported(tmp_path / "after") == before


def test_a_name_that_is_taken_leads_to_another_one(rooms: list[Room], tmp_path: Path) -> None:
    exported(tmp_path / "first")
    empty_installation()
    here = Room.objects.ensure(RoomName.parse("KÜCHE"))
    say(here, Member.objects.create(name="Carol"), "I was here first")
    dry = run("import", str(tmp_path / "first"), "--dry-run")
    assert "A room is named Küche here: the one that comes over is Küche-2." in dry
    assert Room.objects.count() == 1
    run("import", str(tmp_path / "first"))
    assert Message.objects.filter(room=here).count() == 1
    arrived = Room.objects.get(key="küche-2")
    assert Message.objects.filter(room=arrived).count() == 6


def test_an_import_that_was_killed_goes_on(
    rooms: list[Room], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = exported(tmp_path / "first")
    empty_installation()
    monkeypatch.setattr("chat.transfer.importing.STEP_MESSAGES", 2)
    store, steps = past_messages.store, iter(range(100))

    def dies(past: Any) -> Any:
        if next(steps) == 2:
            raise KeyboardInterrupt
        return store(past)

    with monkeypatch.context() as patch:
        patch.setattr(past_messages, "store", dies)
        with pytest.raises(KeyboardInterrupt):
            run("import", str(tmp_path / "first"))
    assert Message.objects.count() == 4
    assert Room.objects.by_keys(["küche"]) == {}, "a room is found that is not complete"
    assert exported(tmp_path / "half")["lobby.jsonl"].count(b'"type":"room"') == 0
    run("import", str(tmp_path / "first"))
    assert exported(tmp_path / "second") == first


def test_bytes_of_an_import_that_was_killed_go_in_a_day(
    rooms: list[Room], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported(tmp_path / "first")
    empty_installation()
    with monkeypatch.context() as patch:
        patch.setattr(past_messages, "store", kill)
        with pytest.raises(KeyboardInterrupt):
            run("import", str(tmp_path / "first"))
    job = Job.objects.get(kind=REMOVE)
    assert job.due_at > timezone.now() + timedelta(hours=23)
    [stored] = [it for it in files_storage().stored() if it.key in job.state["keys"]]
    run("import", str(tmp_path / "first"))
    assert Job.objects.filter(kind=REMOVE).get() == job, "a job for what is kept"
    assert File.objects.get().key != stored.key


def test_bytes_that_go_already_are_not_kept(
    rooms: list[Room], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The computer slept for a day in the middle of an import."""
    exported(tmp_path / "first")
    empty_installation()
    monkeypatch.setattr(stored_bytes, "keep", lambda jobs: Job.objects.all().delete() and False)
    with pytest.raises(CommandError, match="Run it again"):
        run("import", str(tmp_path / "first"))
    assert not File.objects.exists()


def kill(*args: Any) -> NoReturn:
    raise KeyboardInterrupt


@pytest.mark.parametrize("dry", [True, False])
def test_what_goes_within_the_hour_is_told(
    rooms: list[Room], tmp_path: Path, settings: Settings, dry: bool
) -> None:
    for days, room in zip([50, 20, 20], rooms, strict=True):
        age(room, days)
    exported(tmp_path / "first")
    empty_installation()
    assert "older than" not in run("import", str(tmp_path / "first"), dry_run=True)
    settings.RETENTION_DAYS = 40
    said = run("import", str(tmp_path / "first"), dry_run=dry)
    assert "6 messages are older than messages are kept here" in said


def test_files_are_read_after_the_snapshot(
    rooms: list[Room], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may take hours, and a snapshot keeps the database from tidying up."""
    read, is_reading = FolderStorage.read, []

    def note(*args: Any) -> Any:
        with connection.cursor():
            is_in_transaction = getattr(connection.connection, "in_transaction", False)
        is_reading.append(connection.in_atomic_block or is_in_transaction)
        return read(*args)

    monkeypatch.setattr(FolderStorage, "read", note)
    run("export", str(tmp_path / "first"))
    assert is_reading == [False]


def test_people_are_nobodys_until_an_account_claims_them(rooms: list[Room], tmp_path: Path) -> None:
    exported(tmp_path / "first")
    empty_installation()
    run("import", str(tmp_path / "first"))
    alice = Member.objects.get(name="Alice")
    assert alice.user is None
    assert alice.is_guest
    carol = new_account("Carol")
    assert "Alice is now carol." in run("claim", "alice", "carol")
    alice.refresh_from_db()
    assert alice.claimed_by == carol.user
    assert not ImportedPerson.objects.filter(member=alice).exists()
    owned = Membership.objects.get(member=carol, room__kind=RoomKind.MEMBERS)
    assert (owned.room.name, owned.role) == ("Den", "owner")


def test_the_guests_of_a_person_go_with_them(rooms: list[Room], tmp_path: Path) -> None:
    exported(tmp_path / "first")
    empty_installation()
    run("import", str(tmp_path / "first"))
    bob = new_account("Robert")
    run("claim", "bob", "robert")
    assert Member.objects.get(name="Brave Fox").claimed_by == bob.user


def test_an_imported_room_goes_on(rooms: list[Room], tmp_path: Path) -> None:
    exported(tmp_path / "first")
    empty_installation()
    run("import", str(tmp_path / "first"))
    room = Room.objects.by_keys(["küche"])["küche"]
    carol = new_account("Carol")
    Subscription.objects.keep(carol, room)
    seq = say(room, carol, "hello again")
    assert seq == room.version + 1
    invariants.check(room)
    assert texts(carol, "hello", found_in(carol, room)) == [
        "hello again",
        "Hello",
        "Hello *everybody*",
    ]


def test_markup_in_an_export_is_cleaned(rooms: list[Room], tmp_path: Path) -> None:
    lines = exported(tmp_path / "first")["lobby.jsonl"].decode().splitlines()
    empty_installation()
    evil = [_with_html(it, "<script>alert(1)</script><a href='javascript:1'>x</a>") for it in lines]
    (tmp_path / "first" / "lobby.jsonl").write_text(json_lines(*evil))
    run("import", str(tmp_path / "first"))
    assert Message.objects.exclude(html="").exists()
    for html in Message.objects.values_list("html", flat=True):
        assert "script" not in html


def _with_html(line: str, html: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(line)
    return value | {"html": html} if value["type"] == "message" and value.get("text") else value


def test_a_file_with_other_bytes_does_not_come_over(rooms: list[Room], tmp_path: Path) -> None:
    [name] = [it for it in exported(tmp_path / "first") if it.startswith("files/")]
    (tmp_path / "first" / name).write_bytes(b"<script>alert(1)</script>")
    empty_installation()
    said = run("import", str(tmp_path / "first"))
    assert "files whose bytes are not those that were exported" in said
    assert not File.objects.exists()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ({"type": "person", "id": "1", "name": "A"}, "line 2: Invalid UUID"),
        ({"type": "person", "id": str(uuid4()), "name": 7}, "line 2: Expected `str`, got `int`"),
        ({"type": "potato"}, "line 2: Invalid value 'potato'"),
        (
            {
                "type": "room",
                "id": str(uuid4()),
                "kind": "open",
                "name": "a/b",
            },
            "line 2: A room name cannot contain",
        ),
        (
            {"type": "room", "id": str(uuid4()), "kind": "open", "name": "a", "expired_seq": 1},
            "line 2: more messages are gone than the room had",
        ),
        (
            {
                "type": "message",
                "room": str(uuid4()),
                "id": str(uuid4()),
                "author": str(uuid4()),
                "sent_at": "2020-01-01T00:00:00Z",
            },
            "line 2: there is no room",
        ),
    ],
)
def test_a_fault_is_one_line_and_nothing_is_written(
    line: dict[str, Any], fault: str, tmp_path: Path
) -> None:
    tmp_path.joinpath("lobby.jsonl").write_text(json_lines({"type": "lobby", "format": 1}, line))
    with pytest.raises(CommandError, match=fault) as raised:
        run("import", str(tmp_path / "lobby.jsonl"))
    assert "\n" not in str(raised.value)
    assert not Member.objects.exists()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"seq": 9, "version": 9}, "the room has no such seq or version"),
        ({"seq": 0}, "a message has a seq"),
        ({"reply_to": 2}, "a reply answers an earlier message"),
        ({"kind": "event", "event": {"type": "joined"}}, "the event does not have"),
        ({"kind": "event", "event": {"type": "party"}}, "Invalid enum value 'party'"),
        ({"kind": "event"}, "an event, and nothing else"),
        ({"deleted_at": "2020-01-01T00:00:00Z"}, "a deleted message has no content"),
        ({"reactions": [{"emoji": "<b>", "people": []}]}, "is no emoji"),
        ({"mentions": ["me"]}, "is nobody's id"),
        ({"text": "a\0b"}, "Expected `str` matching regex"),
        ({"sent_at": "2020-01-01T00:00:00"}, "Expected `datetime` with a timezone"),
        ({"sent_at": "0001-01-01T00:00:00+14:00"}, "a time is not between the years"),
        ({"edited_at": "9999-12-31T23:59:59-14:00"}, "a time is not between the years"),
        ({"text": "x" * 8_001}, "Expected `str` of length <= 8000"),
    ],
)
def test_a_message_that_cannot_be_is_refused(
    change: dict[str, Any], fault: str, tmp_path: Path
) -> None:
    person, room = str(uuid4()), str(uuid4())
    message = {
        "type": "message",
        "room": room,
        "id": str(uuid4()),
        "author": person,
        "sent_at": "2020-01-01T00:00:00Z",
        "seq": 1,
        "version": 1,
        "text": "Hello",
    }
    lines: list[dict[str, Any]] = [
        {"type": "lobby", "format": 1},
        {"type": "person", "id": person, "name": "Alice"},
        {"type": "room", "id": room, "kind": "open", "name": "a", "version": 2, "last_seq": 1},
        message | change,
    ]
    tmp_path.joinpath("lobby.jsonl").write_text(json_lines(*lines))
    with pytest.raises(CommandError, match=fault) as raised:
        run("import", str(tmp_path / "lobby.jsonl"))
    assert str(raised.value).startswith("lobby.jsonl, line 4: ")
    assert not Room.objects.exists()


def test_an_export_does_not_overwrite(rooms: list[Room], tmp_path: Path) -> None:
    (tmp_path / "there.zip").write_bytes(b"mine")
    with pytest.raises(CommandError, match="is not overwritten"):
        run("export", str(tmp_path / "there.zip"))
    assert (tmp_path / "there.zip").read_bytes() == b"mine"


def test_an_export_is_for_its_owner_alone(rooms: list[Room], tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    run("export", str(tmp_path / "out/lobby.zip"))
    run("export", str(tmp_path / "out/folder"))
    modes = {it.name: it.stat().st_mode & 0o777 for it in (tmp_path / "out").iterdir()}
    assert modes == {"lobby.zip": 0o600, "folder": 0o700}


def test_what_is_deleted_or_arriving_is_not_exported(rooms: list[Room], tmp_path: Path) -> None:
    kitchen, den, _ = rooms
    den.mark_deleted()
    ImportedRoom.objects.create(room=kitchen)
    lines = exported(tmp_path / "first")["lobby.jsonl"]
    assert lines.count(b'"type":"room"') == 1
    assert b"secret" not in lines
    assert b"Hello" not in lines


def test_nothing_happens_anew_for_what_is_past(rooms: list[Room], tmp_path: Path) -> None:
    """No card is fetched, and nobody's list of rooms changes."""
    exported(tmp_path / "first")
    before = Subscription.objects.count()
    empty_installation()
    run("import", str(tmp_path / "first"))
    assert set(Job.objects.values_list("kind", flat=True)) <= {"purge search index"}
    assert Subscription.objects.count() == before


def test_the_zip_of_an_export_has_the_lines_first(rooms: list[Room], tmp_path: Path) -> None:
    run("export", str(tmp_path / "first.zip"))
    with zipfile.ZipFile(tmp_path / "first.zip") as archive:
        assert archive.namelist()[0] == "lobby.jsonl"
        assert archive.testzip() is None


def test_people_go_on_posting_while_messages_arrive(
    rooms: list[Room], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = exported(tmp_path / "first")
    empty_installation()
    carol, here = Member.objects.create(name="Carol"), Room.objects.create(key="here", name="here")
    monkeypatch.setattr("chat.transfer.importing.STEP_MESSAGES", 3)
    monkeypatch.setattr(
        "chat.management.commands.import.Command._progress",
        lambda command, done: say(here, carol, f"after {done}"),
    )
    run("import", str(tmp_path / "first"))
    assert Message.objects.filter(room=here).count() == 4
    invariants.check_appended(here)
    for room in Room.objects.all():
        invariants.check(room)
    again = exported(tmp_path / "second")["lobby.jsonl"].splitlines()
    assert set(first["lobby.jsonl"].splitlines()) <= set(again)
