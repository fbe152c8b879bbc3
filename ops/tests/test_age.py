"""Encryption as by age: pyrage, another implementation, reads it and is read."""

import io
import re

import pyrage
import pytest

from ops.backup import age
from ops.backup.age import PIECE_BYTES, Decrypting, Encrypting
from ops.backup.unusable import Unusable

PASSPHRASE = "correct horse – battery"
SIZES = [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(age, "WORK_FACTOR", 2)


def encrypted(data: bytes, passphrase: str = PASSPHRASE) -> bytes:
    out = io.BytesIO()
    stream = Encrypting(out.write, passphrase)
    for start in range(0, len(data), 50_000):
        stream.write(data[start : start + 50_000])
    stream.close()
    return out.getvalue()


def decrypted(data: bytes, passphrase: str = PASSPHRASE) -> bytes:
    stream = Decrypting(io.BytesIO(data), passphrase)
    return b"".join(iter(lambda: stream.read(30_000), b""))


@pytest.mark.parametrize("size", SIZES)
def test_what_was_encrypted_is_read_again(size: int) -> None:
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    assert decrypted(encrypted(data)) == data


@pytest.mark.parametrize("size", SIZES)
def test_age_reads_what_is_encrypted(size: int) -> None:
    assert pyrage.passphrase.decrypt(encrypted(b"y" * size), PASSPHRASE) == b"y" * size


def test_what_age_encrypted_is_read() -> None:
    sealed = pyrage.passphrase.encrypt(b"tea" * 50_000, PASSPHRASE)
    assert decrypted(sealed) == b"tea" * 50_000


def test_two_archives_share_nothing() -> None:
    one, other = encrypted(b"tea" * 100), encrypted(b"tea" * 100)
    assert one[-300:] != other[-300:]


def test_another_passphrase_is_refused() -> None:
    with pytest.raises(Unusable, match="passphrase"):
        decrypted(encrypted(b"tea"), "wrong")


def pieces(sealed: bytes) -> tuple[bytes, list[bytes]]:
    """Everything before the first piece, and the pieces."""
    match = re.match(rb"(?s).*?\n--- [^\n]+\n.{16}", sealed)
    assert match
    body = sealed[match.end() :]
    step = PIECE_BYTES + 16
    return match.group(), [body[at : at + step] for at in range(0, len(body), step)]


def changed(sealed: bytes) -> dict[str, bytes]:
    head, (one, two, three) = pieces(sealed)
    return {
        "the last piece is missing": head + one + two,
        "the end is missing": sealed[:-1],
        "a piece is missing": head + one + three,
        "pieces are swapped": head + two + one + three,
        "a bit is another": head + one + two + bytes([three[0] ^ 1]) + three[1:],
        "something follows": sealed + b"x",
        "only the header": head,
        "the header ends early": head[:40],
        "the header says another factor": sealed.replace(b" 2\n", b" 3\n", 1),
        "the header asks for too much": sealed.replace(b" 2\n", b" 40\n", 1),
        "the header is another's": sealed.replace(b"scrypt", b"X25519", 1),
    }


SEALED_BYTES = 2 * PIECE_BYTES + 10


@pytest.mark.parametrize("how", changed(b"\n--- x\n" + bytes(16 + SEALED_BYTES + 48)))
def test_what_was_changed_is_refused(how: str) -> None:
    sealed = changed(encrypted(b"z" * SEALED_BYTES))[how]
    with pytest.raises(Unusable):
        decrypted(sealed)
