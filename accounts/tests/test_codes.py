"""One-time codes and recovery codes."""

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.tests.conftest import PASSWORD

LOGIN = {"login": "alice", "password": PASSWORD}
ACTIVATE = "/accounts/2fa/totp/activate/"


def code_of(secret: str) -> str:
    """The code of a clock that is ahead: it is taken for a minute or longer."""
    *_, latest = totp.yield_hotp_counters_from_time()
    return str(totp.format_hotp_value(totp.hotp_value(secret, latest)))


@pytest.fixture
def secret(alices_browser: Client) -> str:
    """Alice has turned codes on."""
    assert "reauthenticate" in alices_browser.get(ACTIVATE)["Location"]
    alices_browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    found: str = alices_browser.get(ACTIVATE).context["form"].secret
    answer = alices_browser.post(ACTIVATE, {"code": code_of(found)})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    cache.clear()  # the code is used up, and the next one half a minute away
    return found


def test_a_code_comes_after_the_password(secret: str, client: Client) -> None:
    assert client.post("/accounts/login/", LOGIN)["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/accounts/profile/").status_code == 302
    assert (
        "This code is wrong"
        in client.post("/accounts/2fa/authenticate/", {"code": "000"}).content.decode()
    )
    answer = client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert answer["Location"] == "/"
    assert client.get("/accounts/profile/").status_code == 200


def test_a_code_works_once(secret: str) -> None:
    code, answers = code_of(secret), []
    for client in (Client(), Client()):
        client.post("/accounts/login/", LOGIN)
        answers.append(client.post("/accounts/2fa/authenticate/", {"code": code}).status_code)
    assert answers == [302, 200]


@pytest.mark.usefixtures("secret")
def test_a_recovery_code_works_once(alices_browser: Client) -> None:
    page = alices_browser.get("/accounts/2fa/recovery-codes/")
    code, answers = page.context["unused_codes"][0], []
    for client in (Client(), Client()):
        client.post("/accounts/login/", LOGIN)
        answers.append(client.post("/accounts/2fa/authenticate/", {"code": code}).status_code)
    assert answers == [302, 200]


@pytest.mark.usefixtures("secret")
def test_the_admin_lets_nobody_in_without_the_code(alice: User, client: Client) -> None:
    alice.is_staff = True
    alice.save()
    form = {"username": "alice", "password": PASSWORD, "next": "/admin/"}
    page = client.post("/admin/login/", form).content.decode()
    assert "This account has a second factor" in page
    assert client.get("/admin/").status_code == 302


@pytest.mark.usefixtures("secret")
def test_turning_codes_off_makes_the_password_enough(
    alices_browser: Client, client: Client
) -> None:
    alices_browser.post("/accounts/2fa/totp/deactivate/")
    assert client.post("/accounts/login/", LOGIN)["Location"] == "/"


@pytest.mark.usefixtures("secret")
def test_the_admin_shows_no_secrets(admin_client: Client) -> None:
    assert admin_client.get("/admin/mfa/authenticator/").status_code == 404
