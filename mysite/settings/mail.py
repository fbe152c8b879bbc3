"""How Lobby sends mail, if at all."""

from typing import Any

from mysite import environment
from mysite.environment import read
from mysite.settings.security import ALLOWED_HOSTS

_mail: dict[str, Any] = read(
    environment.mail,
    "EMAIL_URL",
    {},
    allowed="an address like submission://user:password@smtp.example.com, or smtp://host:25",
)
MAIL_IS_ON = bool(_mail)
EMAIL_BACKEND = _mail.get("EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend")
EMAIL_HOST, EMAIL_PORT = _mail.get("EMAIL_HOST"), _mail.get("EMAIL_PORT")
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = (
    _mail.get(f"EMAIL_HOST_{part}") for part in ("USER", "PASSWORD")
)
EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.get("EMAIL_USE_SSL"), _mail.get("EMAIL_USE_TLS")
EMAIL_TIMEOUT = _mail.get("EMAIL_TIMEOUT")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = _mail.get(
    "DEFAULT_FROM_EMAIL", f"Lobby <lobby@{ALLOWED_HOSTS[0].lstrip('.*') or 'localhost'}>"
)
