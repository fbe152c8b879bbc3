"""Room not found: one page for what never was, is not mine, was, or no longer is."""

from collections.abc import Callable

import pytest
from django.test import Client

from chat.journal.roster_changes import DeleteRoom, RemovePerson
from chat.models import Member, Room
from chat.tests.support.private_rooms import applied, new_account, new_direct_room, new_members_room

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = {"accept": "text/html"}
NEVER = "~11111111-1111-4111-8111-111111111111"
BELOW = [
    "",
    "messages",
    "qr.svg",
    "people/0d4f8b6c-6c0e-4a35-9d7e-3f3c3b0e6f0e",
    "a/b",
    "settings/",
]


def not_mine(ada: Member, cleo: Member) -> Room:
    return new_members_room(ada, name="Secret")


def not_mine_and_direct(ada: Member, cleo: Member) -> Room:
    return new_direct_room(ada, new_account("Ben"))


def removed(ada: Member, cleo: Member) -> Room:
    room = new_members_room(ada, [cleo], name="Secret")
    applied(RemovePerson(room.pk, ada.pk, cleo.pk))
    return room


def deleted(ada: Member, cleo: Member) -> Room:
    room = new_members_room(ada, [cleo], name="Secret")
    applied(DeleteRoom(room.pk, ada.pk))
    return room


@pytest.mark.parametrize("below", BELOW)
@pytest.mark.parametrize("room", [not_mine, not_mine_and_direct, removed, deleted])
@pytest.mark.parametrize("who", ["nobody", "account"])
def test_a_room_that_is_not_mine_answers_as_one_that_never_was(
    who: str, room: Callable[[Member, Member], Room], below: str
) -> None:
    ada, cleo = new_account("Ada"), new_account("Cleo")
    client = Client()
    if who == "account":
        assert cleo.user
        client.force_login(cleo.user)
    address = f"~{room(ada, cleo).uid}"
    for headers in (PAGE, {"accept": "application/json"}, {}):
        there, nowhere = (
            client.get(f"/chat/{it}/{below}", headers=headers) for it in (address, NEVER)
        )
        assert there.status_code == nowhere.status_code == 404
        assert there.content.replace(address.encode(), NEVER.encode()) == nowhere.content
        assert dict(there.headers) == dict(nowhere.headers)
        assert not there.cookies


@pytest.mark.parametrize("below", BELOW)
def test_people_read_what_they_can_do(below: str) -> None:
    address = f"/chat/{NEVER}/{below}"
    page = Client().get(address, headers=PAGE).content.decode()
    assert '<h1 class="landing-title">Room not found</h1>' in page
    assert f'href="/accounts/login/?next={address}"' in page
    assert "ask the person who sent you the link" in page
    assert "Go to the start page" in page


def test_who_is_signed_in_is_not_asked_to_sign_in() -> None:
    client, cleo = Client(), new_account("Cleo")
    assert cleo.user
    client.force_login(cleo.user)
    page = client.get(f"/chat/{NEVER}/", headers=PAGE).content.decode()
    assert "Ask the person who sent you the link" in page
    assert "/accounts/login/" not in page


def test_who_posted_is_led_to_sign_in_and_not_back() -> None:
    page = Client().post(f"/chat/{NEVER}/keep", headers=PAGE).content.decode()
    assert 'href="/accounts/login/"' in page


def test_programs_get_an_error() -> None:
    answer = Client().get(f"/chat/{NEVER}/messages", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "no_such_room")


def test_the_page_is_in_the_language_of_the_person() -> None:
    page = Client().get(f"/chat/{NEVER}/", headers={**PAGE, "accept-language": "de"})
    assert "Raum nicht gefunden" in page.content.decode()


@pytest.mark.parametrize("address", ["/nowhere/", "/chat/lobby/nowhere"])
def test_another_page_that_is_not_there_is_no_room(address: str) -> None:
    page = Client().get(address, headers=PAGE)
    assert page.status_code == 404
    assert "There is no room or page at this address." in page.content.decode()
