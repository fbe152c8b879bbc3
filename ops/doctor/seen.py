"""What a server sees of a request of the doctor's: `/livez` tells it, to whoever has SECRET_KEY."""

from typing import Any

from django.core import signing

HEADER = "X-Lobby-Doctor"
SALT = "ops.doctor"
SECONDS = 300  # a signature holds so long


def signature() -> str:
    """The value of the header."""
    return signing.dumps("doctor", salt=SALT)


def seen(scope: Any) -> dict[str, Any]:
    """What the server sees, for who may know; nothing for others."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    try:
        signing.loads(headers.get(HEADER.lower().encode(), ""), salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return {}
    client = scope.get("client")
    return {
        "scheme": scope["scheme"],
        "client": client[0] if client else None,
        "host": headers.get(b"host"),
        "path": scope["path"],
        "forwarded_for": headers.get(b"x-forwarded-for"),
        "forwarded_proto": headers.get(b"x-forwarded-proto"),
    }
