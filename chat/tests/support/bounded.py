"""Starts a server with other bounds, so that a test reaches them soon.

`python -m chat.tests.support.bounded daphne 8000`, with the bounds in BOUNDS: names of constants in
`mysite.servers.connections`, DESCRIPTORS and DESCRIPTORS_AT_FIRST for the limits of file
descriptors, or FILE_SIZE for that of a file's bytes, as `name=number` separated by blanks.
"""

import os
import resource
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")

from daphne.cli import CommandLineInterface
from django.core.management import execute_from_command_line

from mysite.servers import connections


def set_bounds(bounds: dict[str, int]) -> None:
    hard = bounds.pop("DESCRIPTORS", resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    soft = bounds.pop("DESCRIPTORS_AT_FIRST", hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    size = bounds.pop("FILE_SIZE", resource.RLIM_INFINITY)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    for name, value in bounds.items():
        assert hasattr(connections, name), name
        setattr(connections, name, value)


def run(kind: str, port: str) -> None:
    if kind == "daphne":
        CommandLineInterface().run(["-b", "127.0.0.1", "-p", port, "mysite.asgi:application"])
    else:
        execute_from_command_line(["manage.py", "serve", "--port", port])


if __name__ == "__main__":
    named = (bound.split("=") for bound in os.environ["BOUNDS"].split())
    set_bounds({name: int(value) for name, value in named})
    run(*sys.argv[1:])
