"""The card of a person, as JSON."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from chat.models import Member, Message, Reaction, Room, RoomName, Subscription
from chat.models.member import NOT_SHOWN
from chat.tests.journal.plans import EXPLAIN, long_room
from chat.web import cards

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def room() -> Room:
    return Room.objects.ensure(RoomName.parse("lobby"))


def post(room: Room, author: Member, seq: int = 1) -> Message:
    return Message.objects.create(
        room=room,
        author=author,
        seq=seq,
        version=seq,
        client_id=uuid4(),
        text="hi",
        sent_at=timezone.now(),
    )


def card(client: Client, member: Member, room: str = "lobby") -> dict[str, Any] | None:
    answer = client.get(f"/chat/{room}/people/{member.uid}")
    assert answer.status_code in {200, 404}
    return answer.json() if answer.status_code == 200 else None


def test_a_card_of_an_account(client: Client, room: Room) -> None:
    user = User.objects.create_user("ada")
    ada = Member.objects.create(name="Ada", user=user, status="Away", time_zone="Europe/Berlin")
    Subscription.objects.record_visit(ada, room)
    assert card(client, ada) == {
        "id": str(ada.uid),
        "name": "Ada",
        "guest": False,
        "former": False,
        "username": "ada",
        "since": user.date_joined.date().isoformat(),
        "status": "Away",
        "time_zone": "Europe/Berlin",
    }


@pytest.mark.parametrize("time_zone", ["", NOT_SHOWN])
def test_a_card_of_a_guest(client: Client, room: Room, time_zone: str) -> None:
    bob = Member.objects.create(name="Bob", time_zone=time_zone)
    Subscription.objects.record_visit(bob, room)
    found = card(client, bob)
    assert found is not None
    assert (found["guest"], found["username"], found["time_zone"]) == (True, None, None)


def test_who_never_was_in_the_room_has_no_card_there(client: Client, room: Room) -> None:
    elsewhere = Room.objects.ensure(RoomName.parse("attic"))
    eve = Member.objects.create(name="Eve", user=User.objects.create_user("eve"))
    Subscription.objects.record_visit(eve, elsewhere)
    post(elsewhere, eve)
    assert card(client, eve) is None
    assert card(client, eve, "nowhere") is None
    assert card(client, eve, "attic") is not None


def test_who_left_the_room_has_a_card_while_they_are_seen_there(client: Client, room: Room) -> None:
    alice, bob, carol = (Member.objects.create(name=it) for it in ("Alice", "Bob", "Carol"))
    message = post(room, alice)
    Reaction.objects.create(message=message, member=bob, emoji="👍")
    assert [card(client, it) is not None for it in (alice, bob, carol)] == [True, True, False]


def test_who_left_long_ago_has_no_card(
    client: Client, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "SEEN_MESSAGES", 2)
    alice, bob = (Member.objects.create(name=it) for it in ("Alice", "Bob"))
    for seq, author in enumerate((alice, bob, bob), start=1):
        post(room, author, seq)
    Room.objects.update(last_seq=3, version=3)
    assert [card(client, it) is not None for it in (alice, bob)] == [False, True]


def test_the_work_for_a_card_does_not_grow_with_the_messages(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "SEEN_MESSAGES", 100)
    long_room()
    eve = Member.objects.create(name="Eve")
    with CaptureQueriesContext(connection) as queries:
        assert card(client, eve) is None
    [query] = [it["sql"] for it in queries if 'FROM "chat_message"' in it["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"{EXPLAIN[connection.vendor]} {query}")
        plan = str(cursor.fetchall())
    sought = {"sqlite": "(room_id=? AND seq>?)", "postgresql": "message_seq_once"}
    assert sought[connection.vendor] in plan, plan


def test_the_old_lines_of_a_claimed_guest_lead_to_the_account(client: Client, room: Room) -> None:
    user = User.objects.create_user("ada")
    ada = Member.objects.create(name="Ada", user=user)
    guest = Member.objects.create(name="Quiet Otter", claimed_by=user)
    post(room, guest)
    Subscription.objects.record_visit(ada, room)
    found = card(client, guest)
    assert found is not None
    assert (found["id"], found["name"], found["username"]) == (str(ada.uid), "Ada", "ada")
    assert card(client, ada) == found


def test_a_former_members_card_says_no_more_than_that(client: Client, room: Room) -> None:
    user = User.objects.create_user("ada")
    ada = Member.objects.create(name="Ada", user=user, status="Away", time_zone="Europe/Berlin")
    post(room, ada)
    user.delete()
    found = card(client, ada)
    assert found is not None
    assert (found["former"], found["guest"], found["username"]) == (True, False, None)
    assert (found["status"], found["time_zone"]) == ("", None)


def test_a_card_costs_few_queries(
    client: Client, room: Room, django_assert_max_num_queries: Any
) -> None:
    user = User.objects.create_user("ada")
    Member.objects.create(name="Ada", user=user)
    guest = Member.objects.create(name="Quiet Otter", claimed_by=user)
    post(room, guest)
    with django_assert_max_num_queries(6):
        card(client, guest)
