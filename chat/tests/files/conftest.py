"""A folder for one picture, and a worker of the test's own."""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from chat.files import pictures
from chat.files.pictures import Picture, process

Remake = Callable[[bytes], Awaitable[Picture]]
Preview = Callable[[bytes], Awaitable[dict[int, Path]]]
UseWorker = Callable[[str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the pictures of this test are made."""
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Where a file is that somebody sent."""
    return tmp_path / "source"


@pytest.fixture
def remake(source: Path, folder: Path) -> Remake:
    def remake(content: bytes) -> Awaitable[Picture]:
        source.write_bytes(content)
        return pictures.remake(source, folder)

    return remake


@pytest.fixture
def preview(source: Path, folder: Path) -> Preview:
    def preview(content: bytes) -> Awaitable[dict[int, Path]]:
        source.write_bytes(content)
        return pictures.make_previews(source, folder)

    return preview


@pytest.fixture
def use_worker(monkeypatch: pytest.MonkeyPatch) -> UseWorker:
    """Lets another program do the work of a picture worker."""

    def use(code: str) -> None:
        monkeypatch.setattr(process, "COMMAND", (sys.executable, "-P", "-s", "-c", code))

    return use
