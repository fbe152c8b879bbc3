"""The first operator of an installation, made at an address that only its log has."""

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import Setup, User
from accounts.operators import OPERATES


class AlreadyDone(Exception):
    """There is an operator."""


def path() -> str | None:
    """Where to make the first operator; None once there is one."""
    return None if is_done() else reverse("setup", args=[_token()])


def is_done() -> bool:
    """Whether the first operator was made, here or in another way."""
    return Setup.objects.exists() or User.objects.filter(**OPERATES).exists()


def is_token(text: str) -> bool:
    """Whether this is the token of the printed address."""
    return constant_time_compare(text, _token())


def make_operator(username: str, password: str) -> User:
    """Raises AlreadyDone. Of two at a time, the database lets one."""
    hashed = make_password(password)  # takes a while, before the database is locked
    try:
        with transaction.atomic():
            if is_done():
                raise AlreadyDone
            Setup.objects.create()
            return User.objects.create(
                username=username, password=hashed, is_staff=True, is_superuser=True
            )
    except IntegrityError:
        raise AlreadyDone from None


def _token() -> str:
    return salted_hmac("accounts.setup", "first operator", algorithm="sha256").hexdigest()
