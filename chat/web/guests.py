"""Guests: a signed cookie says which one a browser is; there is no row before it does something."""

import uuid
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from chat.models import Member

COOKIE = "lobby_guest"
COOKIE_SECONDS = 400 * 24 * 3600  # what browsers keep at most; renewed with every page


def guest_of(cookies: Mapping[str, str]) -> uuid.UUID | None:
    """The guest these cookies belong to; None without one, or with a forged or expired one."""
    try:
        return uuid.UUID(_signer().unsign(cookies[COOKIE], max_age=COOKIE_SECONDS))
    except (KeyError, ValueError, signing.BadSignature):
        return None


def remember(response: HttpResponseBase, uid: uuid.UUID) -> None:
    """Let the browser keep who it is."""
    response.set_cookie(
        COOKIE,
        sign(uid),
        max_age=COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def sign(uid: uuid.UUID) -> str:
    """The cookie's value."""
    return _signer().sign(str(uid))


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=COOKIE)


def guest_view(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Hand a view the member who asks, second, and let the browser remember who that is."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        member = Member.objects.guest(guest_of(request.COOKIES) or uuid.uuid4())
        response = view(request, member, *args, **kwargs)
        remember(response, member.uid)
        return response

    return wrapped
