"""DiscordChatExporter's JSON, written here as its format is described."""

from pathlib import Path
from typing import Any

import pytest

from chat.models import File, Message, Room, RoomKind
from chat.tests.transfer import invariants
from chat.tests.transfer.support import Content, foldered, run, texts

pytestmark = pytest.mark.django_db(transaction=True)

ALICE = {"id": "1", "name": "alice", "nickname": "Alice", "isBot": False}
BOB = {"id": "2", "name": "bob", "nickname": None, "isBot": False}


def said(id: str, author: dict[str, Any], day: int, text: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": id,
        "type": "Default",
        "timestamp": f"2021-03-{day:02}T10:30:00.5+00:00",
        "timestampEdited": None,
        "content": text,
        "author": author,
        "attachments": [],
        "reactions": [],
        **fields,
    }


def channel(id: str, type: str, *messages: dict[str, Any]) -> dict[str, Any]:
    return {
        "guild": {"id": "9", "name": "Guild"},
        "channel": {"id": id, "type": type, "name": f"room {id}", "topic": None},
        "dateRange": {"after": None, "before": None},
        "messages": list(messages),
        "messageCount": len(messages),
    }


def export() -> dict[str, Content]:
    media = [
        {"id": "7", "url": "general.json_Files/a%20b-1.txt", "fileName": "a b.txt"},
        {"id": "8", "url": "https://cdn.discordapp.com/x.png", "fileName": "x.png"},
    ]
    thumbs = {"emoji": {"id": "", "name": "👍"}, "count": 3, "users": [BOB]}
    custom = {"emoji": {"id": "55", "name": "blob"}, "count": 1, "users": [BOB]}
    reply = said("12", BOB, 2, "a reply", type="Reply", reference={"messageId": "11"})
    reply["timestampEdited"] = "2021-03-02T11:00:00+00:00"
    first = said("11", ALICE, 1, "Hello @bob", attachments=media, reactions=[thumbs, custom])
    joined = said("10", BOB, 1, "", type="GuildMemberJoin")
    return {
        "general.json": channel("100", "GuildTextChat", joined, first, reply),
        "general.json_Files/a b-1.txt": "notes",
        "general 2.json": channel("100", "GuildTextChat", said("13", BOB, 3, "part two")),
        "dm.json": channel("200", "DirectTextChat", said("20", ALICE, 4, "psst"),
                           said("21", BOB, 5, "yes")),
    }  # fmt: skip


def test_rooms_people_and_messages_come_over(tmp_path: Path) -> None:
    package = foldered(tmp_path / "discord", export())
    told = run("import", str(package))
    assert "files that are links to Discord, and not beside the export: x.png" in told
    assert "2 × reactions of which the export does not say whose they are: 👍" in told
    assert "1 × reactions with an emoji of one's own: blob" in told
    room = Room.objects.get(kind=RoomKind.MEMBERS)
    assert texts(room) == ["Hello @bob", "a reply", "part two"]
    first, reply, _ = Message.objects.filter(room=room).order_by("seq")
    assert reply.reply_to == first.seq
    assert reply.edited_at is not None
    assert first.sent_at.microsecond == 500_000
    assert [it["people"][0]["name"] for it in first.reactions] == ["bob"]
    assert File.objects.get().name == "a b.txt"
    assert texts(Room.objects.get(kind=RoomKind.DIRECT)) == ["psst", "yes"]
    for it in Room.objects.all():
        invariants.check(it)
        invariants.check_appended(it)
    assert "New: 0 people, 0 rooms, 0 messages" in run("import", str(package))


def test_a_channel_may_have_the_name_of_a_key(tmp_path: Path) -> None:
    named = channel("100", "GuildTextChat", said("11", ALICE, 1, "Hello"))
    named["channel"]["name"] = "messages"
    run("import", str(foldered(tmp_path / "discord", {"messages.json": named})))
    assert texts(Room.objects.get(name="messages")) == ["Hello"]
