"""How many passkeys an account may have. Of one-time codes, allauth keeps one set."""

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext

PASSKEYS_MAX = 20  # each is looked at when one signs in


def are_full(user_id: int | None) -> bool:
    """Whether the account has as many as it may have."""
    own = Authenticator.objects.filter(user=user_id, type=Authenticator.Type.WEBAUTHN)
    return bool(own.count() >= PASSKEYS_MAX)


def full() -> str:
    return gettext("You have %(count)s passkeys, and can have no more: remove one first.") % {
        "count": PASSKEYS_MAX
    }
