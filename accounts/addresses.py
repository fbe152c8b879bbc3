"""Absolute addresses, where there is no request to tell the host."""

from django.conf import settings


def absolute(path: str, origin: str = "") -> str:
    """The path at the public address; at `origin` if none is set; else the path alone."""
    public: list[str] = settings.CSRF_TRUSTED_ORIGINS
    named = [it for it in public if "*" not in it]
    return f"{named[0] if named else origin}{path}"
