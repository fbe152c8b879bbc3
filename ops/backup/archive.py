"""The archive: a tar with checksums, written and read as a stream.

    manifest.json                    what it was made of: see contents.py
    secret_key
    rows/chat.message/000001.jsonl.gz   rows of a table, one a line
    files/3f/3f9c…                   the bytes of a file
    checksums/000001.sha256          of what comes before, as `sha256sum` writes them
    end.json                         of everything before

`tar` unpacks it, and `sha256sum --check` checks it. Nothing of an archive decides on a path here:
names are compared with these.
"""

import hmac
import re
import tarfile
import time
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import count
from typing import Protocol

from ops.backup.unusable import Unusable

BLOCK_BYTES = tarfile.BLOCKSIZE
PIECE_BYTES = 128 * 1024
CHECKSUMS_AT_ONCE = 1_000
NAME_MAX_BYTES = 100  # of a tar member without extensions
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*", re.ASCII)
CHECKSUMS = "checksums/{:06}.sha256"
END = "end.json"

DAMAGED = "it is damaged, or not all of it is there."


class Sink(Protocol):
    def write(self, data: bytes) -> object: ...


class Source(Protocol):
    def read(self, size: int) -> bytes: ...


class Writer:
    """Writes members one after the other."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._digest = sha256()
        self._checksums: list[str] = []
        self._numbers = count(1)
        self._made_at = int(time.time())

    @property
    def digest(self) -> str:
        """Of everything that was written."""
        return self._digest.hexdigest()

    def add(self, name: str, data: bytes) -> None:
        self.add_pieces(name, len(data), [data])

    def add_pieces(self, name: str, size: int, pieces: Iterable[bytes]) -> None:
        """A member whose pieces are of this size together."""
        self._begin(name, size)
        digest = sha256()
        for piece in pieces:
            digest.update(piece)
            self._write(piece)
        self._pad(size)
        self._checksums.append(f"{digest.hexdigest()}  {name}\n")
        if len(self._checksums) == CHECKSUMS_AT_ONCE:
            self.add_checksums()

    def add_checksums(self) -> None:
        """Those of the members since the last."""
        if self._checksums:
            self._add_alone(CHECKSUMS.format(next(self._numbers)), "".join(self._checksums))
            self._checksums = []

    def close(self, end: bytes) -> None:
        """Write the last member, which has the digest of what is before it."""
        self._add_alone(END, end.decode())
        self._write(bytes(2 * BLOCK_BYTES))

    def _add_alone(self, name: str, text: str) -> None:
        data = text.encode()
        self._begin(name, len(data))
        self._write(data)
        self._pad(len(data))

    def _begin(self, name: str, size: int) -> None:
        if len(name) > NAME_MAX_BYTES:
            raise ValueError(f"{name} is too long for a member")
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, self._made_at
        self._write(info.tobuf(tarfile.GNU_FORMAT))

    def _pad(self, size: int) -> None:
        self._write(bytes(-size % BLOCK_BYTES))

    def _write(self, data: bytes) -> None:
        self._digest.update(data)
        self._sink.write(data)


class Member:
    """A member, whose content is read once."""

    def __init__(self, name: str, size: int, source: Source) -> None:
        self.name, self.size = name, size
        self._left = size
        self._source = source
        self._digest = sha256()

    def pieces(self) -> Iterator[bytes]:
        """Raises Unusable where the archive ends before."""
        while self._left:
            piece = self._source.read(min(self._left, PIECE_BYTES))
            if not piece:
                raise Unusable(DAMAGED)
            self._left -= len(piece)
            self._digest.update(piece)
            yield piece

    def read(self, limit: int) -> bytes:
        """All of it. Raises Unusable where it is larger than anything that was written."""
        if self.size > limit:
            raise Unusable(f"{self.name} is too large.")
        return b"".join(self.pieces())

    @property
    def checksum(self) -> str:
        return f"{self._digest.hexdigest()}  {self.name}\n"


class Reader:
    """Reads members one after the other, and checks their checksums as these come."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._digest = sha256()
        self._checksums: list[str] = []
        self._numbers = count(1)
        self.digest_before_end = ""
        self.end = b""  # the last member, once all are read

    def members(self) -> Iterator[Member]:
        """All but checksums and the end. Raises Unusable.

        Each must be read before the next. What is read was right only when all are through.
        """
        for member in self._all():
            if len(self._checksums) == CHECKSUMS_AT_ONCE or member.name.startswith("checksums/"):
                self._check(member)
                continue
            yield member
            for _ in member.pieces():
                pass
            self._checksums.append(member.checksum)

    def read(self, size: int) -> bytes:
        data = self._source.read(size)
        self._digest.update(data)
        return data

    def _all(self) -> Iterator[Member]:
        while True:
            before = self._digest.hexdigest()
            member = self._next()
            if member.name == END:
                self._finish(member, before)
                return
            yield member
            self._skip_padding(member.size)

    def _next(self) -> Member:
        try:
            info = tarfile.TarInfo.frombuf(self.read(BLOCK_BYTES), "utf-8", "strict")
        except (tarfile.TarError, ValueError):
            raise Unusable(f"{DAMAGED[:-1]}, or it is no backup.") from None
        if info.type != tarfile.REGTYPE or info.size < 0 or not NAME.fullmatch(info.name):
            raise Unusable(
                f"it has the member {info.name[:NAME_MAX_BYTES]!r}, which no backup has."
            )
        return Member(info.name, info.size, self)

    def _check(self, member: Member) -> None:
        if member.name != CHECKSUMS.format(next(self._numbers)):
            raise Unusable(f"{member.name} is where checksums should be.")
        written = member.read(CHECKSUMS_AT_ONCE * 2 * NAME_MAX_BYTES).decode(errors="replace")
        lines = written.splitlines(keepends=True)
        for found, said in zip(self._checksums, lines, strict=False):
            if not hmac.compare_digest(found.encode(), said.encode()):
                raise Unusable(f"{found[66:].strip()} is not what it was: its checksum differs.")
        if len(lines) != len(self._checksums):
            raise Unusable(f"{member.name} has checksums of other members.")
        self._checksums = []

    def _finish(self, member: Member, before: str) -> None:
        if self._checksums:
            raise Unusable("it lacks checksums.")
        self.digest_before_end = before
        self.end = member.read(PIECE_BYTES)
        self._skip_padding(member.size)
        if self._source.read(2 * BLOCK_BYTES) != bytes(2 * BLOCK_BYTES) or self._source.read(1):
            raise Unusable("something follows its end.")

    def _skip_padding(self, size: int) -> None:
        padding = -size % BLOCK_BYTES
        if self.read(padding) != bytes(padding):
            raise Unusable(DAMAGED)
