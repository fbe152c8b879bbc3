"""Entries: encoded messages, and what is known of them without decoding."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from chat.journal.entry import TOMBSTONE, Entry, encode, encode_reactions, pack, unpack
from chat.models import Member, Message


def entry_of(text: str = "hi", **more: Any) -> Entry:
    return encode(message_of(text, **more))


def message_of(text: str = "hi", **more: Any) -> Message:
    author = Member(name="Alice", uid=uuid4())
    message = Message(author=author, client_id=uuid4(), text=text, seq=1, version=1)
    message.sent_at = datetime.now(UTC)
    for name, value in more.items():
        setattr(message, name, value)
    return message


def test_a_deleted_message_is_a_tombstone() -> None:
    assert entry_of("", version=2, deleted_at=datetime.now(UTC)).is_tombstone
    assert not entry_of("hi").is_tombstone


@pytest.mark.parametrize("text", [TOMBSTONE, f"\\{TOMBSTONE}", f'",{TOMBSTONE}'])
def test_a_text_that_looks_like_a_tombstone_is_none(text: str) -> None:
    assert not entry_of(text).is_tombstone
    assert not entry_of("hi", html=text, author=Member(name=text, uid=uuid4())).is_tombstone


def test_the_size_of_an_entry_is_in_bytes() -> None:
    assert entry_of("ä").size == entry_of("a").size + 1


def test_an_entry_survives_its_nudge() -> None:
    entry = entry_of("ä", version=2)
    assert unpack(pack([entry])) == [entry]


def test_a_change_of_reactions_survives_its_nudge() -> None:
    message = message_of("tea " * 100, version=2)
    message.add_reaction("🎉", message.author)
    entry = encode_reactions(message, 1, [])
    [received] = unpack(pack([entry]))
    assert received == entry
    assert received.change
    assert (received.base, received.change.version) == (1, 2)


def test_a_plain_frame_shows_the_text_of_an_entry() -> None:
    assert json.loads(entry_of("hi").plain("")) == {"message": "hi"}


def test_a_changed_message_is_no_post() -> None:
    assert entry_of(version=1).is_post
    assert not entry_of(version=2).is_post
