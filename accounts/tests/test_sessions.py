"""Sessions: listed, and ended one by one."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts import apps
from accounts.browsers import described
from accounts.models import User
from accounts.tests.conftest import PASSWORD, signed_in

SESSIONS = "/accounts/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605 Version/18.0 Safari/604.1"


def is_signed_in(client: Client) -> bool:
    return client.get("/accounts/profile/").status_code == 200


def session_of(client: Client) -> UserSession:
    return UserSession.objects.get(session_key=client.session.session_key)


def test_one_session_is_ended_from_another(alices_browser: Client) -> None:
    phone, tablet = signed_in("alice"), signed_in("alice")
    answer = alices_browser.post(SESSIONS, {"session": session_of(phone).pk}, follow=True)
    assert "That session has ended." in answer.content.decode()
    assert [is_signed_in(it) for it in (alices_browser, phone, tablet)] == [True, False, True]


def test_all_others_are_ended_at_once(alices_browser: Client) -> None:
    others = [signed_in("alice"), signed_in("alice")]
    alices_browser.post(SESSIONS)
    assert is_signed_in(alices_browser)
    assert not any(map(is_signed_in, others))


def test_ending_the_own_session_signs_out(alices_browser: Client) -> None:
    answer = alices_browser.post(SESSIONS, {"session": session_of(alices_browser).pk})
    assert answer["Location"] == "/"
    assert not is_signed_in(alices_browser)


def test_a_session_too_many_ends_the_oldest_one(
    alices_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apps, "SESSIONS_MAX", 2)
    phone, tablet = signed_in("alice"), signed_in("alice")
    assert [is_signed_in(it) for it in (alices_browser, phone, tablet)] == [False, True, True]


@pytest.mark.parametrize("chosen", ["0", "x", "-1", "9" * 40])
def test_what_is_no_session_of_ones_own_is_left_alone(alices_browser: Client, chosen: str) -> None:
    User.objects.create_user("Bob", password=PASSWORD)
    bob = signed_in("bob")
    for session in (chosen, str(session_of(bob).pk)):
        assert alices_browser.post(SESSIONS, {"session": session})["Location"] == SESSIONS
    assert is_signed_in(bob)
    assert is_signed_in(alices_browser)


def test_a_session_of_the_admin_is_listed_and_ended_too(
    alices_browser: Client, alice: User
) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    admin = Client()
    admin.post("/admin/login/", {"username": "alice", "password": PASSWORD, "next": "/admin/"})
    assert admin.get("/admin/").status_code == 200
    alices_browser.post(SESSIONS, {"session": session_of(admin).pk})
    assert admin.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox · Linux"),
        (EDGE, "Edge · Windows"),
        (IPHONE, "Safari · iPhone"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_browser_is_described_in_words(user_agent: str, words: str) -> None:
    assert described(user_agent) == words
