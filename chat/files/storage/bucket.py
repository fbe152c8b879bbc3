"""Files in an S3 bucket. FILES_URL names this module, so that nobody else loads its libraries."""

import io
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from errno import EIO, ENOENT
from functools import cached_property
from http import HTTPStatus
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from storages.backends.s3 import S3Storage

from chat.files.storage.keys import PIECE_BYTES, Stored, UniqueKeys, checked

CONNECT_SECONDS = 5
READ_SECONDS = 30  # for the next bytes
ATTEMPTS = 3
KEPT_CONNECTIONS = 32
MISSING = {"404", "NoSuchKey"}

TRANSFER = TransferConfig(
    use_threads=False,
    multipart_threshold=256 * 1024 * 1024,  # a part is held in memory, a whole file is not
)


class BucketStorage(UniqueKeys, S3Storage):
    """Objects without an ACL: who else may read them is the bucket's business, which is private.

    The credentials are those of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
    """

    def __init__(self, **options: Any) -> None:
        style = "path" if options.get("endpoint_url") else "auto"
        super().__init__(client_config=_config(style), **options)

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """A server may end a request whose reader is slow; the next one goes on from there."""
        if start >= end:
            self.size(key)  # raises as well, where there is nothing
        while start < end:
            begun_at = start
            try:
                for piece in self._pieces(key, start, end):
                    start += len(piece)
                    yield piece
            except (BotoCoreError, ClientError) as error:
                failure = _os_error(error, key)
            else:
                failure = OSError(EIO, "S3: the object is shorter than it was", key)
            if start == begun_at:
                raise failure

    def size(self, name: str) -> int:
        with _os_errors(name):
            head = self._client.head_object(Bucket=self.bucket_name, Key=self._object(name))
            return int(head["ContentLength"])

    def exists(self, name: str) -> bool:
        try:
            self.size(name)
        except FileNotFoundError:
            return False
        return True

    def delete(self, name: str) -> None:
        with _os_errors(name):
            self._client.delete_object(Bucket=self.bucket_name, Key=self._object(name))

    def stored(self) -> Iterator[Stored]:
        with _os_errors(self.bucket_name):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket_name, Prefix=self._prefix):
                for it in page.get("Contents", ()):
                    key = it["Key"].removeprefix(self._prefix)
                    yield Stored(key, it["Size"], it["LastModified"])

    def _save(self, name: str, content: Any) -> str:
        key = self._object(name)
        with _os_errors(name):
            self._client.upload_fileobj(_Unclosed(content), self.bucket_name, key, Config=TRANSFER)
        return name

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        if mode != "rb":
            raise ValueError("Files are read as bytes, and written by `save`.")
        pieces = self.read(name, 0, self.size(name))
        return File(io.BufferedReader(_PieceReader(pieces)), name)

    def _pieces(self, key: str, start: int, end: int) -> Iterator[bytes]:
        answer = self._client.get_object(
            Bucket=self.bucket_name, Key=self._object(key), Range=f"bytes={start}-{end - 1}"
        )
        with closing(answer["Body"]) as body:
            if answer["ResponseMetadata"]["HTTPStatusCode"] != HTTPStatus.PARTIAL_CONTENT:
                raise OSError(EIO, "The S3 server knows no ranges", key)
            yield from body.iter_chunks(PIECE_BYTES)

    @cached_property
    def _client(self) -> Any:
        """One for all threads, as botocore allows. Its sessions take megabytes each."""
        return self._create_session().client(
            "s3",
            region_name=self.region_name,
            endpoint_url=self.endpoint_url,
            config=self.client_config,
        )

    @property
    def _prefix(self) -> str:
        return f"{self.location}/" if self.location else ""

    def _object(self, name: str) -> str:
        return f"{self._prefix}{checked(name)}"


def _config(addressing_style: str) -> Config:
    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        max_pool_connections=KEPT_CONNECTIONS,
        s3={"addressing_style": addressing_style},
        signature_version="s3v4",
        # Servers other than Amazon's do not know all checksums.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )


@contextmanager
def _os_errors(name: str) -> Iterator[None]:
    """Raise what goes wrong as of a file. Nothing that was sent is in the text."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise _os_error(error, name) from None


def _os_error(error: BotoCoreError | ClientError, name: str) -> OSError:
    is_answer = isinstance(error, ClientError)
    code = error.response["Error"]["Code"] if is_answer else type(error).__name__
    if code in MISSING:
        return FileNotFoundError(ENOENT, "There is no such object", name)
    return OSError(EIO, f"S3: {code}", name)


class _Unclosed:
    """A file that stays open: boto3 closes what it has sent."""

    def __init__(self, file: Any) -> None:
        file.seek(0)
        self.read, self.seek, self.tell = file.read, file.seek, file.tell

    def close(self) -> None:
        pass


class _PieceReader(io.RawIOBase):
    """What an iterator yields, as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._iterator = pieces
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._left:
            self._left = memoryview(next(self._iterator, b""))
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size

    def close(self) -> None:
        if isinstance(self._iterator, Generator):
            self._iterator.close()
        super().close()
