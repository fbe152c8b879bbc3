"""The rows of all tables, as values that any database takes."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps.registry import Apps
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import connection, connections, models
from django.db.models.functions import Collate

from ops.backup.contents import Row, Table
from ops.backup.unusable import Unusable

ROWS_AT_ONCE = 2_000

Model = type[models.Model]


def models_of(apps: Apps) -> list[Model]:
    """All models with tables of their own, also those between two others, by name."""
    found = apps.get_models(include_auto_created=True)
    own = [it for it in found if it._meta.managed and not it._meta.proxy and not it._meta.swapped]
    return sorted(own, key=lambda it: it._meta.label_lower)


def described(model: Model, using: str) -> Table:
    count = model._base_manager.using(using).count()
    columns = [it.attname for it in model._meta.local_concrete_fields]
    return Table(model._meta.label_lower, columns, count)


def rows(model: Model, table: Table, using: str) -> Iterator[tuple[Any, ...]]:
    """The rows, by primary key, which sorts alike on all databases."""
    found = model._base_manager.using(using).order_by(_key(model, using))
    return found.values_list(*table.columns).iterator(ROWS_AT_ONCE)


def _key(model: Model, using: str) -> Any:
    is_text = isinstance(model._meta.pk, models.CharField)
    is_sorted_by_language = is_text and connections[using].vendor == "postgresql"
    return Collate("pk", "C") if is_sorted_by_language else "pk"


class Inserting:
    """Inserts rows of one table. Sends no signals, and sets nothing by itself."""

    def __init__(self, model: Model, table: Table) -> None:
        """Raises Unusable where the table has other columns."""
        by_name = {it.attname: it for it in model._meta.local_concrete_fields}
        if by_name.keys() != set(table.columns) or len(by_name) != len(table.columns):
            raise Unusable(f"its table {table.name} has other columns than this version knows.")
        self._table = table
        self._fields: list[Any] = [by_name[it] for it in table.columns]
        quoted = connection.ops.quote_name
        columns = ", ".join(quoted(it.column) for it in self._fields)
        places = ", ".join(["%s"] * len(self._fields))
        self._statement = (
            f"INSERT INTO {quoted(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608
        )

    def insert(self, found: Sequence[Row]) -> None:
        """Raises Unusable, and what the database raises."""
        with connection.cursor() as cursor:
            cursor.executemany(self._statement, [self._prepared(it) for it in found])

    def _prepared(self, row: Row) -> list[Any]:
        try:
            return [
                field.get_db_prep_save(field.to_python(value), connection)
                for field, value in zip(self._fields, row, strict=True)
            ]
        except (ValidationError, TypeError, ValueError, OverflowError):
            raise Unusable(f"a row of {self._table.name} has a value of another type.") from None


def reset_sequences(of: Sequence[Model]) -> None:
    """New rows take primary keys after those that are there."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(of)):
            cursor.execute(statement)
