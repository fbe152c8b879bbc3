"""A change of name is told in the rooms where the person has spoken lately."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from chat import guest_cookie
from chat.journal import Post
from chat.journal.read import queries
from chat.journal.write.appender import commit
from chat.live.sidebar.unread_counts import listed_rooms
from chat.live.unread import find_unread
from chat.models import Member, Message, Room, RoomName, Subscription
from chat.models.message import Kind
from chat.web.names import TOLD_ROOMS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


@pytest.fixture
def alice(client: Client) -> Member:
    member = Member.objects.create(name="Alice")
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(member.uid)
    return member


def room_called(name: str) -> Room:
    return Room.objects.ensure(RoomName.parse(name))


def say(member: Member, *rooms: str) -> None:
    commit([Post(room_called(name).pk, member.pk, uuid4(), "hi") for name in rooms])


def rename(client: Client, name: str) -> None:
    assert client.post("/name/", {"name": name}).status_code == 200


def events() -> "QuerySet[Message]":
    return Message.objects.filter(kind=Kind.EVENT).select_related("room").order_by("pk")


def test_a_new_name_is_a_line_where_the_person_spoke(client: Client, alice: Member) -> None:
    say(alice, "lobby", "attic")
    room_called("cellar")
    Subscription.objects.record_visit(alice, room_called("garden"))
    rename(client, "Alina")
    assert {it.room.name for it in events()} == {"lobby", "attic"}
    line: dict[str, Any] = json.loads(queries.changes(room_called("lobby").pk, 1, 10)[0].json)
    assert line["author"]["name"] == "Alina"
    assert (line["kind"], line["text"]) == ("event", "changed their name from Alice to Alina")
    assert line["event"] == {"type": "renamed", "from": "Alice", "to": "Alina"}
    assert (line["seq"], line["version"]) == (2, 2)


def test_a_line_stays_as_it_was_told(client: Client, alice: Member) -> None:
    say(alice, "lobby")
    rename(client, "Alina")
    rename(client, "Lina")
    assert [it.text for it in events()] == [
        "changed their name from Alice to Alina",
        "changed their name from Alina to Lina",
    ]


def test_the_same_name_is_not_told(client: Client, alice: Member) -> None:
    say(alice, "lobby")
    rename(client, "Alice")
    assert not events()


def test_lines_about_a_person_are_not_their_words(client: Client, alice: Member) -> None:
    say(alice, "lobby")
    rename(client, "Alina")
    Message.objects.filter(kind=Kind.TEXT).update(sent_at=timezone.now() - timedelta(days=2))
    rename(client, "Lina")
    assert len(events()) == 1


def test_who_left_a_room_is_not_told_of_there(client: Client, alice: Member) -> None:
    say(alice, "lobby")
    Subscription.objects.leave(alice, room_called("lobby"))
    rename(client, "Alina")
    assert not events()
    assert not Subscription.objects.filter(member=alice).exists()


def test_a_new_name_is_told_in_a_few_rooms(client: Client, alice: Member) -> None:
    say(alice, *(f"room {number}" for number in range(TOLD_ROOMS + 3)))
    rename(client, "Alina")
    assert len(events()) == TOLD_ROOMS


def test_what_happened_is_unread_for_nobody(client: Client, alice: Member) -> None:
    bob, room = Member.objects.create(name="Bob"), room_called("lobby")
    Subscription.objects.keep(bob, room)
    say(alice, "lobby")
    rename(client, "Alina")
    room.refresh_from_db()
    _, unread = find_unread(bob, room)
    assert unread is not None
    assert unread["count"] == 1
    assert [it.unread for _, it in listed_rooms(bob)] == [1]


def test_whether_a_room_is_told_takes_one_query(
    alice: Member, django_assert_num_queries: Any
) -> None:
    say(alice, *(f"room {number}" for number in range(5)))
    with django_assert_num_queries(1):
        assert len(queries.rooms_spoken_in(alice, TOLD_ROOMS)) == 5
