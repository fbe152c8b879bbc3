"""Finding accounts by their names."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient, Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from chat.journal import database
from chat.live.rates import PERSON_SEARCH
from chat.models import Member, Room
from chat.tests.support.private_rooms import new_account
from chat.web.people_search import PEOPLE_FOUND

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


@pytest.fixture
def ada(client: Client) -> Member:
    """Who asks."""
    ada = new_account("Ada")
    assert ada.user
    client.force_login(ada.user)
    return ada


def found(client: Client, typed: str) -> list[str]:
    answer = client.get("/chat/new/people", {"q": typed})
    assert answer.status_code == 200
    return [it["name"] for it in answer.json()["people"]]


@pytest.mark.parametrize("typed", ["ben", "BEN", " Be", "@ben", "Mill", "ben  miller", "benno"])
def test_an_account_is_found_by_its_name_a_word_of_it_and_its_username(
    client: Client, ada: Member, typed: str
) -> None:
    ben = Member.objects.of_user(User.objects.create_user("Benno"))
    ben.rename("Ben Miller")
    people = client.get("/chat/new/people", {"q": typed}).json()["people"]
    assert people == [{"id": str(ben.uid), "name": "Ben Miller", "username": "Benno"}]


@pytest.mark.parametrize("typed", ["", " ", "@", "%", "_", "en", "zoe", "\0", "ada"])
def test_nobody_is_found_by_less_than_the_beginning_of_a_word(
    client: Client, ada: Member, typed: str
) -> None:
    new_account("Ben")
    assert found(client, typed) == []


def test_who_has_exactly_this_name_comes_first(client: Client, ada: Member) -> None:
    for name in ("Lou Ben", "Benedikt", "Ben"):
        Member.objects.of_user(User.objects.create_user(f"user-{name[:2]}{len(name)}")).rename(name)
    assert found(client, "ben") == ["Ben", "Benedikt", "Lou Ben"]


def test_guests_former_deactivated_and_blocked_people_are_not_found(
    client: Client, ada: Member
) -> None:
    Member.objects.create(name="Ben guest")
    for name in ("Ben former", "Ben away", "Ben blocked"):
        Member.objects.of_user(User.objects.create_user(name.replace(" ", "-"))).rename(name)
    Member.objects.filter(name="Ben former").update(is_former=True)
    User.objects.filter(username="Ben-away").update(is_active=False)
    until = timezone.now() + timedelta(hours=1)
    Member.objects.filter(name="Ben blocked").update(banned_until=until)
    assert found(client, "ben") == []


def test_ten_people_are_found_at_most(client: Client, ada: Member) -> None:
    for number in range(PEOPLE_FOUND + 2):
        new_account(f"Ben{number:02}")
    assert found(client, "ben") == [f"Ben{number:02}" for number in range(PEOPLE_FOUND)]


def test_a_search_takes_as_many_queries_for_many_as_for_one(
    client: Client, ada: Member, django_assert_max_num_queries: object
) -> None:
    for number in range(8):
        new_account(f"Ben{number}")
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        found(client, "ben")


@pytest.mark.parametrize("is_stored", [True, False])
def test_guests_are_asked_to_sign_in_whoever_is_there(client: Client, *, is_stored: bool) -> None:
    if is_stored:
        new_account("Ben")
    answer = client.get("/chat/new/people", {"q": "ben"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "sign_in_first")
    assert "people" not in answer.json()


async def test_a_member_who_searches_too_fast_is_told_to_wait(
    lobby: Room, settings: Settings
) -> None:
    settings.RATES = {PERSON_SEARCH: ((2, 600), None)}
    client = AsyncClient()
    await client.aforce_login(await database.write(User.objects.create_user, "ada"))
    answers = [await client.get("/chat/new/people?q=b") for _ in range(3)]
    await sync_to_async(connections.close_all)()  # on the thread that ran the views
    assert [it.status_code for it in answers] == [200, 200, 429]
