"""Whose an e-mail address is."""

from collections.abc import Iterable

from allauth.account.internal.userkit import filter_users_by_email

from accounts.models import User


def owner(address: str) -> User | None:
    """The account that has confirmed the address; else the first one that gave it."""
    return first(filter_users_by_email(address, prefer_verified=True, for_login=True))


def first(users: Iterable[User]) -> User | None:
    """Anybody may give an address: what is done for each account would have no bound."""
    return min(users, key=lambda it: it.pk, default=None)
