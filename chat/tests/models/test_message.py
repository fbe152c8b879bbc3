"""What the database refuses, and how a message summarizes its reactions."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from chat.models import Member, Message, Room, RoomName
from chat.models.message import EVERYBODY, REACTION_NAMES_MAX, REACTIONS_MAX

NOW = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.fixture
def room(db: None) -> Room:
    return Room.objects.ensure(RoomName.parse("Lobby"))


@pytest.fixture
def alice(db: None) -> Member:
    return Member.objects.create(name="Alice")


def post(room: Room, author: Member, seq: int = 1, **fields: Any) -> Message:
    defaults = {"version": seq, "client_id": uuid4(), "text": "hi", "sent_at": NOW}
    return Message.objects.create(room=room, author=author, seq=seq, **{**defaults, **fields})


def test_a_room_with_messages_cannot_be_deleted(room: Room, alice: Member) -> None:
    post(room, alice)
    with pytest.raises(ProtectedError):
        room.delete()


def test_an_author_with_messages_cannot_be_deleted(room: Room, alice: Member) -> None:
    post(room, alice)
    with pytest.raises(ProtectedError):
        alice.delete()


REFUSED = {
    "a second message at the same seq": {"seq": 2, "version": 9},
    "a second change at the same version": {"seq": 1, "version": 2},
    "a resend": {"seq": 9, "client_id": UUID(int=1)},
    "a version before the seq": {"seq": 9, "version": 8},
    "a seq of zero": {"seq": 0, "version": 9},
    "a reply to a later message": {"seq": 9, "reply_to": 10},
    "a reply to itself": {"seq": 9, "reply_to": 9},
    "a deleted message with its text": {"seq": 9, "deleted_at": NOW},
    "a deleted message with its HTML": {"seq": 9, "deleted_at": NOW, "text": "", "html": "hi"},
}


@pytest.mark.parametrize("fields", REFUSED.values(), ids=REFUSED.keys())
def test_the_database_refuses(room: Room, alice: Member, fields: dict[str, Any]) -> None:
    post(room, alice, seq=2, client_id=UUID(int=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        post(room, alice, **fields)


def test_a_deleted_message_keeps_its_position_and_no_content(room: Room, alice: Member) -> None:
    message = post(room, alice, html="<p>hi</p>", mentions=[EVERYBODY])
    message.add_reaction("👍", alice)
    message.mark_deleted(NOW)
    message.save()
    assert message.is_deleted
    assert (message.seq, message.author) == (1, alice)
    assert (message.text, message.html, message.mentions, message.reactions) == ("", "", [], [])


def test_a_message_accepts_so_many_different_reactions() -> None:
    message = Message()
    for number in range(REACTIONS_MAX):
        assert message.accepts_reaction(str(number))
        message.add_reaction(str(number), Member(name="Alice"))
    assert not message.accepts_reaction("one more")
    assert message.accepts_reaction("0")


def test_a_reaction_counts_all_members_and_names_the_first() -> None:
    message = Message()
    for number in range(REACTION_NAMES_MAX + 1):
        message.add_reaction("👍", Member(name=f"guest {number}"))
    [reaction] = message.reactions
    assert reaction["count"] == REACTION_NAMES_MAX + 1
    assert len(reaction["people"]) == REACTION_NAMES_MAX


def test_a_reaction_that_all_took_back_is_gone() -> None:
    message, alice, bob = Message(), Member(name="Alice"), Member(name="Bob")
    message.add_reaction("👍", alice)
    message.add_reaction("👍", bob)
    message.remove_reaction("👍", alice)
    assert [it["name"] for it in message.reactions[0]["people"]] == ["Bob"]
    message.remove_reaction("👍", bob)
    assert message.reactions == []
