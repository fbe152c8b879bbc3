"""Encrypts a push for one browser: what the push service carries, it cannot read.

RFC 8291 (the keys) with RFC 8188 (`aes128gcm`, one record).
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD_BYTES = 4_096  # as a push service must take at least (RFC 8030)
PADDED_BYTES = 256  # lengths are multiples of it, so a service cannot tell messages by theirs
AUTH_BYTES = 16
LAST_RECORD = b"\x02"


class UnusableKeys(ValueError):
    """What a browser says are its keys are none."""


def check_keys(p256dh: str, auth: str) -> None:
    """Raises UnusableKeys."""
    _public_key(p256dh)
    if len(decoded(auth)) != AUTH_BYTES:
        raise UnusableKeys("auth")


def encrypt(content: bytes, p256dh: str, auth: str) -> bytes:
    """The body of the request to the push service. Raises UnusableKeys."""
    return seal(content, p256dh, auth, generate_private_key(SECP256R1()), os.urandom(16))


def seal(
    content: bytes, p256dh: str, auth: str, sender: EllipticCurvePrivateKey, salt: bytes
) -> bytes:
    """As `encrypt`, with the key and the salt of this one message given."""
    browser, own = _public_key(p256dh), point_of(sender.public_key())
    info = b"WebPush: info\x00" + point_of(browser) + own
    secret = _derived(sender.exchange(ECDH(), browser), decoded(auth), info, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\x00", 12)
    head = salt + RECORD_BYTES.to_bytes(4, "big") + bytes([len(own)]) + own
    return head + AESGCM(key).encrypt(nonce, content + LAST_RECORD, None)


def padded(content: bytes) -> bytes:
    """JSON with spaces behind it: padding that needs no other reader."""
    return content + b" " * (-len(content) % PADDED_BYTES)


def point_of(key: EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encoded(data: bytes) -> str:
    """As base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Raises UnusableKeys."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise UnusableKeys("no base64url") from None


def _public_key(p256dh: str) -> EllipticCurvePublicKey:
    try:
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), decoded(p256dh))
    except ValueError:
        raise UnusableKeys("p256dh") from None


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)
