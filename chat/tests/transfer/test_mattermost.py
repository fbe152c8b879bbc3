"""Mattermost's bulk export, written here as its format is described."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from chat.models import File, Membership, Message, Room, RoomKind
from chat.tests.transfer import invariants
from chat.tests.transfer.support import json_lines, run, texts, zipped

pytestmark = pytest.mark.django_db(transaction=True)

AT = 1_420_074_000_000


def line(of: str, /, **fields: Any) -> dict[str, Any]:
    return {"type": of, of: fields}


def channel(name: str, type: str) -> dict[str, Any]:
    return line("channel", team="t", name=name, display_name=name.title(), type=type, header="Hi")


def user(name: str, *channels: str) -> dict[str, Any]:
    joined = [{"name": it, "roles": "channel_user channel_admin"} for it in channels]
    teams = [{"name": "t", "channels": joined}]
    return line("user", username=name, email=f"{name}@example.com", nickname="", teams=teams)


def post(user: str, at: int, text: str, **fields: Any) -> dict[str, Any]:
    return {"user": user, "create_at": at, "message": text, **fields}


def lines() -> list[dict[str, Any]]:
    reply = post("bob", AT + 2, "a reply", edit_at=AT + 9)
    reactions = [{"user": "bob", "create_at": AT + 5, "emoji_name": "tada"}]
    first = post("alice", AT, "Hello **all** @bob", replies=[reply], reactions=reactions)
    first["attachments"] = [{"path": "20150101/x/notes.txt"}, {"path": "20150101/x/gone.txt"}]
    joined = post("bob", AT - 1, "bob joined", type="system_join_channel")
    return [
        {"type": "version", "version": 1},
        line("emoji", name="parrot", image="parrot.png"),
        line("team", name="t", display_name="T", type="O"),
        channel("town", "O"),
        channel("cellar", "P"),
        user("alice", "town", "cellar"),
        user("bob", "town"),
        line("post", team="t", channel="town", **post("bob", AT + 3, "last")),
        line("post", team="t", channel="town", **first),
        line("post", team="t", channel="town", **joined),
        line("post", team="t", channel="cellar", **post("alice", AT, "x" * 20_000)),
        line("direct_channel", members=["alice", "bob"]),
        line("direct_post", channel_members=["alice", "bob"], **post("bob", AT, "psst")),
    ]


def test_rooms_people_and_messages_come_over(tmp_path: Path) -> None:
    package = zipped(
        tmp_path / "mm.zip",
        {"import.jsonl": json_lines(*lines()), "data/20150101/x/notes.txt": "notes"},
    )
    said = run("import", str(package))
    assert "1 × files that are not in the export: gone.txt" in said
    assert "1 × things that Lobby has not: emoji" in said
    town, cellar = Room.objects.get(name="Town"), Room.objects.get(name="Cellar")
    assert texts(town) == ["Hello **all** @bob", "a reply", "last"]
    first, reply, _ = Message.objects.filter(room=town).order_by("seq")
    assert reply.reply_to == first.seq
    assert reply.edited_at is not None
    assert first.reactions[0]["emoji"] == "🎉"
    assert 'class="mention"' in first.html
    assert File.objects.get().name == "notes.txt"
    assert [len(it) for it in texts(cellar)] == [8_000, 8_000, 4_000]
    assert Membership.objects.get(room=cellar).role == "owner"
    assert texts(Room.objects.get(kind=RoomKind.DIRECT)) == ["psst"]
    for room in Room.objects.all():
        invariants.check(room)
        invariants.check_appended(room)
    assert "New: 0 people, 0 rooms, 0 messages" in run("import", str(package))


def test_a_wrong_type_in_the_last_line_writes_nothing(tmp_path: Path) -> None:
    wrong = line("post", team="t", channel="town", user="bob", message=7, create_at=AT)
    (tmp_path / "mm.jsonl").write_text(json_lines(*lines(), wrong))
    with pytest.raises(CommandError, match=r"mm\.jsonl, line 14: `message` is not a text"):
        run("import", str(tmp_path / "mm.jsonl"))
    assert not Room.objects.exists()


def test_who_is_told_of_twice_is_in_a_room_once(tmp_path: Path) -> None:
    twice = [*lines()[:7], user("bob", "town"), *lines()[7:]]
    run("import", str(zipped(tmp_path / "twice.zip", {"import.jsonl": json_lines(*twice)})))
    assert Membership.objects.filter(room__name="Town", member__name="bob").count() == 1
