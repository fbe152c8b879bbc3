"""Says to push services who pushes: signed tokens (VAPID, RFC 8292) by the installation's key."""

import json
import time
from functools import lru_cache
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings

from accounts import addresses
from chat.models import PushKey
from chat.push.encryption import decoded, encoded, point_of

KEY_BYTES = 32
TOKEN_SECONDS = 12 * 3_600  # RFC 8292 allows a day
TOKENS_KEPT = 100  # push services
HEAD = encoded(json.dumps({"typ": "JWT", "alg": "ES256"}).encode())


class Vapid(NamedTuple):
    """The key pair."""

    private: str  # base64url

    @property
    def public(self) -> str:
        """What browsers subscribe with: base64url."""
        return encoded(point_of(_key(self.private).public_key()))

    def authorization(self, audience: str) -> str:
        """The header for a push service, which `audience` names: its origin."""
        age = int(time.time()) // (TOKEN_SECONDS // 2)  # a kept token is valid for half its time
        return f"vapid t={_token(self.private, audience, age)}, k={self.public}"


def ensure_key() -> Vapid:
    """The installation's key pair, made at the first call. Processes that start together make one.

    Raises `django.db.Error`.
    """
    row, _ = PushKey.objects.get_or_create(pk=1, defaults={"private": _new_private()})
    return Vapid(row.private)


def contact() -> str:
    """Where a push service may complain: Apple's refuses tokens without."""
    address = addresses.absolute("/")
    if address.startswith("https://"):
        return address
    named = [it for it in settings.ALLOWED_HOSTS if "*" not in it and not it.startswith(".")]
    return f"https://{named[0]}/" if named else "mailto:lobby@localhost"


def _new_private() -> str:
    number = generate_private_key(SECP256R1()).private_numbers().private_value
    return encoded(number.to_bytes(KEY_BYTES, "big"))


@lru_cache(maxsize=4)
def _key(private: str) -> EllipticCurvePrivateKey:
    return derive_private_key(int.from_bytes(decoded(private), "big"), SECP256R1())


@lru_cache(maxsize=TOKENS_KEPT)
def _token(private: str, audience: str, age: int) -> str:
    """A JSON Web Token; of the same `age`, the same."""
    claims = {"aud": audience, "exp": int(time.time()) + TOKEN_SECONDS, "sub": contact()}
    signed = f"{HEAD}.{encoded(json.dumps(claims).encode())}"
    r, s = decode_dss_signature(_key(private).sign(signed.encode(), ECDSA(SHA256())))
    return f"{signed}.{encoded(r.to_bytes(KEY_BYTES, 'big') + s.to_bytes(KEY_BYTES, 'big'))}"
