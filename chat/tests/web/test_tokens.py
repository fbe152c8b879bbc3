"""The pages of tokens: made once, listed, revoked."""

import re
from typing import Any

import pytest
from django.test import Client

from chat.models import Member, Room, RoomName, Scope, Subscription, Token
from chat.models.token import TOKENS_MAX, digest_of
from chat.tests.leaks.conftest import user_of
from chat.tests.support.pages import browser_of
from chat.tests.support.private_rooms import new_account, new_members_room

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
NEW = "/accounts/tokens/new/"
FORM = {"name": "Grafana", "scopes": ["read", "post"], "expires": "never"}


@pytest.fixture
def browser(ada: Member) -> Client:
    """Ada's, who has just said again who she is."""
    user = user_of(ada)
    user.set_password(PASSWORD)
    user.save()
    browser = Client()
    browser.force_login(user)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return browser


def made(browser: Client, **form: Any) -> str:
    """The secret on the page."""
    page = browser.post(NEW, FORM | form).content.decode()
    found = re.search(r"lobby_[\w-]{43}", page)
    assert found, page
    return found[0]


def test_the_secret_is_shown_once(browser: Client, ada: Member) -> None:
    secret = made(browser)
    token = Token.objects.get()
    assert token.digest == digest_of(secret)
    assert (token.member, token.made_by, token.scopes) == (ada, ada, ["read", "post"])
    assert (token.rooms, token.expires_at) == (None, None)
    page = browser.get("/accounts/tokens/").content.decode()
    assert "Grafana" in page
    assert secret not in page


def test_a_token_that_posts_in_one_room_is_a_webhook_too(browser: Client, ada: Member) -> None:
    lobby, den = Room.objects.ensure(RoomName.parse("Lobby")), new_members_room(ada)
    Subscription.objects.keep(ada, lobby)

    def page(**form: Any) -> str:
        return str(browser.post(NEW, FORM | form).content.decode())

    assert "http://testserver/hooks/lobby_" in page(rooms=[str(den.uid)])
    for form in (
        {"rooms": [str(den.uid)], "scopes": ["read"]},
        {"rooms": [str(den.uid), str(lobby.uid)]},
        {},
    ):
        assert "/hooks/" not in page(**form)


def test_who_has_not_just_signed_in_says_again_who_they_are(ada: Member) -> None:
    user_of(ada).set_password(PASSWORD)
    answer = browser_of(ada).get(NEW)
    assert answer.status_code == 302
    assert not Token.objects.exists()


def test_a_token_can_be_for_some_rooms(browser: Client, ada: Member) -> None:
    lobby, den = Room.objects.ensure(RoomName.parse("Lobby")), new_members_room(ada)
    Subscription.objects.keep(ada, lobby)
    made(browser, rooms=[str(den.uid)])
    assert Token.objects.get().rooms == [str(den.uid)]


def test_a_room_of_others_cannot_be_chosen(browser: Client, ben: Member) -> None:
    den = new_members_room(ben)
    assert browser.post(NEW, FORM | {"rooms": [str(den.uid)]}).status_code == 422
    assert not Token.objects.exists()


def test_a_token_that_may_nothing_is_not_made(browser: Client) -> None:
    assert browser.post(NEW, FORM | {"scopes": []}).status_code == 422
    assert not Token.objects.exists()


def test_a_revoked_token_is_listed_as_such(browser: Client, ada: Member) -> None:
    made(browser)
    answer = browser.post(f"/accounts/tokens/{Token.objects.get().uid}/revoke", follow=True)
    page = answer.content.decode()
    assert "Revoked." in page
    assert not Token.objects.valid().exists()


def test_nobody_revokes_the_token_of_somebody_else(browser: Client, ben: Member) -> None:
    token, _ = Token.objects.make(ben, ben, "Ben's", [])
    assert browser.post(f"/accounts/tokens/{token.uid}/revoke").status_code == 404
    assert Token.objects.valid().exists()


def test_a_member_has_a_bounded_number_of_tokens(
    browser: Client, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.programs.tokens.TOKENS_MAX", 1)
    assert TOKENS_MAX > 1
    made(browser)
    assert browser.post(NEW, FORM).status_code == 422
    assert Token.objects.count() == 1


def test_the_pages_are_german_too(browser: Client, ada: Member) -> None:
    Token.objects.make(ada, new_account("Eva"), "Grafana", [Scope.READ])
    page = browser.get("/accounts/tokens/", headers={"accept-language": "de"}).content.decode()
    assert "Widerrufen" in page
    assert "Nie benutzt." in page
    form = browser.get(NEW, headers={"accept-language": "de"}).content.decode()
    assert "Neues Token" in form
