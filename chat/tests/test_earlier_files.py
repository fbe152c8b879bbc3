"""Static files of versions before stay for a while."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from mysite.assets import earlier_files

DAY = 24 * 60 * 60


class Storage:
    manifest_name = "staticfiles.json"

    def __init__(self) -> None:
        self.paths: dict[str, str] = {}

    def load_manifest(self) -> tuple[dict[str, str], str]:
        return self.paths, ""


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Storage:
    storage = Storage()
    settings.STATIC_ROOT = tmp_path
    monkeypatch.setattr(earlier_files, "staticfiles_storage", storage)
    return storage


def collect(storage: Storage, root: Path, paths: dict[str, str]) -> None:
    """As `collectstatic` does, which touches no file that is there."""
    with earlier_files.kept_for_a_while():
        for name in {*paths, *paths.values()}:
            for path in (root / name, root / f"{name}.gz"):
                if not path.exists():
                    path.write_text("true")
        storage.paths = paths


def let_days_pass(root: Path, days: float) -> None:
    for path in root.iterdir():
        at = path.stat().st_mtime - days * DAY
        os.utime(path, (at, at))


def test_what_pages_of_the_version_before_ask_for_stays_for_a_month(
    storage: Storage, tmp_path: Path
) -> None:
    def names() -> set[str]:
        return {it.name for it in tmp_path.iterdir()}

    collect(storage, tmp_path, {"room.js": "room.1.js", "same.js": "same.1.js"})
    let_days_pass(tmp_path, 400)  # long after it was collected, it is in use still
    collect(storage, tmp_path, {"room.js": "room.2.js", "same.js": "same.1.js"})
    assert {"room.1.js", "room.1.js.gz", "room.2.js", "same.1.js"} <= names()
    let_days_pass(tmp_path, earlier_files.KEPT_DAYS - 1)
    collect(storage, tmp_path, {"room.js": "room.3.js", "same.js": "same.1.js"})
    assert {"room.1.js", "room.2.js"} <= names()
    let_days_pass(tmp_path, 2)
    collect(storage, tmp_path, {"room.js": "room.4.js", "same.js": "same.1.js"})
    assert {it for it in names() if "1" in it} == {"same.1.js", "same.1.js.gz"}
    assert {"room.2.js", "room.3.js", "room.4.js"} <= names()


def test_the_first_collection_finds_an_empty_folder(storage: Storage, tmp_path: Path) -> None:
    collect(storage, tmp_path, {"room.js": "room.1.js"})
    assert (tmp_path / "room.1.js").stat().st_mtime > time.time() - DAY
