"""What the doctor finds, one line each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from os import environ
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

SECRETS_MIN_CHARACTERS = 4  # a shorter one would mask half of the words


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is in order, or is not: then `advice` says what to write where."""

    subject: str
    text: str
    advice: str = ""

    @property
    def is_wrong(self) -> bool:
        return bool(self.advice)

    def __str__(self) -> str:
        if not self.is_wrong:
            return masked(f"ok     {self.subject}: {self.text}")
        return masked(f"WRONG  {self.subject}: {self.text}\n       {self.advice}")


Findings = Iterator[Finding]


def masked(text: str) -> str:
    """The text without the secrets of the settings: drivers quote what they were given."""
    for secret in sorted(filter(None, _secrets()), key=len, reverse=True):
        if len(secret) >= SECRETS_MIN_CHARACTERS:
            text = text.replace(secret, "***")
    return text


def _secrets() -> Iterable[str]:
    yield from (settings.SECRET_KEY, settings.METRICS_TOKEN, settings.EMAIL_HOST_PASSWORD or "")
    for database in settings.DATABASES.values():
        yield str(database.get("PASSWORD") or "")
    yield password_in(environ.get("REDIS_URL", ""))
    yield from (environ.get(it, "") for it in ("AWS_SECRET_ACCESS_KEY", "OIDC_CLIENT_SECRET"))


def password_in(url: str) -> str:
    """The password of a URL."""
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""


def redis_url() -> str:
    """Where the channel layer has its Redis; empty without."""
    config: dict[str, Any] = settings.CHANNEL_LAYERS["default"].get("CONFIG", {})
    return next((str(it["address"]) for it in config.get("hosts", ())), "")
