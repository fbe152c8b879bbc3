"""Who speaks: a signed-in user's own member, else the guest of the cookie."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from chat.identity import Credentials, Speaker, find_speaker, find_speakers
from chat.models import Member
from chat.tests.support.accounts import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob() -> User:
    return User.objects.create_user("bob", password="correct horse battery staple")


@pytest.fixture
def his(bob: User) -> Member:
    """Bob's own member."""
    member, _ = Member.objects.update_or_create({"name": "Bob"}, user=bob)
    return member


@pytest.fixture
def session_key(bob: User, his: Member) -> str:
    return sign_in(bob)


def test_a_signed_in_user_speaks_as_their_own_member(his: Member, session_key: str) -> None:
    guest = Member.objects.create(name="Curious Panda")
    speaker = find_speaker(Credentials(guest.uid, session_key))
    assert (speaker.member, speaker.is_signed_out) == (his, False)


def test_a_guest_speaks_as_the_guest_of_the_cookie() -> None:
    stored, uid = Member.objects.create(name="Curious Panda"), uuid4()
    assert find_speaker(Credentials(stored.uid)) == Speaker(stored)
    assert find_speaker(Credentials(uid)).member.uid == uid


def test_a_guest_takes_one_query_and_a_user_two_however_many_they_are(
    session_key: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    guests = [Credentials(uuid4()) for _ in range(5)]
    users = [Credentials(uuid4(), session_key) for _ in range(5)]
    with django_assert_num_queries(1):
        find_speakers(guests)
    with django_assert_num_queries(2):
        find_speakers(users)
    with django_assert_num_queries(3):
        find_speakers([*guests, *users])


def test_a_new_user_always_gets_the_same_member(bob: User, session_key: str) -> None:
    Member.objects.filter(user=bob).delete()
    one, other = [find_speaker(Credentials(None, session_key)).member for _ in range(2)]
    assert (one.name, one.user, one.is_saved, one.uid) == ("bob", bob, False, other.uid)


def test_the_cookie_of_a_guest_does_not_speak_for_an_account(his: Member) -> None:
    speaker = find_speaker(Credentials(his.uid))
    assert speaker.is_signed_out
    assert (speaker.member.uid != his.uid, speaker.member.is_guest) == (True, True)


def test_a_session_ends_with_its_row(his: Member, session_key: str) -> None:
    Session.objects.all().delete()
    assert find_speaker(Credentials(None, session_key)).is_signed_out


def test_a_session_ends_when_it_expires(his: Member, session_key: str) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert find_speaker(Credentials(None, session_key)).is_signed_out


def test_a_session_ends_with_the_password(bob: User, his: Member, session_key: str) -> None:
    bob.set_password("another horse battery staple")
    bob.save()
    assert find_speaker(Credentials(None, session_key)).is_signed_out


def test_the_session_of_a_deactivated_user_speaks_for_nobody(
    bob: User, his: Member, session_key: str
) -> None:
    bob.is_active = False
    bob.save()
    speaker = find_speaker(Credentials(None, session_key))
    assert (speaker.member, speaker.member.is_active) == (his, False)


def test_the_session_of_a_visitor_says_nothing(client: Client) -> None:
    client.session.save()
    key = client.session.session_key
    uid = uuid4()
    speaker = find_speaker(Credentials(uid, key))
    assert (speaker.member.uid, speaker.is_signed_out) == (uid, False)
