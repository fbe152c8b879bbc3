"""The database keeps itself small, in short steps. PostgreSQL does so itself, but for a setting."""

from collections.abc import Callable
from contextlib import closing

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from chat import runtime
from chat.journal import database
from chat.live.jobs import Later
from chat.models import Job, Member, Message, Room
from chat.models.job import MAINTAIN
from chat.retention import maintenance
from chat.retention.maintenance import (
    HOT_TABLES,
    ROUND,
    VACUUMED_AFTER,
    VACUUMED_SHARE,
    Maintenance,
)
from chat.tests.journal.support import commit_silently

IS_SQLITE = connection.vendor == "sqlite"


@pytest.fixture(autouse=True)
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maintenance, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(maintenance, "FREE_PAGES", 0)
    monkeypatch.setattr(maintenance, "VACUUMED_PAGES", 2)


def fetch(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def free_pages() -> int:
    return maintenance._pragma("freelist_count") if IS_SQLITE else 0


def say_and_remove(room: Room, author: Member) -> None:
    commit_silently(room, author, 50)
    Message.objects.update(text="x" * 4_000)
    Message.objects.all().delete()


async def run_round() -> None:
    state: object = {}
    while not isinstance(state, Later):
        state = await Maintenance().step({})
    assert state == Later(ROUND, {})


async def test_unused_pages_go_back_to_the_file_system(lobby: Room, alice: Member) -> None:
    await database.write(say_and_remove, lobby, alice)
    assert bool(await database.read(free_pages)) == IS_SQLITE
    await run_round()
    assert await database.read(free_pages) == 0


async def test_some_are_left_for_what_comes_next(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "FREE_PAGES", 3)
    await database.write(say_and_remove, lobby, alice)
    await run_round()
    assert await database.read(free_pages) == (3 if IS_SQLITE else 0)


async def test_a_statement_gives_back_few_pages(lobby: Room, alice: Member) -> None:
    def given_back() -> int:
        say_and_remove(lobby, alice)
        before = free_pages()
        assert maintenance.give_back_some_pages()
        return before - free_pages()

    if IS_SQLITE:
        assert await database.write(given_back) == maintenance.VACUUMED_PAGES


async def test_a_step_of_the_job_ends_before_all_pages_are_given_back(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "STEP_VACUUMS", 1)
    await database.write(say_and_remove, lobby, alice)
    assert await Maintenance().step({}) == ({} if IS_SQLITE else Later(ROUND, {}))


async def test_a_large_log_is_emptied(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "LOG_MAX_BYTES", 1)
    await database.write(commit_silently, lobby, alice)
    await run_round()
    if IS_SQLITE:  # what the tables that were analysed have written since is all that it has
        assert await database.read(maintenance._log_bytes) < 64 * 1024


def test_the_log_keeps_few_bytes_once_it_begins_anew(db: None) -> None:
    if IS_SQLITE:
        assert fetch("PRAGMA journal_size_limit") == [(16 * 1024 * 1024,)]
        assert fetch("PRAGMA auto_vacuum") == [(2,)]


async def test_tables_are_analysed_one_by_one_and_in_part(lobby: Room, alice: Member) -> None:
    await database.write(commit_silently, lobby, alice, 50)
    if IS_SQLITE:
        statements = await database.write(maintenance._fetch, maintenance.TO_ANALYSE)
        assert all(it.startswith('ANALYZE "main"."') for (it,) in statements)
        assert len(statements) > 1
        await run_round()
        analysed = await database.read(fetch, "SELECT DISTINCT tbl FROM sqlite_stat1")
        assert ("chat_message",) in analysed
        await database.write(fetch, "DELETE FROM sqlite_stat1")


async def test_postgresql_looks_at_tables_that_change_much_sooner(lobby: Room) -> None:
    def altered(work: Callable[[], None]) -> int:
        with CaptureQueriesContext(connection) as captured:
            work()
        return sum("ALTER TABLE" in it["sql"] for it in captured)

    if not IS_SQLITE:
        await run_round()
        options = f"'{VACUUMED_AFTER}={VACUUMED_SHARE}' = ANY(reloptions)"
        found = await database.read(fetch, f"SELECT relname FROM pg_class WHERE {options}")
        assert {it for (it,) in found} == set(HOT_TABLES)
        assert await database.read(altered, maintenance._vacuum_sooner) == 0


async def test_what_an_operator_has_set_for_a_table_stays(lobby: Room) -> None:
    def set_another() -> list[tuple[object, ...]]:
        fetch(f"ALTER TABLE chat_message SET ({VACUUMED_AFTER}=0.3)")
        maintenance._vacuum_sooner()
        found = fetch("SELECT reloptions FROM pg_class WHERE relname = 'chat_message'")
        fetch(f"ALTER TABLE chat_message RESET ({VACUUMED_AFTER})")
        return found

    if not IS_SQLITE:
        assert await database.write(set_another) == [([f"{VACUUMED_AFTER}=0.3"],)]


async def test_posts_wait_for_no_index_that_is_built_on_postgresql(lobby: Room) -> None:
    def meet_who_builds() -> None:
        with closing(connection.copy()) as other, other.cursor() as cursor:
            cursor.execute("ALTER TABLE chat_message RESET (autovacuum_vacuum_scale_factor)")
            other.set_autocommit(False)
            cursor.execute("LOCK TABLE chat_message IN SHARE UPDATE EXCLUSIVE MODE")
            with pytest.raises(OperationalError, match="lock timeout"):
                maintenance._vacuum_sooner()
            other.rollback()

    if not IS_SQLITE:
        await database.write(meet_who_builds)


async def test_the_job_is_worked_off(lobby: Room) -> None:
    await database.write(Job.objects.ensure_recurring)
    await runtime.current().upkeep_jobs.run_due()
    job = await database.read(Job.objects.get, kind=MAINTAIN)
    assert job.error == ""
