"""Invites to sign up: signed, for INVITE_SECONDS. Whoever has the link may sign up."""

from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.urls import reverse

INVITE_SECONDS = 7 * 24 * 3600
SESSION_KEY = "invite"


def new_path() -> str:
    """A path to sign up at."""
    return f"{reverse('account_signup')}?{urlencode({'invite': _signer().sign('sign up')})}"


def remember(request: HttpRequest) -> None:
    """Keep the invite of an address for the forms that follow."""
    token = request.GET.get("invite", "")
    if _is_valid(token):
        request.session[SESSION_KEY] = token


def may_sign_up(request: HttpRequest) -> bool:
    """Whether SIGNUP, or an invite of this browser, lets the visitor make an account."""
    return settings.SIGNUP == "open" or (settings.SIGNUP == "invite" and _is_invited(request))


def _is_invited(request: HttpRequest) -> bool:
    return _is_valid(request.session.get(SESSION_KEY, ""))


def _is_valid(token: str) -> bool:
    try:
        _signer().unsign(token, max_age=INVITE_SECONDS)
    except signing.BadSignature:
        return False
    return True


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="accounts.invites")
