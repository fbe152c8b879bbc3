"""Migrations: one initial migration per app until the first release; later, apps only add some.

What no model says is in a second one, written by hand: the search index.
"""

from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from ops.upgrades.released import RELEASED

HAND_WRITTEN = {"accounts": 0, "chat": 1}

each_app = pytest.mark.parametrize("app", RELEASED)


def migrations_of(app: str) -> list[Path]:
    return sorted(Path(settings.BASE_DIR, app, "migrations").glob("[0-9]*.py"))


@pytest.mark.django_db
def test_the_migrations_make_the_tables_of_the_models() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@each_app
def test_migrations_are_numbered_without_a_gap(app: str) -> None:
    numbers = [int(path.name[:4]) for path in migrations_of(app)]
    assert numbers == list(range(1, len(numbers) + 1))


@each_app
def test_an_app_has_one_migration_until_the_first_release(app: str) -> None:
    assert RELEASED[app] or len(migrations_of(app)) == 1 + HAND_WRITTEN[app]


@each_app
def test_a_released_migration_does_not_change(app: str) -> None:
    digests = {path.name: sha256(path.read_bytes()).hexdigest() for path in migrations_of(app)}
    assert RELEASED[app].items() <= digests.items()
