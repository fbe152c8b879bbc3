"""Signing in with a password, at a rate: attempts count by name and by network."""

from typing import Any

from allauth.account import app_settings
from allauth.account.app_settings import LoginMethod
from allauth.account.auth_backends import AuthenticationBackend
from asgiref.sync import sync_to_async
from django.http import HttpRequest
from django.urls import reverse

from accounts import mail_addresses
from accounts.caseless import caseless_key
from accounts.models import USERNAME_MAX_CHARACTERS, User
from chat.live.rates import ADMIN_SIGN_IN, SIGN_IN
from chat.web.rates import count_sign_in


class RatedPasswordBackend(AuthenticationBackend):
    """allauth's, by username or address, for every form that calls `authenticate`.

    Raises TooFast.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        name = username or kwargs.get(User.USERNAME_FIELD) or ""
        key = caseless_key(name[:USERNAME_MAX_CHARACTERS])
        count_sign_in(request, key or None, _action(request))
        user = super().authenticate(request, username=name, password=password)
        return user if isinstance(user, User) else None

    def _authenticate_by_username(self, username: str, password: str) -> User | None:
        """allauth looks names up in another way than `User` keeps them unique."""
        user = User.objects.filter(username_key=caseless_key(username)).first()
        found = self._check_password(user, password)
        return found if isinstance(found, User) else None

    def _authenticate_by_email(self, email: str, password: str) -> User | None:
        """One password is compared, however many accounts have the address."""
        if LoginMethod.EMAIL not in app_settings.LOGIN_METHODS:
            return None
        found = self._check_password(mail_addresses.owner(email), password)
        return found if isinstance(found, User) else None

    async def aauthenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        return await sync_to_async(self.authenticate)(request, username, password, **kwargs)


def _action(request: HttpRequest | None) -> str:
    is_admin = request is not None and request.path.startswith(reverse("admin:index"))
    return ADMIN_SIGN_IN if is_admin else SIGN_IN
