"""Tests of pages that meet the database itself have the mark to be run on PostgreSQL as well."""

import ast
from pathlib import Path

import pytest

from conftest import PAGES

ROOT = Path(__file__).parents[2]
MEETS_THE_DATABASE = {  # what a test of queries, constraints, locks or races imports
    "django.db.connection",
    "django.db.transaction",
    "django.db.DatabaseError",
    "django.db.IntegrityError",
    "django.test.utils.CaptureQueriesContext",
    "concurrent.futures.ThreadPoolExecutor",
    "threading.Barrier",
    "chat.tests.support.rivals.result_of_second",
}
TESTS_OF_PAGES = sorted((ROOT / PAGES).rglob("test_*.py"))


def imported(module: Path) -> set[str]:
    tree = ast.walk(ast.parse(module.read_text()))
    imports = [it for it in tree if isinstance(it, ast.ImportFrom)]
    return {f"{it.module}.{alias.name}" for it in imports for alias in it.names}


@pytest.mark.parametrize("module", TESTS_OF_PAGES, ids=lambda it: it.stem)
def test_what_meets_the_database_itself_has_the_mark(module: Path) -> None:
    assert (
        imported(module).isdisjoint(MEETS_THE_DATABASE) or "mark.postgresql" in module.read_text()
    )
