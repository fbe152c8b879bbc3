"""Who changes how one signs in says once more who they are."""

import pytest
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ReauthenticationRequired
from allauth.socialaccount.internal.flows.connect import do_connect
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.core import mail as sent
from django.test import Client, RequestFactory

from accounts.models import User
from accounts.tests.conftest import PASSWORD

EMAIL = "/accounts/email/"
NEW_ADDRESS = {"email": "new@example.com", "action_add": ""}


@pytest.mark.usefixtures("mail")
def test_a_new_address_asks_for_the_password_first(alices_browser: Client) -> None:
    asked = alices_browser.post(EMAIL, NEW_ADDRESS)
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert (sent.outbox, EmailAddress.objects.filter(email="new@example.com").count()) == ([], 0)
    alices_browser.post(asked["Location"], {"password": PASSWORD})
    assert [letter.to for letter in sent.outbox] == [["new@example.com"]]


@pytest.mark.usefixtures("mail")
def test_an_account_without_a_password_adds_an_address(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("bob"))
    assert client.post(EMAIL, NEW_ADDRESS)["Location"] == EMAIL
    assert EmailAddress.objects.get().email == "new@example.com"


@pytest.mark.usefixtures("mail")
def test_the_page_of_the_address_asks_nobody(alices_browser: Client) -> None:
    assert alices_browser.get(EMAIL).status_code == 200
    assert Client().post(EMAIL, NEW_ADDRESS)["Location"] == f"/accounts/login/?next={EMAIL}"


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
