"""Encrypts a stream with a passphrase, as age does: https://age-encryption.org/v1.

The program `age` reads what this writes. Each piece is authenticated, and so is the end of the
stream: what was changed, cut or put in another order is refused.
"""

import binascii
import hmac
import os
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ops.backup.unusable import Unusable

MAGIC = b"age-encryption.org/v1\n"
WORK_FACTOR = 17  # scrypt takes 128 MiB and half a second
WORK_FACTOR_MAX = 20  # that is read: 1 GiB
PIECE_BYTES = 64 * 1024
TAG_BYTES = 16
SALT_BYTES = KEY_BYTES = NONCE_BYTES = 16
HEADER_MAX_BYTES = 256
HEADER = re.compile(
    rb"(age-encryption\.org/v1\n-> scrypt ([A-Za-z0-9+/]{22}) ([1-9]\d?)\n([A-Za-z0-9+/]{43})\n---)"
    rb" ([A-Za-z0-9+/]{43})\n"
)
NO_NONCE = bytes(12)

ANOTHER_KEY = "the passphrase is another one."
DAMAGED = "it is damaged, or not all of it is there."

Write = Callable[[bytes], object]


class Encrypting:
    """Writes a stream, encrypted. `close` writes its end: a stream without it is refused."""

    def __init__(self, write: Write, passphrase: str) -> None:
        self._write = write
        key, salt, nonce = (os.urandom(it) for it in (KEY_BYTES, SALT_BYTES, NONCE_BYTES))
        wrapping = ChaCha20Poly1305(_wrapping_key(passphrase, salt, WORK_FACTOR))
        wrapped = wrapping.encrypt(NO_NONCE, key, None)
        header = MAGIC + b"-> scrypt %b %d\n" % (_base64(salt), WORK_FACTOR)
        header += _base64(wrapped) + b"\n---"
        self._write(header + b" " + _base64(_header_mac(key, header)) + b"\n" + nonce)
        self._cipher = ChaCha20Poly1305(_derived(key, nonce, b"payload"))
        self._left = bytearray()
        self._pieces = 0

    def write(self, data: bytes | memoryview) -> None:
        self._left += data
        while len(self._left) > PIECE_BYTES:  # the last piece is written by `close`
            self._write_piece(is_last=False)

    def close(self) -> None:
        self._write_piece(is_last=True)

    def _write_piece(self, *, is_last: bool) -> None:
        piece = bytes(self._left[:PIECE_BYTES])
        del self._left[:PIECE_BYTES]
        self._write(self._cipher.encrypt(_nonce(self._pieces, is_last), piece, None))
        self._pieces += 1


class Decrypting:
    """Reads what Encrypting wrote. What is read is authentic; only the end says that it is all."""

    def __init__(self, source: BinaryIO, passphrase: str) -> None:
        """Raises Unusable."""
        self._source = source
        match = HEADER.fullmatch(_read_header(source))
        if match is None:
            raise Unusable("it is encrypted in another way than with a passphrase by age.")
        header, salt, factor, wrapped, mac = match.groups()
        if int(factor) > WORK_FACTOR_MAX:
            raise Unusable(f"its passphrase costs more than scrypt's 2^{WORK_FACTOR_MAX}.")
        wrapping = ChaCha20Poly1305(_wrapping_key(passphrase, _from_base64(salt), int(factor)))
        key = _decrypted(wrapping, NO_NONCE, _from_base64(wrapped), ANOTHER_KEY)
        if not hmac.compare_digest(_header_mac(key, header), _from_base64(mac)):
            raise Unusable(DAMAGED)
        nonce = _read_all(source, NONCE_BYTES)
        self._cipher = ChaCha20Poly1305(_derived(key, nonce, b"payload"))
        self._pieces = 0
        self._piece = memoryview(b"")
        self._next = _read_all(source, PIECE_BYTES + TAG_BYTES)

    def read(self, size: int) -> bytes:
        """The next bytes, as many as there are up to `size`. Raises Unusable."""
        parts = []
        while size and self._has_piece():
            parts.append(bytes(self._piece[:size]))
            self._piece = self._piece[size:]
            size -= len(parts[-1])
        return b"".join(parts)

    def _has_piece(self) -> bool:
        if self._piece:
            return True
        if self._pieces and not self._next:
            return False
        sealed, self._next = self._next, _read_all(self._source, PIECE_BYTES + TAG_BYTES)
        nonce = _nonce(self._pieces, is_last=not self._next)
        self._piece = memoryview(_decrypted(self._cipher, nonce, sealed, DAMAGED))
        self._pieces += 1
        return bool(self._piece)


def _read_header(source: BinaryIO) -> bytes:
    lines = [source.readline(HEADER_MAX_BYTES) for _ in range(4)]
    return b"".join(lines)


def _read_all(source: BinaryIO, size: int) -> bytes:
    """So many bytes, fewer only at the end. A raw file may return fewer before."""
    parts = []
    while size and (part := source.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _wrapping_key(passphrase: str, salt: bytes, factor: int) -> bytes:
    salt = b"age-encryption.org/v1/scrypt" + salt
    return Scrypt(salt=salt, length=32, n=2**factor, r=8, p=1).derive(passphrase.encode())


def _header_mac(key: bytes, header: bytes) -> bytes:
    return hmac.digest(_derived(key, b"", b"header"), header, sha256)


def _derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(key)


def _nonce(piece: int, is_last: bool) -> bytes:
    return piece.to_bytes(11) + bytes([is_last])


def _decrypted(cipher: ChaCha20Poly1305, nonce: bytes, sealed: bytes, otherwise: str) -> bytes:
    try:
        return cipher.decrypt(nonce, sealed, None)
    except InvalidTag:
        raise Unusable(otherwise) from None


def _base64(data: bytes) -> bytes:
    return b64encode(data).rstrip(b"=")


def _from_base64(text: bytes) -> bytes:
    try:
        return b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise Unusable(DAMAGED) from None
