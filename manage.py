#!/usr/bin/env python
"""Django's command line, with Lobby's settings."""

import os
import sys

import django
from django.core.management import execute_from_command_line, load_command_class
from django.db import OperationalError, ProgrammingError

from mysite.garbage_collection import collect_rarely


def main() -> None:
    collect_rarely()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")
    os.umask(0o077)  # a command may create the database
    try:
        run_command()
    except (OperationalError, ProgrammingError) as error:  # it is away, or not migrated yet
        if "--traceback" in sys.argv:
            raise
        reason = str(error).strip().partition("\n")[0]
        sys.exit(f"The database does not work: {reason}\nWhat to do: manage.py doctor")


def run_command() -> None:
    if sys.argv[1:2] == ["version"]:  # Django has one of its own, which nothing can replace
        django.setup()
        load_command_class("ops", "version").run_from_argv(sys.argv)
    else:
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
