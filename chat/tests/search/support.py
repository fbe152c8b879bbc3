"""Searches, in tests."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from chat import access
from chat.access import Found
from chat.journal import Post
from chat.journal.write.markup import mark_up
from chat.models import Member, Message, Room
from chat.search import searching
from chat.search.pages import Place
from chat.search.query import parse
from chat.search.searching import Results
from chat.tests.support.private_rooms import applied

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def say(room: Room, member: Member, text: str, **fields: Any) -> int:
    """Post a text. Returns its seq."""
    post = Post(room.pk, member.pk, uuid4(), text, markup=mark_up(room, text), **fields)
    return applied(post).entry.seq


def page(
    member: Member,
    typed: str,
    room: Found | None = None,
    before: Place | None = None,
    limit: int = 20,
) -> Results:
    return searching.search(member, parse(typed, now=NOW, zone=UTC), room, before, limit)


def texts(member: Member, typed: str, room: Found | None = None) -> list[str]:
    """The texts that are found, the newest first."""
    return [it.state.text for it in page(member, typed, room).results]


def found_in(member: Member, room: Room) -> Found:
    """A room that the member may find."""
    found = access.find_in(member, room)
    assert found is not None
    return found


def message(room: Room, seq: int) -> Message:
    return Message.objects.get(room=room, seq=seq)
