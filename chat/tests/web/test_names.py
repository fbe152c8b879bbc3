"""The name of a guest does not look like that of an account."""

from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from chat import guest_cookie
from chat.live.visits import Visit, record
from chat.models import Member, RoomName
from chat.models.member_name import guest_names

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

REFUSAL = "This name looks like that of an account. Choose another one."


@pytest.fixture
def account() -> Member:
    """Of the user bob.builder, who is called Robert."""
    return Member.objects.create(name="Robert", user=User.objects.create_user("bob.builder"))


@pytest.mark.parametrize(
    "name", ["Robert", "ROBERT", "RОBERT", "R0bert", "Bob Builder", "bob.builder"]
)
def test_a_guest_takes_no_name_that_looks_like_an_account(
    client: Client, account: Member, name: str
) -> None:
    answer = client.post("/name/", {"name": name})
    assert (answer.status_code, answer.json()) == (422, {"errors": {"name": [REFUSAL]}})
    index = client.post("/", {"name": name, "room": "lobby"})
    assert (index.status_code, REFUSAL in index.content.decode()) == (422, True)
    assert Member.objects.get() == account


@pytest.mark.parametrize("name", ["Roberta", "Bob", "Builder"])
def test_a_guest_takes_other_names(client: Client, account: Member, name: str) -> None:
    assert client.post("/name/", {"name": name}).status_code == 200


def test_guests_may_have_the_same_name(client: Client) -> None:
    Member.objects.create(name="Robert")
    assert client.post("/name/", {"name": "Robert"}).status_code == 200


def test_a_guest_keeps_a_name_from_before_the_account(client: Client, account: Member) -> None:
    guest = Member.objects.create(name="Robert")
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(guest.uid)
    assert client.post("/", {"name": "Robert", "room": "lobby"}).status_code == 302


def test_a_user_may_be_called_as_they_like(client: Client, account: Member) -> None:
    client.force_login(User.objects.create_user("carol"))
    assert client.post("/name/", {"name": "Robert"}).status_code == 200


def test_the_name_of_a_guest_who_signed_up_is_an_accounts(client: Client) -> None:
    guest = Member.objects.create(name="Panda")
    Member.objects.ensure_of_user(User.objects.create_user("alice"), guest.uid)
    assert client.post("/name/", {"name": "Pаnda"}).status_code == 422


@pytest.mark.parametrize("is_username", [True, False])
def test_a_generated_name_that_looks_like_an_account_is_not_given(is_username: bool) -> None:
    uid = uuid4()
    first, second = guest_names(uid)[:2]
    username = first.replace(" ", "").lower() if is_username else "robert"
    Member.objects.create(
        name="R" if is_username else first, user=User.objects.create_user(username)
    )
    [recorded] = record([Visit(RoomName.parse("lobby"), uid)])
    assert recorded
    assert recorded.member
    assert (recorded.member.name, recorded.member.has_own_name) == (second, False)
    assert Member.objects.get(uid=uid).name == second


def test_a_name_that_a_guest_has_chosen_is_left_alone(account: Member) -> None:
    guest = Member(uid=uuid4(), name="Ada")
    Member.objects.name_guests([guest, account])
    assert (guest.name, account.name) == ("Ada", "Robert")
