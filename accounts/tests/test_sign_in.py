"""Signing in and out: by name or address, the same to known and unknown people."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as sent
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.tests.conftest import ADDRESS, PASSWORD, signed_in

LOGIN = "/accounts/login/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


def attempt(name: str, password: str = "wrong") -> str:
    answer = Client().post(LOGIN, {"login": name, "password": password})
    page = TOKEN.sub("", answer.content.decode())
    return f"{answer.status_code} {page.replace(name, 'NAME')}"


@pytest.mark.parametrize("typed", ["Alice", "aLICE", " alice "])
@pytest.mark.usefixtures("alice")
def test_one_signs_in_by_username_in_any_case(typed: str) -> None:
    assert signed_in(typed).get("/accounts/profile/").status_code == 200


@pytest.mark.usefixtures("alice", "mail")
def test_with_mail_one_signs_in_by_address_too() -> None:
    signed_in("Alice@Example.com")
    signed_in("alice")


@pytest.mark.usefixtures("alice")
def test_without_mail_an_address_signs_nobody_in() -> None:
    assert attempt(ADDRESS, PASSWORD).startswith("200 ")


@pytest.mark.usefixtures("alice", "mail")
def test_known_and_unknown_names_get_the_same_answer_for_the_same_work(
    hashings: list[str],
) -> None:
    answers, work = set(), []
    for name in ("alice", "nobody", ADDRESS, "nobody@example.com"):
        hashings.clear()
        answers.add(attempt(name))
        work.append(len(hashings))
    assert len(answers) == 1
    assert "The name or the password is wrong." in answers.pop()
    assert work == [1, 1, 1, 1]


@pytest.mark.usefixtures("mail")
def test_a_deactivated_account_is_told_from_others_only_to_its_owner(
    alice: User, hashings: list[str]
) -> None:
    alice.is_active = False
    alice.save()
    hashings.clear()
    assert attempt("alice") == attempt("nobody")
    assert len(hashings) == 2
    answer = Client().post(LOGIN, {"login": "alice", "password": PASSWORD})
    assert "/accounts/profile/" not in answer.get("Location", "")
    assert "_auth_user_id" not in answer.client.session


@pytest.mark.usefixtures("mail")
def test_asking_for_a_new_password_tells_nobody_who_has_an_account(alice: User) -> None:
    EmailAddress.objects.create(user=alice, email=ADDRESS, verified=True, primary=True)
    pages = []
    for address in (ADDRESS, "nobody@example.com"):
        answer = Client().post("/accounts/password/reset/", {"email": address}, follow=True)
        pages.append((answer.redirect_chain, TOKEN.sub("", answer.content.decode())))
    assert pages[0] == pages[1]
    assert [letter.subject for letter in sent.outbox] == ["Lobby: A new password"] * 2


@pytest.mark.usefixtures("mail", "alice")
def test_an_address_that_others_gave_too_takes_one_hashing_and_one_mail(
    hashings: list[str],
) -> None:
    for name in ("eve", "mallory"):
        User.objects.create_user(name, ADDRESS, "another password")
    hashings.clear()
    attempt(ADDRESS)
    assert len(hashings) == 1
    assert signed_in(ADDRESS).get("/accounts/profile/").context["user"].username == "Alice"
    Client().post("/accounts/password/reset/", {"email": ADDRESS})
    [letter] = sent.outbox
    assert "Alice" in letter.body


@pytest.mark.usefixtures("mail", "alice")
def test_an_address_is_whose_account_has_confirmed_it() -> None:
    bob = User.objects.create_user("bob", ADDRESS, PASSWORD)
    EmailAddress.objects.create(user=bob, email=ADDRESS, verified=True, primary=True)
    assert signed_in(ADDRESS).get("/accounts/profile/").context["user"] == bob


@pytest.mark.usefixtures("mail")
def test_a_mail_server_that_is_away_is_said_to_known_and_unknown_people(
    alice: User, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    for address in (alice.email, "nobody@example.com"):
        answer = Client().post("/accounts/password/reset/", {"email": address}, follow=True)
        assert answer.status_code == 200
        assert "The mail could not be sent. Try again later." in answer.content.decode()


@pytest.mark.usefixtures("mail")
def test_the_link_in_a_mail_sets_a_new_password_once(alice: User) -> None:
    client = Client()
    client.post("/accounts/password/reset/", {"email": ADDRESS})
    [path] = re.findall(r"/accounts/password/reset/key/\S+", str(sent.outbox[0].body))
    form = client.get(path, follow=True)
    answer = client.post(form.request["PATH_INFO"], {"password1": "new horse battery"})
    assert answer.status_code == 302
    alice.refresh_from_db()
    assert alice.check_password("new horse battery")
    assert "This link was used already" in Client().get(path).content.decode()


@pytest.mark.parametrize("host", ["evil.example", "chat.example.com"])
@pytest.mark.usefixtures("mail", "alice")
def test_a_mail_leads_to_the_public_address_whatever_host_was_asked(
    settings: Settings, host: str
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://chat.example.com"]
    Client(headers={"host": host}).post("/accounts/password/reset/", {"email": ADDRESS})
    [address] = re.findall(r"\S+/accounts/password/reset/key/", str(sent.outbox[0].body))
    assert address == "https://chat.example.com/accounts/password/reset/key/"


@pytest.mark.parametrize("path", ["2fa/", "2fa/webauthn/", "email/", "sessions/", "profile/"])
@pytest.mark.usefixtures("mail")
def test_no_cache_keeps_the_pages_of_an_account(alices_browser: Client, path: str) -> None:
    assert "no-store" in alices_browser.get(f"/accounts/{path}")["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    ["password/reset/", "password/reset/done/", "email/", "confirm-email/", "confirm-email/x/"],
)
@pytest.mark.usefixtures("alice")
def test_without_mail_nothing_that_needs_mail_is_offered(path: str) -> None:
    client = signed_in("alice")
    assert client.get(f"/accounts/{path}").status_code == 404
    for page in ("profile/", "password/change/", "login/"):
        assert f"/accounts/{path}" not in client.get(f"/accounts/{page}").content.decode()


def test_one_signs_out_by_a_form_only(alices_browser: Client) -> None:
    cookies = alices_browser.cookies.copy()
    assert "Sign out?" in alices_browser.get("/accounts/logout/").content.decode()
    assert alices_browser.get("/accounts/profile/").status_code == 200
    assert alices_browser.post("/accounts/logout/")["Location"] == "/"
    thief = Client()
    thief.cookies.update(cookies)
    assert thief.get("/accounts/profile/").status_code == 302


def test_a_changed_password_ends_the_other_sessions(alices_browser: Client) -> None:
    other = signed_in("alice")
    form = {"oldpassword": PASSWORD, "password1": "new horse battery"}
    assert alices_browser.post("/accounts/password/change/", form).status_code == 302
    assert alices_browser.get("/accounts/profile/").status_code == 200
    assert other.get("/accounts/profile/").status_code == 302


def test_a_wrong_password_changes_none(alices_browser: Client, alice: User) -> None:
    form = {"oldpassword": "wrong", "password1": "new horse battery"}
    page = alices_browser.post("/accounts/password/change/", form).content.decode()
    assert "This is not your current password." in page
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


@pytest.mark.django_db
def test_the_root_of_the_pages_leads_on(client: Client) -> None:
    assert client.get("/accounts/")["Location"] == "/accounts/login/"
