"""The guest cookie: signed, it identifies a browser's guest, who need not be stored yet."""

from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.core import signing

COOKIE = "lobby_guest"
COOKIE_SECONDS = settings.COOKIE_SECONDS_MAX  # each page renews it


def guest_of(cookies: Mapping[str, str]) -> UUID | None:
    """The member id in the guest cookie. None if the cookie is missing, forged or expired."""
    signed = next((cookies[name] for name in cookie_names() if name in cookies), "")
    try:
        return UUID(_signer().unsign(signed, max_age=COOKIE_SECONDS))
    except (ValueError, signing.BadSignature):
        return None


def sign(uid: UUID) -> str:
    """The value of the guest cookie for a member's id."""
    return _signer().sign(str(uid))


def cookie_names() -> list[str]:
    """Where all is https the __Host- cookie counts, and programs find the cookie that they know."""
    return list(dict.fromkeys([f"{settings.COOKIE_PREFIX}{COOKIE}", COOKIE]))


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=COOKIE)
