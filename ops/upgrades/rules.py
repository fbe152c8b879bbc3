"""Which migrations the version before survives, and which lock no table for long.

While processes are replaced one by one, two versions of the code run on one database. So a
migration expands the schema, and a later release contracts it, when no version that still runs
uses what goes. The rules are a list of what is known to be safe; anything else is refused, unless
the migration says in `safe_because` why it is safe. Sources of the rules on locks: PostgreSQL's
pages on ALTER TABLE and CREATE INDEX, and Django's schema editor of SQLite, which copies a whole
table for most changes.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.migrations import AddField, AlterField, CreateModel, Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from ops.upgrades.operations import AddIndexUnlocked
from ops.upgrades.released import is_released

FOR_DJANGO_ALONE = (operations.AlterModelOptions, operations.AlterModelManagers)
ADVICE: dict[type[Operation], str] = {
    operations.RemoveField: "the version before reads the column: a later release removes it",
    operations.DeleteModel: "the version before reads the table: a later release deletes it",
    operations.RenameField: "the version before knows the old name: add a field, and copy by a job",
    operations.RenameModel: "the version before knows the old name: keep it in `db_table`",
    operations.AlterModelTable: "the version before knows the old name",
    operations.AddIndex: "it locks the table while it is built: use AddIndexUnlocked",
    operations.AddConstraint: "what the version before writes may break it, and it locks the table",
    operations.AlterUniqueTogether: "what the version before writes may break it",
    operations.RemoveConstraint: "the version before may rely on it",
    operations.RemoveIndex: "the version before is slow without it: a later release removes it",
    operations.RunPython: "rows are changed by a job, in bounded steps",
    operations.RunSQL: "nothing here knows what it does",
}
UNKNOWN = "nothing here knows whether it is safe"


def refused(loader: MigrationLoader | None = None) -> Iterator[str]:
    """A line for each thing in migrations since the last release that is not known to be safe."""
    loader = loader or MigrationLoader(None)
    for (app, name), migration in sorted(loader.graph.nodes.items()):
        if not is_released(app, name) and not getattr(migration, "safe_because", ""):
            for reason in _refused(migration, loader):
                yield f"{app}.{name}: {reason}"


def _refused(migration: Any, loader: MigrationLoader) -> Iterator[str]:
    app = migration.app_label
    state = loader.project_state((app, migration.name), at_end=False)
    made = _made_since(loader, migration)
    locked = set()
    for operation in migration.operations:
        before = state.clone()
        operation.state_forwards(app, state)
        table = getattr(operation, "model_name_lower", getattr(operation, "name_lower", ""))
        if table in made or isinstance(operation, CreateModel):
            made.add(table)
            continue
        locked.add(table)
        if reason := why_not(operation, migration, before.models.get((app, table))):
            yield f"{operation.describe()}: {reason}"
    if len(locked) > 1:
        yield f"{' and '.join(sorted(locked))} in one transaction: a migration for each"


def _made_since(loader: MigrationLoader, migration: Migration) -> set[str]:
    """The models of the app that no release has: nobody uses their tables."""
    app = migration.app_label
    plan = loader.graph.forwards_plan((app, migration.name))
    since = [loader.graph.nodes[key] for key in plan if key[0] == app and not is_released(*key)]
    return {
        operation.name_lower
        for earlier in since[:-1]
        for operation in earlier.operations
        if isinstance(operation, CreateModel)
    }


def why_not(operation: Operation, migration: Migration, model: Any) -> str:
    """Why an operation on a table that a release has is not safe; empty if it is."""
    if isinstance(operation, FOR_DJANGO_ALONE):
        return ""
    if isinstance(operation, AddIndexUnlocked):
        return _why_not_alone(migration)
    if isinstance(operation, AddField):
        return _why_not_added(operation.field)
    if isinstance(operation, AlterField):
        return _why_not_altered(operation.name, operation.field, model.fields[operation.name])
    return next((it for kind, it in ADVICE.items() if type(operation) is kind), UNKNOWN)


def _why_not_alone(migration: Migration) -> str:
    is_alone = len(migration.operations) == 1 and not migration.atomic
    return "" if is_alone else "it stands alone in a migration with `atomic = False`"


def _why_not_added(field: Any) -> str:
    if field.many_to_many:
        return ""  # a table of its own
    if not field.null or field.has_default() or field.has_db_default():
        return "the version before does not write it, and a default copies the table: null without"
    if getattr(field, "db_constraint", False):
        return "it locks both tables: `db_constraint=False`, or a table of its own"
    if field.unique or field.db_index:
        return "its index locks the table while it is built: add that by AddIndexUnlocked"
    return ""


def _why_not_altered(name: str, field: Any, before: Any) -> str:
    """Choices, texts and validators are Django's alone."""
    before, after = before.clone(), field.clone()
    for it in (before, after):
        it.set_attributes_from_name(name)
    editor: Any = connection.schema_editor(collect_sql=True)
    if not editor._field_should_be_altered(before, after):
        return ""
    return "the version before relies on the column: add another one"
