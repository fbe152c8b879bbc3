"""Reads the manifest of the static files once for the middleware of all test clients."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from servestatic.middleware import ServeStaticMiddleware


@contextmanager
def manifest_read_once() -> Iterator[None]:
    read_manifest = ServeStaticMiddleware.add_files_from_manifest
    known: dict[tuple[str, str], ServeStaticMiddleware] = {}

    def add_files(middleware: ServeStaticMiddleware) -> None:
        key = (middleware.static_prefix, middleware.static_root)
        if key not in known:
            read_manifest(middleware)
            known[key] = middleware
        middleware.files = known[key].files
        middleware.directories = known[key].directories

    with patch.object(ServeStaticMiddleware, "add_files_from_manifest", add_files):
        yield
