"""Making an account: who may, and with which name."""

import re
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core import mail as sent
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import invites
from accounts.models import User
from accounts.tests.conftest import ADDRESS, PASSWORD

pytestmark = pytest.mark.django_db
SIGN_UP = "/accounts/signup/"


def sign_up(client: Client, name: str, **fields: str) -> str:
    """Sign up, and return the page if there is one."""
    form = {"username": name, "password1": PASSWORD} | fields
    answer = client.post(SIGN_UP, form)
    return "" if answer.status_code == 302 else answer.content.decode()


def test_a_username_and_a_password_make_an_account(client: Client) -> None:
    assert sign_up(client, "Alice", next="/chat/tea/") == ""
    user = User.objects.get()
    assert user.password.startswith("argon2$argon2id$")
    assert (user.username, user.is_staff, user.is_superuser) == ("Alice", False, False)
    assert client.session["_auth_user_id"] == str(user.pk)


def test_one_goes_on_where_one_came_from(client: Client) -> None:
    form = {"username": "Alice", "password1": PASSWORD, "next": "/chat/tea/"}
    assert client.post(SIGN_UP, form)["Location"] == "/chat/tea/"
    client.post("/accounts/logout/")
    form = {"username": "Bob", "password1": PASSWORD, "next": "//evil.example/"}
    assert client.post(SIGN_UP, form)["Location"] == "/"


@pytest.mark.parametrize(
    ("taken", "typed"), [("Alice", "aLICE"), ("Ⅳ", "iv"), ("Straße", "STRASSE")]
)
def test_a_name_that_differs_in_case_only_is_taken(client: Client, taken: str, typed: str) -> None:
    User.objects.create_user(taken)
    assert "A user with that username already exists." in sign_up(client, typed)
    assert User.objects.count() == 1


@pytest.mark.parametrize("typed", ["\u200b", "a b", "alice@example.com", "x" * 151, ""])
def test_some_names_are_refused(client: Client, typed: str) -> None:
    page = sign_up(client, typed)
    assert 'aria-invalid="true"' in page
    assert not User.objects.exists()


def test_invisible_characters_are_left_out(client: Client) -> None:
    assert sign_up(client, "al\u202eice\u3164") == ""
    assert User.objects.get().username == "alice"


@pytest.mark.parametrize("password", ["12345678", "password", "short", "alice-in-l"])
def test_a_weak_password_is_refused(client: Client, password: str) -> None:
    assert "id_password1_error" in sign_up(client, "alice-in-l", password1=password)
    assert not User.objects.exists()


def test_a_name_that_was_taken_meanwhile_is_said(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.create_user("Alice")
    monkeypatch.setattr("accounts.models.User.clean", lambda self: None)
    assert "A user with that username already exists." in sign_up(client, "alice")
    assert User.objects.count() == 1
    assert "_auth_user_id" not in client.session


def test_without_mail_no_address_is_asked_for(client: Client) -> None:
    assert "mail" not in client.get(SIGN_UP).content.decode()
    assert sign_up(client, "Alice", email=ADDRESS) == ""
    assert User.objects.get().email == ""


@pytest.mark.usefixtures("mail")
def test_an_address_is_confirmed_by_the_link_in_a_mail(client: Client) -> None:
    assert sign_up(client, "Alice", email=ADDRESS) == ""
    [letter] = sent.outbox
    assert (letter.subject, letter.to) == ("Lobby: Confirm your address", [ADDRESS])
    assert not EmailAddress.objects.get().verified
    [path] = re.findall(r"/accounts/confirm-email/\S+", str(letter.body))
    assert "Is <bdi>alice@example.com</bdi>" in client.get(path).content.decode()
    assert not EmailAddress.objects.get().verified
    client.post(path)
    assert EmailAddress.objects.get().verified


@pytest.mark.usefixtures("mail")
def test_an_address_is_not_needed(client: Client) -> None:
    assert sign_up(client, "Alice", email="") == ""
    assert sent.outbox == []


@pytest.mark.usefixtures("mail")
def test_nobody_learns_by_signing_up_whether_an_address_is_known(
    client: Client, alice: User, hashings: list[str]
) -> None:
    EmailAddress.objects.create(user=alice, email=ADDRESS, verified=True, primary=True)
    answers, work = [], []
    for name, address in (("bob", ADDRESS), ("charlie", "unknown@example.com")):
        hashings.clear()
        form = {"username": name, "password1": PASSWORD, "email": address}
        answers.append(Client().post(SIGN_UP, form))
        work.append(len(hashings))
    assert work == [1, 1]
    assert [(it.status_code, it["Location"]) for it in answers] == [(302, "/")] * 2
    assert [letter.subject for letter in sent.outbox] == ["Lobby: Confirm your address"] * 2


@pytest.mark.parametrize("signup", ["invite", "off"])
def test_signup_can_be_closed(client: Client, settings: Settings, signup: str) -> None:
    settings.SIGNUP = signup
    assert "No new accounts" in client.get(SIGN_UP).content.decode()
    assert "No new accounts" in sign_up(client, "Alice")
    assert not User.objects.exists()
    for page in ("/", "/accounts/login/", "/chat/tea/"):
        assert SIGN_UP not in client.get(page).content.decode()


def invite() -> str:
    output = StringIO()
    call_command("invitelink", stdout=output)
    return output.getvalue().strip()


def test_an_invite_lets_sign_up(client: Client, settings: Settings) -> None:
    settings.SIGNUP = "invite"
    assert "Create an account" in client.get(invite()).content.decode()
    assert sign_up(client, "Alice") == ""


@pytest.mark.parametrize("signup", ["invite", "off"])
def test_an_old_or_forged_invite_does_not(
    client: Client, settings: Settings, signup: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SIGNUP = signup
    monkeypatch.setattr("accounts.invites.INVITE_SECONDS", -1)
    for address in (invite(), f"{SIGN_UP}?invite=sign up:1:x"):
        client.get(address)
        assert "No new accounts" in sign_up(client, "Alice")
    assert not Session.objects.exists()


def test_a_visitor_whom_another_app_lets_in_signs_up_within_an_hour(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SIGNUP = "invite"
    path = invites.visitor_path("/tea/")
    assert "Create an account" in Client().get(path).content.decode()
    monkeypatch.setattr("accounts.invites.VISITOR_SECONDS", -1)
    assert "No new accounts" in Client().get(path).content.decode()
    settings.SIGNUP = "off"
    assert "No new accounts" in Client().get(invites.visitor_path("/tea/")).content.decode()
