"""Who changes how one signs in says once more who they are."""

import time
from urllib.parse import urlencode

import pytest
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.models import Authenticator
from allauth.socialaccount.internal.flows.connect import do_connect
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.core import mail as sent
from django.test import Client, RequestFactory
from django.urls import URLResolver, get_resolver

from accounts import sign_in_links
from accounts.models import User
from accounts.tests.conftest import PASSWORD, sign_in_by_provider

EMAIL = "/accounts/email/"
PASSWORD_PAGE = "/accounts/password/set/"
CHANGING = [  # ways to sign in, of an account that has none of its own
    EMAIL,
    PASSWORD_PAGE,
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/data/delete/",
]
NEW_ADDRESS = {"email": "new@example.com", "action_add": ""}


@pytest.mark.usefixtures("mail")
def test_a_new_address_asks_for_the_password_first(alices_browser: Client) -> None:
    asked = alices_browser.post(EMAIL, NEW_ADDRESS)
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert (sent.outbox, EmailAddress.objects.filter(email="new@example.com").count()) == ([], 0)
    alices_browser.post(asked["Location"], {"password": PASSWORD})
    assert [letter.to for letter in sent.outbox] == [["new@example.com"]]


@pytest.fixture
def bob(client: Client, db: None) -> User:
    """Signed in, has nothing to confirm with, and this browser has seen no proof."""
    bob: User = User.objects.create_user("bob")
    client.force_login(bob)
    return bob


@pytest.mark.usefixtures("mail")
def test_an_account_without_a_password_adds_an_address(client: Client, bob: User) -> None:
    sign_in_by_provider(client, bob)
    assert client.post(EMAIL, NEW_ADDRESS)["Location"] == EMAIL
    assert EmailAddress.objects.get().email == "new@example.com"


@pytest.mark.usefixtures("mail")
def test_the_page_of_the_address_asks_nobody(alices_browser: Client) -> None:
    assert alices_browser.get(EMAIL).status_code == 200
    assert Client().post(EMAIL, NEW_ADDRESS)["Location"] == f"/accounts/login/?next={EMAIL}"


def pages(resolver: URLResolver | None = None, prefix: str = "/") -> list[str]:
    """The addresses of all pages of accounts that need no argument."""
    found = []
    for it in (resolver or get_resolver()).url_patterns:
        path = f"{prefix}{it.pattern}"
        if isinstance(it, URLResolver):
            found += pages(it, path)
        elif path.startswith("/accounts/") and "<" not in path:
            found.append(path)
    return sorted(set(found))


def ways_to_sign_in() -> list[object]:
    kept = (User, EmailAddress, Authenticator, SocialAccount)
    return [list(it.objects.order_by("pk").values()) for it in kept]


ANYTHING = NEW_ADDRESS | {
    "password1": "a quite new password",
    "messages": "keep",
    "name": "Bob",
    "credential": "{}",
}


@pytest.mark.usefixtures("mail")
@pytest.mark.parametrize("path", pages())
def test_no_page_changes_how_one_signs_in_who_came_by_a_link(
    client: Client, bob: User, path: str
) -> None:
    before = ways_to_sign_in()
    client.post(path, ANYTHING)
    assert ways_to_sign_in() == before


@pytest.mark.usefixtures("mail")
@pytest.mark.parametrize("path", CHANGING)
def test_who_has_nothing_to_confirm_with_signs_in_again(
    client: Client, bob: User, path: str
) -> None:
    asked = client.post(path, ANYTHING)
    assert asked["Location"] == f"/accounts/sign-in-again/?{urlencode({'next': path})}"
    assert client.get(asked["Location"]).status_code == 200
    assert "_auth_user_id" in client.session
    answer = client.post("/accounts/sign-in-again/", {"next": path})
    assert answer["Location"] == f"/accounts/login/?next={path}"
    assert "_auth_user_id" not in client.session


@pytest.mark.usefixtures("mail")
@pytest.mark.parametrize("path", CHANGING)
def test_who_has_just_signed_in_goes_on(client: Client, bob: User, path: str) -> None:
    sign_in_by_provider(client, bob)
    assert client.get(path).status_code == 200


def test_a_sign_in_of_an_hour_ago_is_no_proof(
    client: Client, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in_by_provider(client, bob)
    an_hour_later = time.time() + 3_600
    monkeypatch.setattr(time, "time", lambda: an_hour_later)
    assert client.get(PASSWORD_PAGE)["Location"].startswith("/accounts/sign-in-again/")


def test_the_link_of_an_operator_is_no_proof(client: Client, bob: User) -> None:
    sign_in_by_provider(client, bob)
    client.post(sign_in_links.new_path(bob))
    assert client.get("/accounts/profile/").status_code == 200
    assert client.get(PASSWORD_PAGE)["Location"].startswith("/accounts/sign-in-again/")


def test_connecting_a_provider_asks_for_the_password_first(
    alices_browser: Client, alice: User
) -> None:
    """Another site can lead a browser to the address that connects."""
    request = RequestFactory().get("/")
    request.user, request.session = alice, alices_browser.session
    login = SocialLogin(user=User(), account=SocialAccount(provider="sso", uid="7"))
    with pytest.raises(ReauthenticationRequired):
        do_connect(request, login)
    assert not SocialAccount.objects.exists()
