"""What people had before an update, they have after it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE, AFTER = "0001_initial", "0002_conversation"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

Models = Callable[[str], Any]


def migrated_to(name: str) -> Models:
    """The schema as of that migration; returns its models by their names."""
    executor = MigrationExecutor(connection)
    executor.migrate([("chat", name)])
    apps = MigrationExecutor(connection).loader.project_state([("chat", name)]).apps
    return lambda model: apps.get_model("chat", model)


@pytest.fixture
def before() -> Iterator[Models]:
    yield migrated_to(BEFORE)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def say(models: Models, room: Any, author: Any, seq: int, **more: Any) -> Any:
    return models("Message").objects.create(
        room=room,
        author=author,
        seq=seq,
        client_id=uuid4(),
        sent_at=NOON + timedelta(minutes=seq),
        **{"version": seq, "text": str(seq), **more},
    )


def test_new_columns_say_what_old_rows_come_to(before: Models) -> None:
    alice, bob = (before("Member").objects.create(name=name) for name in ("ÀLICE  Ⅳ", "Bob"))
    lobby = before("Room").objects.create(key="lobby", name="Lobby", version=5)
    empty = before("Room").objects.create(key="empty", name="Empty")
    say(before, lobby, alice, 1, version=5, text="edited", edited_at=NOON)
    say(before, lobby, bob, 2, version=4, text="", deleted_at=NOON)
    say(before, lobby, bob, 3, reply_to=1)
    for room in (lobby, empty):
        before("Membership").objects.create(member=alice, room=room)
    after = migrated_to(AFTER)
    names = after("Member").objects.order_by("pk").values_list("name_key", flat=True)
    assert list(names) == ["àlice ⅳ", "bob"]
    lobby, empty = after("Room").objects.order_by("pk")
    assert (lobby.version, lobby.last_seq) == (5, 3)
    assert lobby.posted_at == NOON + timedelta(minutes=3)
    assert (empty.last_seq, empty.posted_at, empty.topic) == (0, None, "")
    read = after("Membership").objects.order_by("room").values_list("read_seq", "muted_at")
    assert list(read) == [(3, None), (0, None)]


def test_nothing_of_what_was_said_is_lost(before: Models) -> None:
    alice = before("Member").objects.create(name="Alice")
    lobby = before("Room").objects.create(key="lobby", name="Lobby", version=300)
    for seq in range(1, 301):
        say(before, lobby, alice, seq)
    kept = "seq", "version", "text", "client_id", "sent_at", "author_id", "room_id", "reply_to"
    old = list(before("Message").objects.order_by("seq").values(*kept))
    messages = migrated_to(AFTER)("Message").objects.order_by("seq")
    assert list(messages.values(*kept)) == old
    fresh = {"kind": "text", "html": "", "mentions": [], "reactions": []}
    assert all(it == fresh for it in messages.values(*fresh))


def test_an_empty_database_is_updated_as_well(before: Models) -> None:
    after = migrated_to(AFTER)
    assert not after("Room").objects.exists()
    after("Room").objects.create(key="lobby", name="Lobby")


def test_the_update_can_be_taken_back(before: Models) -> None:
    after = migrated_to(AFTER)
    after("Member").objects.create(name="Alice", uid=UUID(int=1), name_key="alice")
    assert migrated_to(BEFORE)("Member").objects.get().name == "Alice"
