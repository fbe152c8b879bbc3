"""How allauth behaves here: its extension points."""

import logging
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from accounts import confirming, invites, usernames
from accounts.addresses import absolute
from accounts.models import USERNAME_MAX_CHARACTERS, User

logger = logging.getLogger(__name__)

WRONG = gettext_lazy("The name or the password is wrong.")
CONNECT = "connect"  # what allauth calls it
CONNECTED_MAX = 5  # of a provider's accounts, to an account here
NO_ADDRESS = "0.0.0.0"  # noqa: S104  # a client on a Unix socket


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": WRONG,
        "email_password_mismatch": WRONG,
        "enter_current_password": gettext_lazy("This is not your current password."),
        "incorrect_password": gettext_lazy("This is not your password."),
        "incorrect_code": gettext_lazy("This code is wrong, or has expired."),
        "too_many_login_attempts": gettext_lazy("Too many attempts. Try again in a few minutes."),
        "rate_limited": gettext_lazy("Too many attempts. Try again in a few minutes."),
        "email_taken": gettext_lazy("Another account has this address."),
        "same_as_current": gettext_lazy("This is the address you have now."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return invites.may_sign_up(request)

    def clean_username(self, username: str, shallow: bool = False) -> str:
        return usernames.clean_username(username)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException):
            logger.exception("the mail server does not take mail")
            failed = gettext("The mail could not be sent. Try again later.")
            self.add_message(self.request, messages.ERROR, message=failed)

    def get_reset_password_from_key_url(self, key: str) -> str:
        return _at_public_origin(super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return _at_public_origin(super().get_email_confirmation_url(request, emailconfirmation))

    def populate_username(self, request: HttpRequest, user: User) -> None:
        """A provider's name for somebody, changed until it is free."""
        if not user.username:
            wanted = [user.first_name, user.email.partition("@")[0], "user"]
            user.username = self.generate_unique_username(wanted)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Before all that changes how one signs in: see `accounts.confirming`."""
        request = self.request
        if request is None or confirming.can_confirm(request.user):
            return True  # allauth asks whether that was done a moment ago
        return not confirming.has_just_signed_in(request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Whoever has nothing to confirm with signs in again."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if methods or not user.is_authenticated:
            return methods
        return [{"id": "sign_in_again", "description": "", "url": reverse("sign_in_again")}]

    def get_client_ip(self, request: HttpRequest) -> str:
        """As `TRUSTED_PROXIES` has it."""
        return request.META.get("REMOTE_ADDR") or NO_ADDRESS


def _at_public_origin(address: str) -> str:
    """The address for a mail: whoever asks for the mail chooses the host of the request."""
    parts = urlsplit(address)
    origin = f"{parts.scheme}://{parts.netloc}"
    return address if origin in settings.CSRF_TRUSTED_ORIGINS else absolute(parts.path, origin)


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey %(number)s") % {"number": count + 1}


class ProviderAdapter(DefaultSocialAccountAdapter):
    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """An account connects a bounded number of a provider's accounts."""
        is_new = sociallogin.state.get("process") == CONNECT and not sociallogin.is_existing
        if not is_new or not isinstance(request.user, User):
            return
        if SocialAccount.objects.filter(user=request.user).count() >= CONNECTED_MAX:
            full = gettext("%(count)s are connected, and no more can be: disconnect one first.")
            messages.error(request, full % {"count": CONNECTED_MAX})
            raise ImmediateHttpResponse(redirect("socialaccount_connections"))

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        """A new user by what the provider says. A name that is no username is left out."""
        user: User = super().populate_user(request, sociallogin, data)
        name = str(data.get("username") or "").partition("@")[0].replace(" ", "-")
        try:
            user.username = usernames.clean_username(name[:USERNAME_MAX_CHARACTERS])
        except ValidationError:
            user.username = ""
        return user
