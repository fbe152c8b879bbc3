"""Exports that were made to do harm, or broke on the way: one line, and nothing is written."""

import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import pytest
from django.core.management import CommandError
from django.db import OperationalError
from django.utils import timezone

from chat.models import File, ImportedPerson, Member, Message, Room, RoomName
from chat.tests.search.support import say
from chat.tests.support.private_rooms import new_account
from chat.tests.transfer.support import Content, as_bytes, foldered, json_lines, run, zipped
from chat.tests.transfer.test_slack import export, said
from chat.transfer import importing, packages, reading

pytestmark = pytest.mark.django_db(transaction=True)

DAY = "general/2015-01-01.json"


def refusal(path: Path, **options: Any) -> str:
    """The line that the command ends with. Nothing was written."""
    with pytest.raises(CommandError) as raised:
        run("import", str(path), **options)
    assert not Room.objects.exists()
    assert not Member.objects.exists()
    assert "\n" not in str(raised.value)
    return str(raised.value)


def slack(tmp_path: Path, **changed: Content) -> Path:
    return zipped(tmp_path / "slack.zip", {**export(), **changed})


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "SMALL_BYTES", 1024)
    path = slack(tmp_path, **{DAY: b" " * 5_000_000})
    assert f"{DAY}: this zip would unpack to 5000000 bytes" in refusal(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_a_broken_zip_is_named(method: int, tmp_path: Path) -> None:
    path = tmp_path / "slack.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in export().items():
            archive.writestr(name, as_bytes(data))
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo("users.json").header_offset + 60
    content[at : at + 8] = b"\xff" * 8
    path.write_bytes(content)
    assert refusal(path).startswith("slack.zip: the zip is broken: ")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b'[\n\n{"text": "\xff\xfe"}]', f"{DAY}, line 1: this is not UTF-8, here or soon after"),
        (b'[{"ts": "1.0",\n "text": 1', f"{DAY}, line 1: this is no JSON: "),
        (b'[\n7]', f"{DAY}, line 2: this is no JSON object"),
        (b"{}", f"{DAY}, line 1: expected ["),
        (b"[" + b"{\"a\":" * 200_000, f"{DAY}, line 1: this nests too deep"),
        (b'[{"ts": "1.0", "text": []}]', f"{DAY}, line 1: `text` is not a text"),
        (b'[{"ts": "never", "text": "a"}]', f"{DAY}, line 1: `ts` is no time"),
        (b'[{"ts": "99999999999999", "text": "a"}]', f"{DAY}, line 1: `ts` is no time"),
        (b'[{"ts": "00000000000099999999999999", "text": "a"}]', f"{DAY}, line 1: `ts` is no time"),
        (b'[{"ts": "1.0", "reactions": 7}]', f"{DAY}, line 1: `reactions` is no list of objects"),
    ],
)  # fmt: skip
def test_a_fault_in_a_day_is_one_line(content: bytes, fault: str, tmp_path: Path) -> None:
    assert refusal(slack(tmp_path, **{DAY: content})).startswith(fault)


def test_a_huge_item_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ITEM_MAX_CHARACTERS", 100_000)
    path = slack(tmp_path, **{DAY: [said("U1", "1.0", "x" * 1_000_000)]})
    assert "an item has more than 100000 characters" in refusal(path)


def test_a_huge_line_is_not_read(tmp_path: Path) -> None:
    long = b'{"type":"lobby","format":1}\n"' + b"x" * (reading.LINE_MAX_BYTES + 1)
    (tmp_path / "lobby.jsonl").write_bytes(long)
    assert refusal(tmp_path / "lobby.jsonl").startswith("lobby.jsonl, line 2: a line has more than")


def test_another_format_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "lobby.jsonl").write_text('{"type":"lobby","format":2}')
    assert "this is format 2, and this Lobby reads 1" in refusal(tmp_path / "lobby.jsonl")
    (tmp_path / "other.txt").write_text("hello")
    assert "no export of Lobby, Slack" in refusal(tmp_path / "other.txt")
    assert "there is no such file or folder" in refusal(tmp_path / "nowhere")


