"""`manage.py runserver`: daphne's, with our server."""

import os
from typing import Any

from daphne.management.commands.runserver import Command as DaphneCommand

from mysite.servers.daphne import LobbyServer
from mysite.servers.startup import CannotStart


class Command(DaphneCommand):
    server_cls = LobbyServer

    def check_migrations(self) -> None:
        """Nothing: the server's start brings the schema up to date, or stops."""

    def inner_run(self, *args: Any, **options: Any) -> None:
        try:
            super().inner_run(*args, **options)
        except (
            CannotStart
        ) as reason:  # no thread but the main one can end the process: the reloader's
            self.stderr.write(str(reason))
            os._exit(1)
