"""What operators do to accounts. Each change saves each account: other apps listen."""

from collections.abc import Iterable

from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts.models import User


@transaction.atomic
def set_active(users: Iterable[User], *, active: bool) -> int:
    """Deactivate accounts, or activate them again. Returns how many have changed."""
    changed = [it for it in users if it.is_active != active]
    for user in changed:
        user.is_active = active
        user.save(update_fields=["is_active"])
    return len(changed)


@transaction.atomic
def set_operator(users: Iterable[User], *, operator: bool) -> int:
    """Make operators, or take their rights away. Returns how many have changed."""
    rights = (operator, operator)
    changed = [it for it in users if (it.is_staff, it.is_superuser) != rights]
    for user in changed:
        user.is_staff, user.is_superuser = rights
        user.save(update_fields=["is_staff", "is_superuser"])
    return len(changed)


def end_sessions(users: Iterable[User]) -> int:
    """Sign users out on all devices. Returns how many sessions have ended."""
    sessions = list(UserSession.objects.filter(user__in=list(users)).select_related("user"))
    get_adapter().end_sessions(sessions)
    return len(sessions)
