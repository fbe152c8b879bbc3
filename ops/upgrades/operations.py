"""What a migration may do to a table with many rows, beside Django's own operations."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddIndex
from django.db.migrations.state import ProjectState

SET = "SELECT set_config('{}', {}, false)"  # for the session


class AddIndexUnlocked(AddIndex):
    """Adds an index while others write: PostgreSQL builds it concurrently.

    The migration has `atomic = False`, and nothing else in it. SQLite, which has no such thing,
    lets writers wait for the index: about a second for a million rows. What an attempt left that
    was ended in between is removed first.
    """

    atomic = False

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            with _waiting(schema_editor):
                if schema_editor.connection.vendor == "postgresql":
                    name = schema_editor.quote_name(self.index.name)
                    schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
                schema_editor.add_index(model, self.index, **_unlocked(schema_editor))

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.remove_index(model, self.index, **_unlocked(schema_editor))


@contextmanager
def _waiting(schema_editor: BaseDatabaseSchemaEditor) -> Iterator[None]:
    """In the block, wait for others as long as it takes: nobody waits for it. After it, as before.

    What follows in the same run of `migrate` does let people wait.
    """
    if schema_editor.connection.vendor != "postgresql":
        yield
        return
    schema_editor.execute(SET.format("lobby.lock_timeout", "current_setting('lock_timeout')"))
    schema_editor.execute(SET.format("lock_timeout", "'0'"))
    try:
        yield
    finally:
        schema_editor.execute(SET.format("lock_timeout", "current_setting('lobby.lock_timeout')"))


def _unlocked(schema_editor: BaseDatabaseSchemaEditor) -> dict[str, Any]:
    return {"concurrently": True} if schema_editor.connection.vendor == "postgresql" else {}
