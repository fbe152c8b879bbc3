"""Both storages: the same tests on each."""

from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from chat.files.storage import FilesStorage, files_storage
from chat.tests.support.s3_server import CREDENTIALS, S3Server
from mysite import environment


def store_in(settings: Settings, backend: str, options: dict[str, Any]) -> FilesStorage:
    files = {"BACKEND": f"chat.files.storage.{backend}", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "files": files}
    return files_storage()


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> FilesStorage:
    return store_in(settings, "folder.FolderStorage", {"location": tmp_path / "files"})


@pytest.fixture
def bucket(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> FilesStorage:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    options = environment.bucket(S3Server.shared().url())
    return store_in(settings, "bucket.BucketStorage", options)


@pytest.fixture(params=["folder", pytest.param("bucket", marks=pytest.mark.server)])
def storage(request: pytest.FixtureRequest) -> FilesStorage:
    """An empty storage of each kind."""
    found: FilesStorage = request.getfixturevalue(request.param)
    return found
