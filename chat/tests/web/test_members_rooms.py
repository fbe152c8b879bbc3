"""Making a members room."""

from typing import Any

import pytest
from django.test import Client

from chat.journal import Refused, changes
from chat.models import Member, Message, Role, Room, RoomKind, Subscription
from chat.tests.support.private_rooms import new_account, roles

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

ADDRESS = "/chat/new/members"


@pytest.fixture
def ada(client: Client) -> Member:
    ada = new_account("Ada")
    assert ada.user
    client.force_login(ada.user)
    return ada


def test_an_account_makes_a_room_with_a_topic_and_people(
    client: Client, ada: Member, ben: Member
) -> None:
    form = {"name": "The  Den\u200b", "topic": " Tea ", "people": [str(ben.uid)]}
    answer = client.post(ADDRESS, form)
    room = Room.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/chat/~{room.uid}/")
    assert (room.kind, room.name, room.topic) == (RoomKind.MEMBERS, "The Den", "Tea")
    assert roles(room) == {"Ada": Role.OWNER, "Ben": Role.MEMBER}
    event = Message.objects.get(room=room).event
    people = [{"id": str(ben.uid), "name": "Ben"}]
    assert event == {"type": "made", "people": people, "topic": "Tea"}
    assert {it.member for it in Subscription.objects.filter(room=room)} == {ada, ben}


def test_a_name_alone_makes_a_room_and_rooms_may_have_one_name(client: Client, ada: Member) -> None:
    for _ in range(2):
        assert client.post(ADDRESS, {"name": "Den / ☕"}).status_code == 302
    assert [it.name for it in Room.objects.all()] == ["Den / ☕", "Den / ☕"]


@pytest.mark.parametrize("who", ["ben", "@Ben", " BEN "])
def test_without_a_script_somebody_is_named_in_the_field(
    client: Client, ada: Member, ben: Member, who: str
) -> None:
    assert client.post(ADDRESS, {"name": "Den", "who": who}).status_code == 302
    assert roles(Room.objects.get()) == {"Ada": Role.OWNER, "Ben": Role.MEMBER}


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "This field is required"),
        ({"name": " "}, "This field is required"),
        ({"name": "\u200b"}, "at least one visible character"),
        ({"name": "a" * 65}, "at most 64 characters"),
        ({"name": "a\0b"}, "Null characters are not allowed"),
        ({"name": "Den", "topic": "a" * 251}, "at most 250 characters"),
        ({"name": "Den", "who": "zoe"}, "There is no account with this name."),
        ({"name": "Den", "who": "sam"}, "Several people have this name."),
        ({"name": "Den", "people": ["nobody"]}, "nobody"),
        ({"name": "Den", "people": ["0d4f8b6c-6c0e-4a35-9d7e-3f3c3b0e6f0e"] * 101}, "At most 100"),
    ],
    ids=lambda it: "" if isinstance(it, dict) else it,
)
def test_a_form_with_a_fault_makes_no_room_and_says_what_is_wrong(
    client: Client, ada: Member, form: dict[str, Any], words: str
) -> None:
    for username in ("one", "other"):
        new_account(username).rename("Sam")
    answer = client.post(ADDRESS, form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Room.objects.exists()


def test_guests_deactivated_and_unknown_people_are_not_added(
    client: Client, ada: Member, ben: Member
) -> None:
    guest = Member.objects.create(name="Gus")
    assert ben.user
    ben.user.is_active = False
    ben.user.save()
    ids = [str(it.uid) for it in (guest, ben, ada)] + ["0d4f8b6c-6c0e-4a35-9d7e-3f3c3b0e6f0e"]
    assert client.post(ADDRESS, {"name": "Den", "people": ids}).status_code == 302
    assert roles(Room.objects.get()) == {"Ada": Role.OWNER}


def test_a_room_whose_beginning_is_refused_does_not_stay(
    client: Client, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(change: object) -> None:
        raise Refused(*changes.TOO_MANY_PEOPLE)

    monkeypatch.setattr("chat.web.members_rooms.runtime.append_from_sync", refuse)
    answer = client.post(ADDRESS, {"name": "Den"})
    assert answer.status_code == 422
    assert "A room can have at most 5000 people." in answer.content.decode()
    assert not Room.objects.exists()


def test_guests_are_asked_to_sign_in(client: Client) -> None:
    answer = client.post(ADDRESS, {"name": "Den"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "sign_in_first")
    page = client.get(ADDRESS, headers={"accept": "text/html"})
    assert (page.status_code, page["Location"]) == (302, f"/accounts/login/?next={ADDRESS}")
    assert not Room.objects.exists()
    assert not Member.objects.exists()


def test_the_form_needs_its_token(ada: Member) -> None:
    client = Client(enforce_csrf_checks=True)
    assert ada.user
    client.force_login(ada.user)
    assert client.post(ADDRESS, {"name": "Den"}).status_code == 403
    assert not Room.objects.exists()


def test_accounts_alone_find_the_form_on_the_start_page(client: Client) -> None:
    assert ADDRESS not in client.get("/").content.decode()
    ada = new_account("Ada")
    assert ada.user
    client.force_login(ada.user)
    assert ADDRESS in client.get("/").content.decode()
    assert "New members room" in client.get(ADDRESS).content.decode()
    assert not Room.objects.exists()
