"""Signatures of deliveries, as Standard Webhooks has them (standardwebhooks.com)."""

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import sha256

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    return PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def headers(signing: Iterable[str], id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """What a receiver checks: one signature of each secret."""
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_signature(it, id, timestamp, body) for it in signing),
    }


def _signature(secret: str, id: str, timestamp: int, body: bytes) -> str:
    key = b64decode(secret.removeprefix(PREFIX))
    signed = b".".join([id.encode(), str(timestamp).encode(), body])
    return f"v1,{b64encode(hmac.digest(key, signed, sha256)).decode()}"
