"""Rows in few steps: what is fetched and inserted, on both databases."""

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from chat.journal import sql
from chat.models import Member

TEXTS = ["", "it's", 'a "quote"', "\\u0041 \\n", "日本 👩‍👩‍👧", "tab\tline\n", "\x7f"]


@pytest.mark.django_db
def test_rows_are_fetched_as_they_are_stored() -> None:
    members = [Member.objects.create(name=text or "-") for text in TEXTS]
    columns = ["id", "name", "user_id"]
    rows = sql.fetch(columns, f"FROM {sql.table(Member)} WHERE id >= %s", [members[0].pk])
    assert sorted(map(tuple, rows)) == [(it.pk, it.name, None) for it in members]
    assert sql.fetch(columns, f"FROM {sql.table(Member)} WHERE id < %s", [0]) == []


def people(count: int) -> list[Member]:
    return [Member(name=f"Alice {number}", name_key=f"alice {number}") for number in range(count)]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 2, 250])
def test_rows_are_inserted_by_one_statement(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    members = people(count)
    with django_assert_num_queries(1):
        sql.insert(members)
    found = {it.uid: it.name for it in Member.objects.all()}
    assert found == {it.uid: it.name for it in members}


@pytest.mark.django_db
def test_more_rows_than_a_statement_takes_are_inserted_by_several(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sql, "_values_max", lambda db: 100)
    sql.insert(people(250))
    assert Member.objects.count() == 250


@pytest.mark.django_db
def test_a_statement_takes_as_many_values_as_are_inserted_together() -> None:
    connection.ensure_connection()
    count = sql._values_max(sql.database()) // 4
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (VALUES {sql.rows_of(4, count)}) it", [1] * count * 4)
        assert cursor.fetchone() == (count,)
