"""Invites to sign up: signed, for INVITE_SECONDS. Whoever has the link may sign up.

Other apps give visitors whom they let in an invite of their own, for VISITOR_SECONDS.
"""

from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.urls import reverse

INVITE_SECONDS = 7 * 24 * 3600
VISITOR_SECONDS = 3600  # long enough for the form
SESSION_KEY = "invite"
ANYBODY, VISITOR = "sign up", "sign up now"  # who is invited


def new_path() -> str:
    """A path to sign up at."""
    return _path(ANYBODY)


def visitor_path(next: str) -> str:
    """A path to sign up at, for the visitor who gets it now; it leads on to the path `next`."""
    return _path(VISITOR, next=next)


def _path(whom: str, **query: str) -> str:
    return f"{reverse('account_signup')}?{urlencode({'invite': _signer().sign(whom), **query})}"


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
        is_visitor = _signer().unsign(token) == VISITOR
        _signer().unsign(token, max_age=VISITOR_SECONDS if is_visitor else INVITE_SECONDS)
    except signing.BadSignature:
        return False
    return True


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="accounts.invites")
