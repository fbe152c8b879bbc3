"""Static files of versions before: pages that are open since then still ask for them."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

KEPT_DAYS = 30
COMPRESSED = (".gz", ".br")


@contextmanager
def kept_for_a_while() -> Iterator[None]:
    """In the block, another version's files are collected. Those before go KEPT_DAYS later."""
    root = Path(settings.STATIC_ROOT)
    replaced = _current()
    for path in _files(root):
        if _name(root, path) in replaced:
            os.utime(path)
    yield
    oldest = time.time() - KEPT_DAYS * 24 * 60 * 60
    current = _current()
    for path in _files(root):
        if _name(root, path) not in current and path.stat().st_mtime < oldest:
            path.unlink()


def _files(root: Path) -> Iterator[Path]:
    return (it for it in root.rglob("*") if it.is_file() and not it.name.startswith("."))


def _current() -> set[str]:
    """The names of the files of the version that was collected last, with and without a hash."""
    storage: Any = staticfiles_storage
    hashed: dict[str, str] = storage.load_manifest()[0]
    return {*hashed, *hashed.values(), storage.manifest_name}


def _name(root: Path, path: Path) -> str:
    name = path.relative_to(root).as_posix()
    return name.rpartition(".")[0] if name.endswith(COMPRESSED) else name
