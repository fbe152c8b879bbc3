"""The first operator, and links to sign in by."""

from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Barrier

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import addresses, setup
from accounts.models import User
from accounts.tests.conftest import PASSWORD, signed_in

FORM = {"username": "Olga", "password": PASSWORD}


def setup_path() -> str:
    path = setup.path()
    assert path
    return path


@pytest.mark.django_db
def test_the_first_account_is_an_operator(client: Client) -> None:
    path = setup_path()
    assert "Welcome to Lobby" in client.get(path).content.decode()
    assert not User.objects.exists()
    assert client.post(path, FORM)["Location"] == "/"
    olga = User.objects.get()
    assert (olga.is_staff, olga.is_superuser) == (True, True)
    assert client.get("/admin/").status_code == 200
    assert client.get("/accounts/sessions/").content.decode().count("This browser.") == 1


@pytest.mark.django_db
def test_it_is_told_how_a_username_looks_and_is_led_to_the_administration(client: Client) -> None:
    path = setup_path()
    assert "Letters, digits and . + - _." in client.get(path).content.decode()
    page = client.post(path, FORM, follow=True).content.decode()
    assert '<a class="quiet-button" href="/admin/">Administration</a>' in page
    client.force_login(User.objects.create_user("alice"))
    assert "/admin/" not in client.get("/").content.decode()


@pytest.mark.django_db
def test_the_link_that_a_start_prints_is_at_the_public_address(settings: Settings) -> None:
    local = "http://127.0.0.1:8000"
    assert addresses.absolute(setup_path(), local).startswith(f"{local}/setup/")
    settings.CSRF_TRUSTED_ORIGINS = ["https://chat.example.com"]
    assert addresses.absolute(setup_path(), local).startswith("https://chat.example.com/setup/")


@pytest.mark.django_db
def test_the_link_works_once_and_never_again(client: Client) -> None:
    path = setup_path()
    client.post(path, FORM)
    User.objects.all().delete()
    for browser in (client, Client()):
        assert browser.get(path).status_code == 404
        assert browser.post(path, FORM).status_code == 404
    assert not User.objects.exists()
    assert setup.path() is None


@pytest.mark.django_db
def test_guests_who_signed_up_before_do_not_use_it_up(client: Client) -> None:
    User.objects.create_user("alice")
    assert client.get(setup_path()).status_code == 200


@pytest.mark.django_db
def test_an_operator_made_otherwise_closes_it(client: Client) -> None:
    path = setup_path()
    User.objects.create_superuser("Olga", password=PASSWORD)
    assert client.get(path).status_code == 404
    assert setup.path() is None


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["0" * 64, "x", "setup"])
def test_a_guessed_link_is_not_found(client: Client, token: str) -> None:
    assert client.get(f"/setup/{token}/").status_code == 404
    assert client.post(f"/setup/{token}/", FORM).status_code == 404
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "form", [{"username": "", "password": ""}, FORM | {"password": "12345678"}]
)
def test_a_refused_form_leaves_the_link_open(client: Client, form: dict[str, str]) -> None:
    path = setup_path()
    assert client.post(path, form).status_code == 422
    assert client.post(path, FORM).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_several_at_once_one_becomes_operator() -> None:
    start = Barrier(4)

    def make(number: int) -> bool:
        start.wait()
        try:
            setup.make_operator(f"operator {number}", PASSWORD)
        except setup.AlreadyDone:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(make, range(4))) == [False, False, False, True]
    assert User.objects.count() == 1


# --- Links to sign in by ------------------------------------------------------------------------


def sign_in_link(name: str = "alice") -> str:
    output = StringIO()
    call_command("signinlink", name, stdout=output)
    return output.getvalue().strip()


@pytest.mark.usefixtures("alice")
def test_a_link_signs_in_once_after_asking(client: Client) -> None:
    path = sign_in_link()
    for browser in (client, Client()):  # a preview opens it first
        assert "signs you in as <bdi>Alice</bdi>" in browser.get(path).content.decode()
    assert client.get("/accounts/profile/").status_code == 302
    assert client.post(path)["Location"] == "/accounts/profile/"
    assert client.get("/accounts/profile/").status_code == 200
    for ask in (Client().get, Client().post):
        answer = ask(path)
        assert answer.status_code == 404
        assert "This link no longer works" in answer.content.decode()


@pytest.mark.usefixtures("alice")
def test_an_old_link_does_not_work(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sign_in_link()
    monkeypatch.setattr("accounts.sign_in_links.LINK_SECONDS", -1)
    assert client.post(path).status_code == 404


@pytest.mark.usefixtures("alice")
def test_a_sign_in_and_a_new_password_undo_a_link(client: Client, alice: User) -> None:
    path = sign_in_link()
    signed_in("alice")
    assert client.post(path).status_code == 404
    path = sign_in_link()
    alice.refresh_from_db()
    alice.set_password("another")
    alice.save()
    assert client.post(path).status_code == 404


def test_a_deactivated_account_gets_no_link_and_uses_none(client: Client, alice: User) -> None:
    path = sign_in_link()
    alice.is_active = False
    alice.save()
    assert client.post(path).status_code == 404
    with pytest.raises(CommandError, match="deactivated"):
        sign_in_link()


@pytest.mark.django_db
def test_nobody_gets_no_link(client: Client) -> None:
    with pytest.raises(CommandError, match="There is no user 'nobody'"):
        sign_in_link("nobody")
    for path in ("/accounts/link/1/x-y/", "/accounts/link/zzzzzzzzzzzzzz/a-b/"):
        assert client.post(path).status_code == 404


@pytest.mark.usefixtures("alice")
def test_a_link_has_the_public_address(settings: Settings) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://chat.example.com"]
    assert sign_in_link("ALICE").startswith("https://chat.example.com/accounts/link/")
