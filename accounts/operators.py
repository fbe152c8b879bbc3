"""What operators do to accounts. Each change saves each account: other apps listen."""

from collections.abc import Iterable

from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User

OPERATES = {"is_active": True, "is_staff": True, "is_superuser": True}


class LastOperator(Exception):
    """Nobody would operate the installation any more."""


def is_last_operator(user: User) -> bool:
    return are_last_operators([user])


def are_last_operators(users: Iterable[User]) -> bool:
    """Whether nobody else operates the installation."""
    pks, operators = {it.pk for it in users}, User.objects.filter(**OPERATES)
    return operators.filter(pk__in=pks).exists() and not operators.exclude(pk__in=pks).exists()


def ensure_others_operate(leaving: Iterable[User]) -> None:
    """Raises LastOperator if nobody but these users operates the installation.

    Ask in the transaction that takes their rights away: it locks the operators, who could else
    take each other's rights away at once.
    """
    found = _lock_operators()
    if found and found <= {it.pk for it in leaving}:
        raise LastOperator


def ensure_operates(user: User) -> None:
    """Raises PermissionDenied if the user is no operator by now.

    Ask in the transaction of what only operators do, first: it locks the operators.
    """
    if user.pk not in _lock_operators():
        raise PermissionDenied


@transaction.atomic
def set_active(users: Iterable[User], *, active: bool) -> int:
    """Deactivate accounts, or activate them again. Returns how many have changed.

    Raises LastOperator.
    """
    users = list(users)
    if not active:
        ensure_others_operate(users)
    changed = [it for it in _lock(users) if it.is_active != active]
    for user in changed:
        user.is_active = active
        user.save(update_fields=["is_active"])
    return len(changed)


@transaction.atomic
def set_operator(users: Iterable[User], *, operator: bool) -> int:
    """Make operators, or take their rights away. Returns how many have changed.

    Raises LastOperator.
    """
    users, rights = list(users), (operator, operator)
    if not operator:
        ensure_others_operate(users)
    changed = [it for it in _lock(users) if (it.is_staff, it.is_superuser) != rights]
    for user in changed:
        user.is_staff, user.is_superuser = rights
        user.save(update_fields=["is_staff", "is_superuser"])
    return len(changed)


def end_sessions(users: Iterable[User]) -> int:
    """Sign users out on all devices. Returns how many sessions have ended."""
    sessions = list(UserSession.objects.filter(user__in=list(users)).select_related("user"))
    get_adapter().end_sessions(sessions)
    return len(sessions)


def _lock_operators() -> set[int]:
    """The primary keys of the operators, who stay that until the transaction ends."""
    found = User.objects.select_for_update().filter(**OPERATES).order_by("pk")
    return set(found.values_list("pk", flat=True))


def _lock(users: Iterable[User]) -> list[User]:
    """The accounts as they are until the transaction ends, without those deleted by now."""
    found = User.objects.select_for_update().filter(pk__in=[it.pk for it in users])
    return list(found.order_by("pk"))
