"""`manage.py version`: which Lobby this is, on what, and whether the database has its schema."""

import platform
from pathlib import Path
from typing import Any

import django
from django.core.management import BaseCommand
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from mysite.version import VERSION
from ops.errors import in_a_line


class Command(BaseCommand):
    help = "Prints the version of Lobby, of what it runs on, and the state of the database."
    requires_system_checks: Any = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Lobby {VERSION}")
        self.stdout.write(f"Python {platform.python_version()}, Django {django.get_version()}")
        self.stdout.write(_database())


def _database() -> str:
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        return "No database yet"  # and asking would make one
    try:
        executor = MigrationExecutor(connection)
        version = ".".join(map(str, connection.get_database_version()))
    except Error as error:
        return f"{connection.display_name}, which does not answer: {in_a_line(error)}"
    ahead = sorted(
        f"{app}.{name}"
        for app, name in executor.loader.applied_migrations
        if app in executor.loader.migrated_apps and (app, name) not in executor.loader.graph.nodes
    )
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    state = f"migrations to apply: {len(pending)}" if pending else "the schema is up to date"
    if ahead:
        state += f"; a later version has migrated it: {', '.join(ahead)}"
    return f"{connection.display_name} {version}: {state}"
