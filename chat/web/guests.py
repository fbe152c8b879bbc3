"""The guest cookie: signed, it identifies a browser's guest, who need not be stored yet."""

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
COOKIE_SECONDS = 400 * 24 * 3600  # the most that browsers keep; each page renews it


def guest_of(cookies: Mapping[str, str]) -> uuid.UUID | None:
    """The member id in the guest cookie. None if the cookie is missing, forged or expired."""
    signed = next((cookies[name] for name in _cookie_names() if name in cookies), "")
    try:
        return uuid.UUID(_signer().unsign(signed, max_age=COOKIE_SECONDS))
    except (ValueError, signing.BadSignature):
        return None


def set_cookie(response: HttpResponseBase, uid: uuid.UUID) -> None:
    """Set the guest cookie to a member's id, for COOKIE_SECONDS from now."""
    for name in _cookie_names():
        response.set_cookie(
            name,
            sign(uid),
            max_age=COOKIE_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def _cookie_names() -> list[str]:
    """Where all is https the __Host- cookie counts, and programs find the cookie that they know."""
    return list(dict.fromkeys([f"{settings.COOKIE_PREFIX}{COOKIE}", COOKIE]))


def sign(uid: uuid.UUID) -> str:
    """The value of the guest cookie for a member's id."""
    return _signer().sign(str(uid))


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=COOKIE)


def guest_view(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Pass the browser's member to the view as second argument, and set the guest cookie."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        uid = guest_of(request.COOKIES)
        member = Member.objects.guest(uid) if uid else Member.new_guest(uuid.uuid4())
        response = view(request, member, *args, **kwargs)
        set_cookie(response, member.uid)
        return response

    return wrapped
