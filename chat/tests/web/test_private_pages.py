"""The pages of rooms that are not open: addresses, what they say, and that nobody keeps them."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from chat.models import Member, Room
from chat.tests.support.private_rooms import new_account, new_direct_room, new_members_room

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def den(ada: Member) -> Room:
    return new_members_room(ada, name="Den")


@pytest.fixture
def hers(client: Client, ada: Member) -> Client:
    client.force_login(User.objects.get(username="ada"))
    return client


@pytest.mark.parametrize("door", ["", "messages", "qr.svg", "people/{}"])
def test_a_browser_keeps_nothing_of_a_room_that_is_not_open(
    hers: Client, ada: Member, den: Room, door: str
) -> None:
    answer = hers.get(f"/chat/{den.address}/{door.format(ada.uid)}")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert "no-store" not in hers.get("/chat/lobby/")["Cache-Control"]


def test_the_page_of_a_members_room_does_not_say_that_anybody_can_join(
    hers: Client, den: Room
) -> None:
    page = hers.get(f"/chat/{den.address}/").content.decode()
    assert "Private room" in page
    assert "Only people who are in this room can open the link." in page
    assert "can join" not in page
    assert f"/chat/{den.address}/qr.svg" in page
    assert "can join" in hers.get("/chat/lobby/").content.decode()


def test_the_start_page_leads_to_rooms_by_their_addresses(
    hers: Client, ada: Member, den: Room
) -> None:
    with_bob = new_direct_room(ada, new_account("Bob"))
    page = hers.get("/").content.decode()
    for room in (den, with_bob):
        assert f'href="/chat/{room.address}/"' in page
        assert f'data-id="{room.uid}" data-kind="{room.kind}"' in page


@pytest.mark.parametrize("archived", [True, False])
def test_the_page_says_whether_the_room_is_archived(
    hers: Client, den: Room, archived: bool
) -> None:
    Room.objects.update(archived_at=timezone.now() if archived else None)
    page = hers.get(f"/chat/{den.address}/").content.decode()
    assert ("data-archived hidden" not in page) is archived


def test_a_stranger_stars_no_room_that_is_not_open(client: Client, den: Room) -> None:
    missing = "~00000000-0000-4000-8000-000000000000"
    answers = [client.post(f"/chat/{it}/star", {"starred": "on"}) for it in (den.address, missing)]
    assert [it.status_code for it in answers] == [404, 404]
    first, second = (it.content.replace(den.address.encode(), missing.encode()) for it in answers)
    assert first == second
