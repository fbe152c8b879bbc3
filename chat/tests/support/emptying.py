"""Empties the database after a test: most of the time of many tests, as Django does it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.core.management.commands import flush

from chat.journal.write.search_index import INDEX

KEPT = {"auth_permission", "django_content_type"}  # as the migrations left them


def delete_all(style: Any, connection: Any, **options: Any) -> list[str]:
    """The statements that empty the other tables. TRUNCATE makes a new file for each of them."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    quoted = (connection.ops.quote_name(table) for table in sorted(set(tables) - KEPT))
    return [f"DELETE FROM {table}" for table in [*quoted, INDEX]]  # constraints are checked later


@contextmanager
def quick_emptying() -> Iterator[None]:
    """Delete rows only, and do not make the kept tables' rows anew after each test."""
    with (
        patch.object(flush, "sql_flush", delete_all),
        patch.object(flush, "emit_post_migrate_signal", lambda *args, **options: None),
    ):
        yield
