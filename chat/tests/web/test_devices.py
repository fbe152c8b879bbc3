"""The same person on another device, by a link that works once."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from chat import guest_cookie
from chat.models import DeviceLink, Member, Room, RoomName, Subscription
from chat.models.device_link import link_id
from chat.web import rates

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def panda() -> Member:
    return Member.objects.create(name="Panda")


@pytest.fixture
def laptop(panda: Member) -> Client:
    """The guest Panda's."""
    client = Client()
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(panda.uid)
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
    cookie = client.cookies.get(guest_cookie.COOKIE)
    return guest_cookie.guest_of({guest_cookie.COOKIE: cookie.value}) if cookie else None


def speak_as(client: Client, member: Member) -> None:
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(member.uid)


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


@pytest.mark.parametrize("end", [sign_out, change_password, deactivate, delete])
def test_no_link_is_made_for_a_session_that_ends_meanwhile(
    alices_laptop: Client, end: Callable[[str, Client], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def end_session(*args: object) -> None:
        end("", alices_laptop)

    monkeypatch.setattr(rates, "count", end_session)  # after the page knows who asks
    assert alices_laptop.post("/device/")["Location"] == "/device/"
    assert not DeviceLink.objects.exists()


def test_a_link_goes_with_a_session_that_has_expired(alices_laptop: Client) -> None:
    link(alices_laptop)
    Session.objects.update(expire_date=timezone.now() - timedelta(days=1))
    call_command("clearsessions")
    assert not DeviceLink.objects.exists()


def test_the_link_of_an_account_that_is_active_again_stays_worthless(alices_laptop: Client) -> None:
    link(alices_laptop)
    deactivate("", alices_laptop)
    assert not DeviceLink.objects.exists()


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
    phone.cookies[guest_cookie.COOKIE] = guest_cookie.sign(koala.uid)
    assert "Koala" in phone.get(link(laptop)).content.decode()


def test_a_closed_account_makes_no_link(alices_laptop: Client) -> None:
    User.objects.update(is_active=False)
    assert alices_laptop.post("/device/").status_code == 403


def test_a_link_is_no_way_around_a_second_factor(alices_laptop: Client, alice: User) -> None:
    TOTP.activate(alice, generate_totp_secret())
    phone = Client()
    answer = phone.post(link(alices_laptop))
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in phone.session


def test_a_link_does_not_count_as_the_password(alices_laptop: Client, alice: User) -> None:
    alice.set_password("a horse battery")
    alice.save()
    alices_laptop.force_login(alice)
    phone = Client()
    phone.post(link(alices_laptop))
    answer = phone.get("/accounts/data/delete/")
    assert answer["Location"].startswith("/accounts/reauthenticate/")


def test_the_other_device_is_a_session_of_its_own(alices_laptop: Client, alice: User) -> None:
    phone = Client()
    phone.post(link(alices_laptop))
    assert UserSession.objects.filter(user=alice).count() == 2
    alices_laptop.logout()
    assert phone.get("/accounts/sessions/").status_code == 200


def test_the_other_device_has_the_same_rooms_and_has_read_as_much(
    laptop: Client, panda: Member
) -> None:
    room = Room.objects.ensure(RoomName.parse("Tea"))
    Subscription.objects.keep(panda, room, read=0)
    phone = Client()
    assert phone.post(link(laptop), follow=True).context["subscriptions"][0].room == room
    assert Subscription.objects.get().member == panda


@pytest.mark.parametrize("name", ["Koala", None])
def test_a_guest_of_the_browser_is_told_what_is_lost(laptop: Client, name: str | None) -> None:
    phone, path = Client(), link(laptop)
    if name:
        speak_as(phone, Member.objects.create(name=name))
    page = phone.get(path).content.decode()
    assert ("There is no way back" in page) == bool(name)
    assert ("Stay <bdi>" in page) == bool(name)


def test_an_account_is_asked_about_the_guest_of_its_browser(alices_laptop: Client) -> None:
    phone, koala = Client(), Member.objects.create(name="Koala")
    speak_as(phone, koala)
    path = link(alices_laptop)
    assert "you are asked whether that was you" in phone.get(path).content.decode()
    assert phone.post(path, follow=True).context["claimable"] == koala


def test_a_browser_that_is_signed_in_stays_so_and_asks_about_the_guest(
    laptop: Client, panda: Member, alice: User
) -> None:
    phone = Client()
    phone.force_login(alice)
    path = link(laptop)
    assert "and stay so" in phone.get(path).content.decode()
    assert phone.post(path, follow=True).context["claimable"] == panda
    assert phone.session["_auth_user_id"] == str(alice.pk)


def test_the_same_browser_keeps_the_link_for_the_other_device(laptop: Client) -> None:
    page = laptop.get(link(laptop)).content.decode()
    assert "in this browser already" in page
    assert '<form class="landing-form"' not in page
    assert DeviceLink.objects.exists()


@pytest.mark.parametrize("end", OF_ALL)
def test_the_page_with_the_code_learns_that_the_link_is_over(laptop: Client, end: object) -> None:
    path = link(laptop)
    state = f"/device/state/{link_id(path.split('/')[2])}"
    assert laptop.get(state).json() == {"waits": True}
    assert Client().get(state).json() == {"waits": False}  # a stranger learns nothing
    end(path, laptop)  # type: ignore[operator]
    assert laptop.get(state).json() == {"waits": False}


def test_the_address_of_a_link_is_no_referrer(laptop: Client) -> None:
    assert Client().get(link(laptop))["Referrer-Policy"] == "strict-origin"


def test_the_settings_lead_to_it(laptop: Client) -> None:
    assert 'action="/device/"' in laptop.get("/chat/lobby/").content.decode()


def test_links_have_a_rate(settings: Settings) -> None:
    assert settings.RATE_TABLE["device_link"] == ((10, 600), (300, 3_600))
