"""What operators do to accounts."""

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from accounts import operators
from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return User.objects.create_user("alice")


@pytest.fixture
def olga() -> User:
    """An operator."""
    return User.objects.create_user("olga", is_staff=True, is_superuser=True)


@pytest.mark.parametrize(
    ("rights", "is_operator"),
    [
        ({"is_staff": True, "is_superuser": True}, True),
        ({"is_staff": True}, False),
        ({"is_superuser": True}, False),
        ({"is_staff": True, "is_superuser": True, "is_active": False}, False),
    ],
)
def test_an_operator_is_an_active_superuser_of_the_staff(
    rights: dict[str, bool], is_operator: bool
) -> None:
    assert User(username="alice", **rights).is_operator == is_operator


def test_accounts_are_deactivated_and_activated_once(alice: User) -> None:
    assert operators.set_active([alice], active=False) == 1
    assert operators.set_active([alice], active=False) == 0
    assert operators.set_active([alice], active=True) == 1


def test_two_operators_are_the_last_ones_together(alice: User, olga: User) -> None:
    assert not operators.are_last_operators([alice])
    assert operators.are_last_operators([alice, olga])
    operators.set_operator([alice], operator=True)
    assert not operators.is_last_operator(olga)
    assert operators.are_last_operators(User.objects.all())


def test_operators_are_made_and_are_none_any_more(alice: User, olga: User) -> None:
    assert operators.set_operator([alice], operator=True) == 1
    alice.refresh_from_db()
    assert alice.is_operator
    assert operators.set_operator([alice], operator=False) == 1
    alice.refresh_from_db()
    assert not alice.is_operator


def test_all_sessions_of_the_accounts_end_and_no_others(alice: User) -> None:
    bob = User.objects.create_user("bob")
    for user in (alice, alice, bob):
        Client().force_login(user)
    assert operators.end_sessions([alice]) == 2
    assert [it.user for it in UserSession.objects.all()] == [bob]
    assert Session.objects.count() == 1


# --- the last operator --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "take_away",
    [
        lambda users: operators.set_active(users, active=False),
        lambda users: operators.set_operator(users, operator=False),
    ],
)
def test_the_last_operators_stay(alice: User, olga: User, take_away: Any) -> None:
    otto = User.objects.create_user("otto", is_staff=True, is_superuser=True)
    with pytest.raises(operators.LastOperator):
        take_away([alice, olga, otto])
    assert User.objects.filter(is_active=True).count() == 3
    assert take_away([otto]) == 1
    with pytest.raises(operators.LastOperator):
        take_away([User.objects.get(pk=olga.pk)])
    assert operators.is_last_operator(olga)
    assert not operators.is_last_operator(alice)


def test_where_nobody_operates_accounts_are_deactivated_all_the_same(alice: User) -> None:
    assert operators.set_active([alice], active=False) == 1