@pytest.mark.parametrize("path", ["../../outside.txt", "/etc/hostname", "link.txt", "data"])
def test_no_file_outside_of_the_export_comes_over(path: str, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("secret")
    post = {"team": "t", "channel": "c", "user": "a", "message": "m", "create_at": 1}
    lines = json_lines(
        {"type": "version", "version": 1},
        {"type": "channel", "channel": {"team": "t", "name": "c", "type": "P"}},
        {"type": "post", "post": {**post, "attachments": [{"path": path}]}},
    )
    folder = foldered(tmp_path / "a" / "b", {"import.jsonl": lines, "data/x": ""})
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    assert "files that are not in the export" in run("import", str(folder))
    assert not File.objects.exists()


def test_names_of_files_lead_nowhere(tmp_path: Path) -> None:
    """The bytes are kept under keys of ours; a name is only shown."""
    listed = [{"id": "F1", "name": "../../../etc/passwd"}]
    path = slack(tmp_path, **{DAY: [said("U1", "1.0", "see", files=listed)]})
    run("import", str(path))
    assert "passwd" in set(File.objects.values_list("name", flat=True))


def test_a_text_that_no_database_takes_is_made_one(tmp_path: Path) -> None:
    day = json.dumps([said("U1", "1.0", "a\0b \ud800")])
    run("import", str(slack(tmp_path, **{DAY: day})))
    general = Room.objects.get(name="general")
    assert "ab ?" in general.message_set.values_list("text", flat=True)


def test_ids_that_no_database_takes_are_made_some(tmp_path: Path) -> None:
    reacted = said("U1", "1.0", "hi", reactions=[{"name": "tea", "users": ["a\0\ud800"]}])
    run("import", str(slack(tmp_path, **{DAY: json.dumps([reacted])})))
    assert Member.objects.filter(name="a?").exists()


def lobby(tmp_path: Path, *, people: int = 1, **changed: Any) -> Path:
    """Lobby's export of a message in a room that somebody is in, once or more."""
    alice, room = str(uuid4()), str(uuid4())
    message: dict[str, Any] = {"type": "message", "room": room, "id": str(uuid4())}
    message |= {
        "author": alice,
        "sent_at": "2020-01-01T00:00:00Z",
        "seq": 1,
        "version": 1,
        **changed,
    }
    den = {"type": "room", "id": room, "kind": "members", "name": "Den"}
    in_room = [{"person": alice}] * people
    lines = json_lines(
        {"type": "lobby", "format": 1},
        {"type": "person", "id": alice, "name": "Alice"},
        {**den, "version": 1, "last_seq": 1, "people": in_room},
        message,
    )
    return foldered(tmp_path / "lobby", {"lobby.jsonl": lines, "files/x": "bytes"})


def test_nobody_is_in_a_room_twice(tmp_path: Path) -> None:
    fault = "lobby.jsonl, line 3: somebody is in the room twice"
    assert refusal(lobby(tmp_path, people=2)) == fault


def test_a_name_in_an_export_of_lobbys_leads_nowhere(tmp_path: Path) -> None:
    """Not even when it is exported again: the name is part of a path then."""
    file = {"id": str(uuid4()), "name": "../../../e\0vil", "path": "files/x"}
    run("import", str(lobby(tmp_path, text="see", files=[file])))
    assert File.objects.get().name == "evil"
    [shown] = Message.objects.get().files
    assert shown["name"] == "evil"
    run("export", str(tmp_path / "again"))
    assert not list(tmp_path.glob("evil"))


def test_a_card_has_what_a_card_has_and_no_picture(tmp_path: Path) -> None:
    card = {"url": "https://a.example/", "title": "A", "text": "", "site": ""}
    run("import", str(lobby(tmp_path, text="see", card={**card, "picture": {"uid": 7}})))
    assert Message.objects.get().card == card


def test_an_event_that_no_database_takes_is_refused(tmp_path: Path) -> None:
    event = {"type": "renamed", "from": "Al", "to": "Al\0ice"}
    assert "line 4: the event has a NUL" in refusal(lobby(tmp_path, kind="event", event=event))


@pytest.mark.parametrize("name", ["again", "again.zip"])
def test_an_export_that_breaks_off_leaves_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(package: packages.Writer, named: IO[bytes]) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("chat.transfer.export._write_files", fails)
    with pytest.raises(CommandError, match="no space left"):
        run("export", str(tmp_path / name))
    assert not list(tmp_path.glob("again*"))


def test_an_export_gives_nobody_who_was_here_to_others(tmp_path: Path) -> None:
    guest, mallory = Member.objects.create(name="Brave Fox"), str(uuid4())
    lines = json_lines(
        {"type": "lobby", "format": 1},
        {"type": "person", "id": mallory, "name": "Mallory", "account": {"username": "mallory"}},
        {"type": "person", "id": str(guest.uid), "name": "Fox", "belongs_to": mallory},
    )
    run("import", str(foldered(tmp_path / "lobby", {"lobby.jsonl": lines})))
    assert [it.member.name for it in ImportedPerson.objects.all()] == ["Mallory"]


@pytest.fixture
def alice() -> Member:
    """Has an account in an installation that is empty otherwise. An export has what she said."""
    return new_account("Alice")


def exported(author: Member, path: Path) -> None:
    say(Room.objects.ensure(RoomName.parse("Lobby")), author, "what was said")
    run("export", str(path))
    Message.objects.all().delete()
    Room.objects.all().delete()


@pytest.mark.parametrize("is_dry", [True, False], ids=["dry", "wet"])
def test_nobody_writes_in_the_name_of_an_account_here(
    alice: Member, tmp_path: Path, is_dry: bool
) -> None:
    exported(alice, tmp_path / "forged")
    options = ["--dry-run"] if is_dry else []
    with pytest.raises(CommandError, match=r"Alice have accounts here.*--made-here"):
        run("import", str(tmp_path / "forged"), *options)
    assert not Message.objects.exists()


def test_an_export_that_was_made_here_gives_people_their_words_back(
    alice: Member, tmp_path: Path
) -> None:
    exported(alice, tmp_path / "ours")
    run("import", str(tmp_path / "ours"), "--made-here")
    assert Message.objects.get().author == alice


def test_a_time_that_is_to_come_is_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "now", lambda: datetime.now(UTC) + timedelta(days=400))
        exported(Member.objects.create(name="Guest"), tmp_path / "ahead")
    run("import", str(tmp_path / "ahead"))
    assert Message.objects.get().sent_at <= timezone.now()


def test_a_database_that_fails_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("export", str(tmp_path / "empty"))

    def fail(*args: Any) -> None:
        raise OperationalError("disk full")

    monkeypatch.setattr(importing, "store", fail)
    with pytest.raises(CommandError, match=r"disk full\. What is stored stays"):
        run("import", str(tmp_path / "empty"))
