"""Both storages; and for pictures, a workspace and a worker of the test's own."""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from chat.files import pictures
from chat.files.pictures import Picture, UnusablePicture, process
from chat.files.storage import FilesStorage, files_storage
from chat.tests.support.s3_server import CREDENTIALS, S3Server
from mysite import environment

Remake = Callable[[bytes], Awaitable[Picture]]
Preview = Callable[[bytes], Awaitable[dict[int, Path]]]
UseWorker = Callable[[str], None]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Where the pictures of this test are made."""
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    return workspace


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Where a file is that somebody sent."""
    return tmp_path / "source"


@pytest.fixture
def remake(source: Path, workspace: Path) -> Remake:
    def remake(content: bytes) -> Awaitable[Picture]:
        source.write_bytes(content)
        return pictures.remake(source, workspace)

    return remake


@pytest.fixture
def preview(source: Path, workspace: Path) -> Preview:
    def preview(content: bytes) -> Awaitable[dict[int, Path]]:
        source.write_bytes(content)
        return pictures.make_previews(source, workspace)

    return preview


@pytest.fixture
def use_worker(monkeypatch: pytest.MonkeyPatch) -> UseWorker:
    """Lets another program do the work of a picture worker."""

    def use(code: str) -> None:
        monkeypatch.setattr(process, "COMMAND", (sys.executable, "-P", "-s", "-c", code))

    return use


async def refusal_of(making: Awaitable[object]) -> str:
    """The code with which a picture is refused."""
    with pytest.raises(UnusablePicture) as refused:
        await making
    return refused.value.code


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
