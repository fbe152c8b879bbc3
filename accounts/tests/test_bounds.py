"""Each kind of way to sign in has a bound."""

import json

import pytest
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.messages import get_messages
from django.contrib.messages.middleware import MessageMiddleware
from django.http import HttpResponse
from django.test import Client, RequestFactory

from accounts import adapters, passkeys
from accounts.models import User
from accounts.tests.conftest import PASSWORD

ADD = "/accounts/2fa/webauthn/add/"
FULL = "You have 2 passkeys, and can have no more"


@pytest.fixture
def full(alices_browser: Client, alice: User, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Alice has as many passkeys as she may have, and has just said who she is."""
    monkeypatch.setattr(passkeys, "PASSKEYS_MAX", 2)
    monkeypatch.setattr(auth, "begin_registration", lambda user, passwordless: {})
    alices_browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    for _ in range(2):
        data = {"name": "Phone", "credential": {}}
        Authenticator.objects.create(user=alice, type=Authenticator.Type.WEBAUTHN, data=data)
    return alices_browser


def test_whoever_has_many_passkeys_removes_one_first(full: Client) -> None:
    assert full.get(ADD)["Location"] == "/accounts/2fa/webauthn/"
    Authenticator.objects.first().delete()
    assert full.get(ADD).status_code == 200


def test_an_answer_of_a_passkey_that_is_one_too_many_says_why(full: Client) -> None:
    answer = full.post(ADD, {"name": "Key", "credential": json.dumps({"id": "AA"})})
    assert FULL in answer.content.decode()
    assert Authenticator.objects.count() == 2


@pytest.mark.parametrize(
    ("connected", "process", "is_refused"),
    [(1, "connect", False), (2, "connect", True), (2, "login", False)],
)
def test_an_account_connects_a_number_of_a_providers_accounts(
    alice: User,
    connected: int,
    process: str,
    is_refused: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(adapters, "CONNECTED_MAX", 2)
    monkeypatch.setattr(adapters, "redirect", HttpResponse)  # without OIDC_URL there is no page
    for number in range(connected):
        SocialAccount.objects.create(user=alice, provider="sso", uid=str(number))
    request = RequestFactory().get("/")
    request.user, request.session = alice, Client().session
    MessageMiddleware(lambda it: HttpResponse()).process_request(request)
    new = SocialLogin(user=User(), account=SocialAccount(provider="sso", uid="new"))
    new.state["process"] = process
    try:
        adapters.ProviderAdapter(request).pre_social_login(request, new)
    except ImmediateHttpResponse:
        assert is_refused
        assert "disconnect one first" in str(next(iter(get_messages(request))))
    else:
        assert not is_refused
