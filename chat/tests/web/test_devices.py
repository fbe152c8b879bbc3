"""The same person on another device, by a link that works once."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from chat.models import DeviceLink, Member
from chat.web import guests

pytestmark = pytest.mark.django_db


@pytest.fixture
def panda() -> Member:
    return Member.objects.create(name="Panda")


@pytest.fixture
def laptop(panda: Member) -> Client:
    """The guest Panda's."""
    client = Client()
    client.cookies[guests.COOKIE] = guests.sign(panda.uid)
    return client


@pytest.fixture
def alice() -> User:
    user = User.objects.create_user("alice")
    Member.objects.create(name="Alice", user=user)
    return user


@pytest.fixture
def alices_laptop(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def link(laptop: Client) -> str:
    page = laptop.post("/device/").content.decode()
    [path] = re.findall(r"http://testserver(/device/[\w-]{43}/)<", page)
    assert "data:image/svg+xml;base64," in page
    return str(path)


def speaks_as(client: Client) -> object:
    cookie = client.cookies.get(guests.COOKIE)
    return guests.guest_of({guests.COOKIE: cookie.value}) if cookie else None


def test_a_guest_is_the_same_guest_on_another_device(laptop: Client, panda: Member) -> None:
    path, phone = link(laptop), Client()
    assert "Panda" in phone.get(path).content.decode()
    assert speaks_as(phone) != panda.uid
    assert phone.post(path)["Location"] == "/"
    assert speaks_as(phone) == panda.uid


def test_an_account_is_signed_in_on_another_device(alices_laptop: Client, alice: User) -> None:
    path, phone = link(alices_laptop), Client()
    assert "alice" in phone.get(path).content.decode()
    assert phone.post(path)["Location"] == "/"
    assert phone.session["_auth_user_id"] == str(alice.pk)
    assert phone.session.session_key != alices_laptop.session.session_key


def test_where_guests_may_not_enter_the_link_of_an_account_works(
    alices_laptop: Client, alice: User, settings: Settings
) -> None:
    settings.GUESTS = "off"
    path, phone = link(alices_laptop), Client()
    assert phone.get(path).status_code == 200
    phone.post(path)
    assert phone.session["_auth_user_id"] == str(alice.pk)


def test_previews_of_the_link_do_not_use_it_up(laptop: Client, panda: Member) -> None:
    path = link(laptop)
    for ask in ("get", "head", "get"):
        assert getattr(Client(), ask)(path).status_code == 200
    phone = Client()
    phone.post(path)
    assert speaks_as(phone) == panda.uid


def test_looking_at_the_page_makes_no_link(laptop: Client) -> None:
    assert "Show the code" in laptop.get("/device/").content.decode()
    assert not DeviceLink.objects.exists()


def test_a_link_is_not_kept_by_caches_and_only_its_digest_is_stored(laptop: Client) -> None:
    answer = laptop.post("/device/")
    assert "no-store" in answer["Cache-Control"]
    [token] = re.findall(r"/device/([\w-]{43})/", answer.content.decode())
    assert token not in str(DeviceLink.objects.values().get())


def use(path: str, laptop: Client) -> None:
    Client().post(path)


def expire(path: str, laptop: Client) -> None:
    DeviceLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def cancel(path: str, laptop: Client) -> None:
    laptop.post("/device/cancel/")


def make_another(path: str, laptop: Client) -> None:
    link(laptop)


def sign_out(path: str, laptop: Client) -> None:
    Session.objects.get(session_key=laptop.session.session_key).delete()


def change_password(path: str, laptop: Client) -> None:
    user = User.objects.get()
    user.set_password("another horse")
    user.save()


def deactivate(path: str, laptop: Client) -> None:
    user = User.objects.get()
    user.is_active = False
    user.save()


def delete(path: str, laptop: Client) -> None:
    User.objects.get().delete()


def sign_up(path: str, laptop: Client) -> None:
    """The guest becomes an account's: a link of before does not speak for the account."""
    Member.objects.update(user=User.objects.create_user("alice"))


OF_ALL = [use, expire, cancel, make_another]


@pytest.mark.parametrize("end", [*OF_ALL, sign_up])
def test_the_link_of_a_guest_is_worthless_afterwards(laptop: Client, end: object) -> None:
    assert_worthless(laptop, end)


@pytest.mark.parametrize("end", [*OF_ALL, sign_out, change_password, deactivate, delete])
def test_the_link_of_an_account_is_worthless_afterwards(alices_laptop: Client, end: object) -> None:
    assert_worthless(alices_laptop, end)


def assert_worthless(laptop: Client, end: object) -> None:
    path, stranger = link(laptop), Client()
    uid = DeviceLink.objects.get().member
    end(path, laptop)  # type: ignore[operator]
    never = "/device/" + "a" * 43 + "/"
    for ask in (stranger.get, stranger.post):
        answer, other = ask(path), ask(never)
        assert answer.status_code == other.status_code == 404
        assert "no longer works" in answer.content.decode()
        assert "alice" not in answer.content.decode().lower().partition("<main")[2]
    assert speaks_as(stranger) != uid
    assert "_auth_user_id" not in stranger.session


def test_who_is_somebody_else_there_is_told(laptop: Client) -> None:
    phone = Client()
    koala = Member.objects.create(name="Koala")
    phone.cookies[guests.COOKIE] = guests.sign(koala.uid)
    assert "Koala" in phone.get(link(laptop)).content.decode()


def test_a_closed_account_makes_no_link(alices_laptop: Client) -> None:
    User.objects.update(is_active=False)
    assert alices_laptop.post("/device/").status_code == 403


def test_the_settings_lead_to_it(laptop: Client) -> None:
    assert 'action="/device/"' in laptop.get("/chat/lobby/").content.decode()


def test_links_have_a_rate(settings: Settings) -> None:
    assert settings.RATE_TABLE["device_link"] == ((10, 600), (300, 3_600))
