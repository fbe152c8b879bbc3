"""What the pages may offer."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts import invites


def offered(request: HttpRequest) -> dict[str, Any]:
    return {
        "mail_is_on": settings.MAIL_IS_ON,
        "provider_name": settings.OIDC_NAME if settings.OIDC_URL else "",
        "signup": settings.SIGNUP,
        "may_sign_up": invites.may_sign_up(request),
    }
