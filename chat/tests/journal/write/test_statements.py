"""The hand-written statements: how they lock, and that they use an index."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from chat.journal import sql
from chat.journal.write import statements
from chat.models import Member, Room, RoomName, Subscription
from chat.tests.journal.plans import assert_is_one_indexed_query, long_room


@pytest.mark.django_db
def test_rooms_are_locked_in_the_order_of_their_primary_keys() -> None:
    rooms = [Room.objects.ensure(RoomName.parse(f"room {number}")) for number in range(3)]
    rooms[0].save()  # PostgreSQL moves the row behind the others
    keys = [room.pk for room in rooms]
    with transaction.atomic():
        assert list(statements.lock_rooms(set(keys))) == keys


@pytest.mark.django_db
def test_of_a_members_rooms_only_the_active_ones_are_looked_up(
    django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """People who keep the same rooms would else make a row for each of them and each room."""
    rooms = [Room.objects.ensure(RoomName.parse(f"room {number}")) for number in range(20)]
    members = [Member.objects.create(name=f"Alice {number}") for number in range(20)]
    for member in members:
        for room in rooms[1:]:
            Subscription.objects.keep(member, room)
    active = {(member.pk, room.pk) for member, room in zip(members, rooms, strict=True)}
    fetched: list[int] = []

    def counting(*query: Any, **options: Any) -> list[Sequence[Any]]:
        rows = sql.fetch(*query, **options)
        fetched.append(len(rows))
        return rows

    monkeypatch.setattr(statements, "fetch", counting)
    with django_assert_num_queries(1):
        found, kept = statements.members(active, [])
    assert {it.pk for it in found} == {it.pk for it in members}
    assert kept == active - {(members[0].pk, rooms[0].pk)}
    assert fetched == [20]


@pytest.mark.django_db
def test_resent_messages_are_found_by_an_index_however_long_the_room() -> None:
    long_room()
    author = Member.objects.get()
    keys = [(author.pk, uuid4()) for _ in range(3)]
    assert_is_one_indexed_query(lambda: statements.posted(keys))


@pytest.mark.django_db
def test_primary_keys_are_found_by_an_index_however_long_the_room() -> None:
    room = long_room()
    keys = [(room.pk, seq) for seq in (7, 500, 9_000)]
    assert_is_one_indexed_query(lambda: statements.primary_keys(keys))
    assert len(statements.primary_keys([*keys, (room.pk, 10**6)])) == 3
