"""Reads the static files once for the middleware of all test clients: there are hundreds."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from servestatic.middleware import ServeStaticMiddleware


@contextmanager
def files_read_once() -> Iterator[None]:
    read = ServeStaticMiddleware.update_files_dictionary
    known: dict[tuple[str, str], dict[str, Any]] = {}

    def update(middleware: ServeStaticMiddleware, root: str, prefix: str) -> None:
        if (root, prefix) not in known:
            read(middleware, root, prefix)
            known[root, prefix] = dict(middleware.files)
        middleware.files.update(known[root, prefix])

    with patch.object(ServeStaticMiddleware, "update_files_dictionary", update):
        yield
