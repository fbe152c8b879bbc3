"""The schema: one initial migration an app until the first release; from then on they only grow."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

APPS = ["accounts", "chat"]


@pytest.mark.django_db
def test_the_migrations_make_the_tables_of_the_models() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("app", APPS)
def test_migrations_are_numbered_without_a_gap(app: str) -> None:
    folder = Path(settings.BASE_DIR, app, "migrations")
    numbers = sorted(int(path.name[:4]) for path in folder.glob("[0-9]*.py"))
    assert numbers == list(range(1, len(numbers) + 1))
