"""`manage.py migrate` on PostgreSQL, while people use the tables."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import psycopg
import pytest

from chat.tests.support.postgresql import PostgreSQL
from chat.tests.support.servers import environment, migrated_postgresql
from ops.tests import code_versions

pytestmark = pytest.mark.server

NOTES_HOW_LONG_IT_WAITS = """
    from django.db import migrations

    NOTE = "CREATE TABLE noted AS SELECT current_setting('lock_timeout') AS lock_timeout"

    class Migration(migrations.Migration):
        dependencies = [("chat", "9003_indexed")]
        operations = [migrations.RunSQL(NOTE)]
    """
READ = "SELECT count(*) FROM chat_message"


@pytest.fixture
def url() -> str:
    postgresql = PostgreSQL.shared()
    return postgresql.url(postgresql.create(migrated_postgresql()))


@pytest.fixture
def migration(tmp_path: Path, url: str) -> Iterator["subprocess.Popen[str]"]:
    """The migrations of a later version, under way."""
    with subprocess.Popen(
        [sys.executable, "manage.py", "migrate"],
        cwd=code_versions.to_come(tmp_path),
        env=environment(tmp_path, DATABASE_URL=url),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


@pytest.fixture
def reader(url: str) -> Iterator[psycopg.Connection]:
    """Who reads all messages in a transaction that stays open."""
    with psycopg.connect(url) as connection:
        connection.execute(READ)
        yield connection


def test_a_change_of_a_table_lets_people_go_on_while_somebody_reads_for_long(
    url: str, reader: psycopg.Connection, migration: "subprocess.Popen[str]"
) -> None:
    assert migration.stderr
    refusals = 0
    for line in migration.stderr:
        if "A table is in use" in line:
            refusals += 1
            with psycopg.connect(url) as other:  # waits for no change
                other.execute(READ)
        if refusals == 2:
            reader.rollback()
            break
    migration.stderr.read()
    assert migration.wait() == 0
    with psycopg.connect(url) as connection:
        connection.execute("SELECT tea FROM chat_message")


def test_an_index_that_an_ended_attempt_left_is_made_anew(tmp_path: Path, url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE INDEX by_tea ON chat_message (seq)")
        subprocess.run(
            [sys.executable, "manage.py", "migrate"],
            cwd=code_versions.to_come(tmp_path),
            env=environment(tmp_path, DATABASE_URL=url),
            check=True,
            capture_output=True,
        )
        found = connection.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'by_tea'")
        assert found.fetchall()[0][0].endswith("(tea)")


def test_what_follows_an_index_waits_for_others_as_shortly_as_before(
    tmp_path: Path, url: str
) -> None:
    code = code_versions.to_come(tmp_path)
    later = code / "chat" / "migrations" / "9004_noting.py"
    later.write_text(dedent(NOTES_HOW_LONG_IT_WAITS))
    subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=code,
        env=environment(tmp_path, DATABASE_URL=url),
        check=True,
        capture_output=True,
    )
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT lock_timeout FROM noted").fetchall() == [("500ms",)]
