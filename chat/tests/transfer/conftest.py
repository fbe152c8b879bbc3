"""A storage of the test's own."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from chat.tests.files.conftest import store_in


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Where the files of this test are, and no others."""
    folder = tmp_path / "storage"
    store_in(settings, "folder.FolderStorage", {"location": folder})
    return folder
