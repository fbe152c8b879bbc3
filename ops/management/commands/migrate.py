"""`manage.py migrate`: Django's, which on PostgreSQL never lets people wait for long.

A change of a table waits for those who use the table, and everybody else waits behind the change.
So it gives up after LOCK_WAIT, lets people go on, and tries again. LOCK_WAIT is shorter than
PostgreSQL's `deadlock_timeout`, so where both wait for each other, the one who gives up is never a
person.
"""

import time
from typing import Any

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections

LOCK_WAIT = "500ms"
PAUSE_SECONDS = 1.0
ATTEMPTS = 120
LOCKED = {"55P03", "40P01"}  # lock not available, deadlock


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if connection.vendor != "postgresql":
            super().handle(*args, **options)
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_WAIT])
        try:
            self._migrate(args, options)
        finally:
            connection.close()  # with its setting

    def _migrate(self, args: Any, options: Any) -> None:
        """What an attempt has migrated stays, and the next one goes on from there."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                super().handle(*args, **options)
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", None) not in LOCKED:
                    raise
                if attempt == ATTEMPTS:
                    reason = "a table is in use all the time. What is done so far stays: try again"
                    raise CommandError(reason) from None
                self.stderr.write("A table is in use: trying again …")
                time.sleep(PAUSE_SECONDS)
            else:
                return
