"""Which migrations a database has, and how an empty one gets those of an archive."""

from collections.abc import Collection
from typing import Any

from django.apps.registry import Apps
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from ops.backup.unusable import Unusable

Migration = tuple[str, str]  # app, name


def applied(using: str) -> list[Migration]:
    """Those of the database. Raises Unusable where it lacks some of this version."""
    executor = MigrationExecutor(connections[using])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Unusable("the database is of an earlier version: run `manage.py migrate` first.")
    return sorted(executor.loader.applied_migrations)


def refuse_unknown(wanted: Collection[Migration]) -> None:
    """Raises Unusable where a later version of Lobby has applied one of them."""
    known = MigrationLoader(None).disk_migrations or {}
    if unknown := sorted(set(wanted) - known.keys()):
        app, name = unknown[0]
        raise Unusable(f"it is of a later version of Lobby, with {app}.{name[:80]}.")


class ArchivedState:
    """The models as they were with the migrations of an archive."""

    def __init__(self, wanted: Collection[Migration]) -> None:
        """Raises Unusable."""
        refuse_unknown(wanted)
        loader = MigrationLoader(None)
        self._targets: list[Any] = []
        for app in loader.migrated_apps:
            own = {it for it in wanted if it[0] == app}
            parents = {parent for it in own for parent in loader.graph.node_map[it].parents}
            self._targets += sorted(own - parents) or [(app, None)]
        nodes = [it for it in self._targets if it[1] is not None]
        if set(wanted) != _with_parents(loader, nodes):
            raise Unusable("its migrations do not belong together.")
        self.is_current = set(loader.graph.leaf_nodes()) <= set(wanted)
        self.apps: Apps = loader.project_state(nodes, at_end=True).apps

    def migrate(self) -> None:
        """Give the database, which is empty, these tables."""
        executor = MigrationExecutor(connection)
        executor.migrate(self._targets)


def migrate() -> None:
    """Give the database the tables of this version."""
    call_command("migrate", interactive=False, verbosity=0)


def _with_parents(loader: MigrationLoader, nodes: Collection[Migration]) -> set[Migration]:
    return {it for node in nodes for it in loader.graph.forwards_plan(node)}
