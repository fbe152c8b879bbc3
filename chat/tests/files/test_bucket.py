"""Files in an S3 bucket: what is particular to a server elsewhere."""

import subprocess
import sys
import threading
import tracemalloc
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from traceback import format_exception
from typing import Any
from urllib.error import HTTPError

import pytest
from django.core.files.base import ContentFile
from pytest_django.fixtures import Settings

from chat.files.storage import FilesStorage
from chat.tests.files.conftest import store_in
from chat.tests.support.s3_server import BUCKET, CREDENTIALS, S3Server
from chat.tests.support.servers import ROOT, environment, free_port
from mysite.environment import bucket as bucket_of

pytestmark = pytest.mark.server

KEY = "3f/3f9c2a"
MIB = 1024 * 1024


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


def storage_at(settings: Settings, url: str) -> FilesStorage:
    return store_in(settings, "bucket.BucketStorage", bucket_of(url))


def test_nobody_reads_an_object_without_the_credentials(bucket: FilesStorage) -> None:
    bucket.save(KEY, ContentFile(b"data"))
    location = bucket.location  # type: ignore[attr-defined]
    address = f"{S3Server.shared().endpoint}/{BUCKET}/{location}/{KEY}"
    with pytest.raises(HTTPError, match="403"):
        urllib.request.urlopen(address)


def test_one_prefix_does_not_see_another(bucket: FilesStorage, settings: Settings) -> None:
    bucket.save(KEY, ContentFile(b"data"))
    other = storage_at(settings, S3Server.shared().url())
    assert list(other.stored()) == []
    assert not other.exists(KEY)


def test_more_than_a_page_of_objects_is_listed(
    bucket: FilesStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        bucket.save(f"3f/{number}", ContentFile(b"data"))
    client = bucket._client  # type: ignore[attr-defined]
    list_objects = client.list_objects_v2
    monkeypatch.setattr(
        client, "list_objects_v2", lambda **options: list_objects(MaxKeys=2, **options)
    )
    assert len(list(bucket.stored())) == 5


def test_a_large_object_is_never_whole_in_memory(bucket: FilesStorage) -> None:
    data = bytes(25 * MIB)
    bucket.exists(KEY)  # makes the client
    tracemalloc.start()
    bucket.save(KEY, ContentFile(data))
    assert sum(len(piece) for piece in bucket.read(KEY, 0, len(data))) == len(data)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5 * MIB


def test_wrong_credentials_are_an_error_that_does_not_tell_them(
    settings: Settings, credentials: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another-secret")
    storage = storage_at(settings, S3Server.shared().url())
    for ask in (
        lambda: storage.save(KEY, ContentFile(b"data")),
        lambda: list(storage.read(KEY, 0, 4)),
        lambda: list(storage.stored()),
        lambda: storage.delete(KEY),
    ):
        with pytest.raises(OSError, match="S3: SignatureDoesNotMatch") as failure:
            ask()
        told = "".join(format_exception(failure.value))
        assert "botocore.exceptions" not in told
        assert "another-secret" not in told


def test_a_server_that_is_not_there_is_an_error(settings: Settings, credentials: None) -> None:
    storage = storage_at(settings, f"s3://files?endpoint=http://127.0.0.1:{free_port()}")
    with pytest.raises(OSError, match="S3: EndpointConnectionError"):
        storage.size(KEY)


def test_waiting_for_a_server_is_bounded(bucket: FilesStorage) -> None:
    config = bucket._client.meta.config  # type: ignore[attr-defined]
    assert (config.connect_timeout, config.read_timeout) == (5, 30)
    assert config.retries["total_max_attempts"] == 3


class _EndsEarly(BaseHTTPRequestHandler):
    """Ends each answer after 100 KB, as a server may whose client is slow."""

    def do_GET(self) -> None:
        first, last = self.headers["Range"].removeprefix("bytes=").split("-")
        start, end = int(first), int(last) + 1
        self.send_response(206)
        self.send_header("Content-Length", str(end - start))
        self.end_headers()
        self.wfile.write(self.data[start : min(end, start + 100_000)])
        self.close_connection = True

    data = bytes(range(250)) * 2_000

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def test_an_answer_that_ends_early_goes_on_where_it_stopped(
    settings: Settings, credentials: None
) -> None:
    with _serving(_EndsEarly) as endpoint:
        storage = storage_at(settings, f"s3://files?endpoint={endpoint}&region=x")
        assert b"".join(storage.read(KEY, 7, 500_000)) == _EndsEarly.data[7:]


@pytest.mark.parametrize(("url", "is_loaded"), [("", "False"), ("s3://files", "True")])
def test_only_a_bucket_loads_the_libraries_of_s3(url: str, is_loaded: str, tmp_path: Any) -> None:
    code = "import sys, mysite.asgi, mysite.urls; from chat.files import serving, storage; "
    code += "storage.files_storage(); print('botocore' in sys.modules, 'storages' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(tmp_path, FILES_URL=url),
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == [is_loaded, is_loaded]
