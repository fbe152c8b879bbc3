"""One-time links to sign in, for those whom nothing else lets in."""

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.http import base36_to_int, int_to_base36

from accounts.models import User

LINK_SECONDS = 15 * 60


class _Tokens(PasswordResetTokenGenerator):
    """Django's, whose tokens die with the next sign-in and the next password."""

    key_salt = "accounts.sign_in_links"

    def check_token(self, user: User | None, token: str | None) -> bool:
        return super().check_token(user, token) and self._is_fresh(token or "")

    def _is_fresh(self, token: str) -> bool:
        made = base36_to_int(token.partition("-")[0])
        return self._num_seconds(self._now()) - made <= LINK_SECONDS

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        # Django leaves the microseconds out: a link made and used in one second would stay valid.
        signed_in = user.last_login.isoformat() if user.last_login else ""
        return f"{user.pk}{user.password}{signed_in}{timestamp}{user.is_active}"


_tokens = _Tokens()


def new_path(user: User) -> str:
    """A path that signs the user in: once, within LINK_SECONDS."""
    return reverse("sign_in_link", args=[int_to_base36(user.pk), _tokens.make_token(user)])


def owner(key: str, token: str) -> User | None:
    """The user whom a link signs in; None if it was used, has expired, or never was one."""
    user = _find(key)
    return user if user and user.is_active and _tokens.check_token(user, token) else None


def use(key: str, token: str) -> User | None:
    """The user to sign in. The link is used up."""
    with transaction.atomic():
        User.objects.select_for_update().filter(pk=_pk(key)).first()
        user = owner(key, token)
        if user:
            user.last_login = timezone.now()
            user.save(update_fields=["last_login"])
        return user


def _find(key: str) -> User | None:
    return User.objects.filter(pk=_pk(key)).first()


def _pk(key: str) -> int:
    try:
        return base36_to_int(key)
    except ValueError:
        return 0
