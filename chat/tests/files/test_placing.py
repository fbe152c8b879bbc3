"""What gets its name once it is whole replaces nothing."""

import errno
import os
from pathlib import Path
from typing import NoReturn

import pytest

from chat.files.placing import place


def no_links(*paths: Path) -> NoReturn:
    """As on a file system that has none."""
    raise OSError(errno.EPERM, "Operation not permitted")


@pytest.fixture(params=[True, False], ids=["links", "no links"])
def draft(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if not request.param:
        monkeypatch.setattr(os, "link", no_links)
    draft = tmp_path / "draft"
    draft.write_bytes(b"new")
    return draft


def test_a_file_gets_its_name(draft: Path) -> None:
    place(draft, draft.with_name("whole"))
    assert draft.with_name("whole").read_bytes() == b"new"
    assert not draft.exists()


def test_a_file_that_came_meanwhile_stays(draft: Path) -> None:
    taken = draft.with_name("whole")
    taken.write_bytes(b"old")
    with pytest.raises(FileExistsError):
        place(draft, taken)
    assert (taken.read_bytes(), draft.read_bytes()) == (b"old", b"new")


@pytest.mark.parametrize("is_empty", [True, False])
def test_a_folder_that_came_meanwhile_stays(tmp_path: Path, is_empty: bool) -> None:
    draft, taken = tmp_path / "draft", tmp_path / "whole"
    for it in (draft, taken):
        it.mkdir()
        (it / it.name).touch()
    if is_empty:
        (taken / "whole").unlink()
    with pytest.raises(FileExistsError):
        place(draft, taken)
    assert (draft / "draft").exists()


def test_a_folder_gets_its_name(tmp_path: Path) -> None:
    (tmp_path / "draft").mkdir()
    (tmp_path / "draft" / "file").touch()
    place(tmp_path / "draft", tmp_path / "whole")
    assert (tmp_path / "whole" / "file").exists()
    assert not (tmp_path / "draft").exists()
