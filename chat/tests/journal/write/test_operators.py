"""What operators delete: anything, and the page learns that a moderator did."""

import json
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from chat.journal import Appended, Delete, Edit, Post, Refused, Settled, database
from chat.journal.read import queries
from chat.journal.write.appender import commit
from chat.models import Member, Message, Room
from chat.models.event import event_text, renamed
from chat.models.message import Kind


@pytest.fixture
async def olga(lobby: Room) -> Member:
    def create() -> Member:
        user = User.objects.create_user("olga", is_staff=True, is_superuser=True)
        return Member.objects.of_user(user)

    return await database.write(create)


async def append(change: Any) -> str | dict[str, Any]:
    """The entry of a change, or the code of its refusal."""
    [outcome] = await database.write(commit, [change])
    return _told(outcome)


def _told(outcome: Settled | Refused) -> str | dict[str, Any]:
    if isinstance(outcome, Refused):
        return outcome.code
    assert isinstance(outcome, Appended)
    entry: dict[str, Any] = json.loads(outcome.entry.json)
    return entry


async def say(room: Room, author: Member, text: str = "hi", kind: Kind = Kind.TEXT) -> int:
    entry = await append(Post(room.pk, author.pk, uuid4(), text, kind=kind))
    assert isinstance(entry, dict)
    return int(entry["seq"])


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.ACTION, Kind.TOPIC])
async def test_an_operator_deletes_any_message(
    lobby: Room, alice: Member, olga: Member, kind: Kind
) -> None:
    seq = await say(lobby, alice, "rude", kind)
    entry = await append(Delete(lobby.pk, olga.pk, seq))
    assert isinstance(entry, dict)
    assert (entry["deleted"], entry["text"], entry["deleted_by"]) == (True, "", "moderator")
    [read], _ = await database.read(queries.at_seqs, lobby.pk, [seq])
    assert json.loads(read.json) == entry
    again = await append(Delete(lobby.pk, olga.pk, seq))
    assert again == entry


async def test_a_deleted_event_names_nobody(lobby: Room, alice: Member, olga: Member) -> None:
    event = renamed("Alice", "Rude")
    told = Post(lobby.pk, alice.pk, uuid4(), event_text(event), kind=Kind.EVENT, event=event)
    entry = await append(told)
    assert isinstance(entry, dict)
    deleted = await append(Delete(lobby.pk, olga.pk, entry["seq"]))
    assert isinstance(deleted, dict)
    assert (deleted["deleted"], deleted["text"], "event" in deleted) == (True, "", False)
    [read], _ = await database.read(queries.at_seqs, lobby.pk, [entry["seq"]])
    assert json.loads(read.json) == deleted
    assert not (await database.read(Message.objects.get)).event


@pytest.mark.parametrize("who", ["alice", "olga"])
async def test_who_deletes_a_message_of_their_own_is_its_author(
    lobby: Room, alice: Member, olga: Member, who: str
) -> None:
    author = {"alice": alice, "olga": olga}[who]
    entry = await append(Delete(lobby.pk, author.pk, await say(lobby, author)))
    assert isinstance(entry, dict)
    assert entry["deleted_by"] == "author"


async def test_a_message_that_is_not_deleted_says_nothing_of_it(lobby: Room, alice: Member) -> None:
    [read], _ = await database.read(queries.at_seqs, lobby.pk, [await say(lobby, alice)])
    assert "deleted_by" not in json.loads(read.json)


async def test_others_delete_nothing_of_others(lobby: Room, alice: Member, bob: Member) -> None:
    seqs = [await say(lobby, alice), await say(lobby, alice, "Tea", Kind.TOPIC)]
    assert [await append(Delete(lobby.pk, bob.pk, seq)) for seq in seqs] == ["not_allowed"] * 2


async def test_an_operator_edits_nothing_of_others(
    lobby: Room, alice: Member, olga: Member
) -> None:
    assert await append(Edit(lobby.pk, olga.pk, await say(lobby, alice), "x")) == "not_allowed"


@pytest.mark.parametrize(
    "rights", [{"is_active": False}, {"is_superuser": False}, {"is_staff": False}]
)
async def test_who_is_an_operator_no_longer_deletes_nothing(
    lobby: Room, alice: Member, olga: Member, rights: dict[str, bool]
) -> None:
    seq = await say(lobby, alice)
    await database.write(User.objects.update, **rights)
    assert await append(Delete(lobby.pk, olga.pk, seq)) == "not_allowed"
    assert await database.read(Message.objects.filter(deleted_at=None).exists)


@pytest.mark.parametrize(("first", "topic"), [(True, "Coffee"), (False, "")])
async def test_a_topic_goes_with_the_message_that_set_it(
    lobby: Room, alice: Member, olga: Member, first: bool, topic: str
) -> None:
    seqs = [await say(lobby, alice, it, Kind.TOPIC) for it in ("Tea", "Coffee")]
    await append(Delete(lobby.pk, olga.pk, seqs[0 if first else 1]))
    await database.read(lobby.refresh_from_db)
    assert lobby.topic == topic
