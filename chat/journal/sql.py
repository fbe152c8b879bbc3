"""SQL without the ORM's work for each row, and with few steps in the database.

Python's driver of SQLite lets other threads run at each step of a statement, and waits for them
after it: on a busy server longer than the step takes. A statement makes a step for each row that it
returns, and for each set of values that it is executed with. So rows are fetched as one row, and
inserted by one statement.
"""

import json
import sqlite3
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

POSTGRESQL_VALUES = 60_000  # of one statement: its protocol counts them in 16 bits
STORED_AS_THEY_ARE = (
    models.BooleanField,
    models.CharField,
    models.ForeignKey,
    models.IntegerField,
    models.TextField,
)


def fetch(
    columns: Sequence[str], source: str, values: Sequence[Any], given: str = ""
) -> list[Sequence[Any]]:
    """Return the rows of a query: `given` is its WITH, `source` what follows its columns.

    Columns are numbers and texts: SQLite's rows come as JSON.
    """
    listed = ", ".join(columns)
    db = database()
    is_sqlite = db.vendor == "sqlite"
    selected = f"json_group_array(json_array({listed}))" if is_sqlite else listed
    with db.cursor() as cursor:
        cursor.execute(f"{given} SELECT {selected} {source}", values)
        rows = cursor.fetchall()
    found: list[Sequence[Any]] = json.loads(rows[0][0]) if is_sqlite else rows
    return found


def as_uuid(fetched: UUID | str) -> UUID:
    return UUID(fetched) if isinstance(fetched, str) else fetched


def as_datetime(fetched: datetime | str) -> datetime:
    """A time, which SQLite has as text without time zone."""
    if isinstance(fetched, str):
        return datetime.fromisoformat(fetched).replace(tzinfo=UTC)
    return fetched


def insert(instances: Sequence[models.Model]) -> None:
    """Insert instances of one model. They do not get to know their primary keys."""
    model = type(instances[0])
    fields = [it for it in model._meta.concrete_fields if not it.primary_key]
    columns = ", ".join(f'"{it.column}"' for it in fields)
    db = database()
    with db.cursor() as cursor:
        at_once = _values_max(db) // len(fields)
        for start in range(0, len(instances), at_once):
            some = instances[start : start + at_once]
            values = [[it.pre_save(instance, True) for instance in some] for it in fields]
            prepared = [to_database(*it, db) for it in zip(fields, values, strict=True)]
            cursor.execute(
                f"INSERT INTO {table(model)} ({columns}) VALUES {rows_of(len(fields), len(some))}",  # noqa: S608
                list(chain.from_iterable(zip(*prepared, strict=True))),
            )


def _values_max(db: BaseDatabaseWrapper) -> int:
    """How many values one statement takes, on an open connection."""
    if db.vendor == "sqlite":
        most: int = db.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        return most
    return POSTGRESQL_VALUES


def database() -> BaseDatabaseWrapper:
    """The connection of this thread. `django.db.connection` looks it up for each attribute."""
    return connections[DEFAULT_DB_ALIAS]


def table(model: type[models.Model]) -> str:
    """The quoted name of a model's table."""
    return f'"{model._meta.db_table}"'


def placeholders(values: Collection[Any]) -> str:
    """A placeholder for each value, separated by commas."""
    return ", ".join(["%s"] * len(values))


def rows_of(width: int, count: int) -> str:
    """Placeholders of rows with `width` values each, as after VALUES."""
    row = f"({', '.join(['%s'] * width)})"
    return ", ".join([row] * count)


def to_database(field: Any, values: Sequence[Any], db: BaseDatabaseWrapper) -> Sequence[Any]:
    """Values of one field, as the database takes them."""
    if isinstance(field, STORED_AS_THEY_ARE):
        return values
    if isinstance(field, models.DateTimeField):  # the rows of a batch share the time
        prepared = {it: field.get_db_prep_save(it, db) for it in set(values)}
        return [prepared[it] for it in values]
    return [field.get_db_prep_save(it, db) for it in values]
