"""What a migration may do after the first release, and what is refused."""

import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.core.management import CommandError, call_command
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from chat.tests.support.servers import environment
from mysite.version import VERSION
from ops.upgrades import released, rules
from ops.upgrades.operations import AddIndexUnlocked

INDEX = models.Index(fields=["sent_at"], name="by_time")
NULL_TEXT = models.TextField(null=True)

AllReleased = Callable[..., list[str]]


def migrations_of(app: str) -> dict[str, str]:
    paths = Path(settings.BASE_DIR, app, "migrations").glob("[0-9]*.py")
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in paths}


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> AllReleased:
    """What is refused of migrations with these operations, once all of today's are released."""
    for app in released.RELEASED:
        monkeypatch.setitem(released.RELEASED, app, migrations_of(app))

    def found(*later: list[Any], **fields: Any) -> list[str]:
        loader = MigrationLoader(None)
        [parent] = loader.graph.leaf_nodes("chat")
        for number, operations in enumerate(later):
            body = {"operations": operations, "dependencies": [parent], **fields}
            key = ("chat", f"9{number:03}_later")
            migration = type("Migration", (migrations.Migration,), body)(key[1], key[0])
            loader.graph.add_node(key, migration)
            loader.graph.add_dependency(migration, key, parent)
            parent = key
        return list(rules.refused(loader))

    return found


@pytest.mark.parametrize(
    "operation",
    [
        migrations.CreateModel("Tea", [("id", models.BigAutoField(primary_key=True))]),
        migrations.AddField("Room", "tea", NULL_TEXT),
        migrations.AddField(
            "Room", "teas", models.ManyToManyField("chat.Member", related_name="+")
        ),
        migrations.AddField(
            "Room",
            "host",
            models.ForeignKey(
                "chat.Member",
                models.SET_NULL,
                null=True,
                db_constraint=False,
                db_index=False,
                related_name="+",
            ),
        ),
        migrations.AlterField("Room", "topic", models.CharField(max_length=200, blank=True)),
        migrations.AlterModelOptions("Room", {"verbose_name": "tea room"}),
    ],
    ids=lambda it: it.describe(),
)
def test_what_grows_the_schema_is_let_through(found: AllReleased, operation: Any) -> None:
    if isinstance(operation, migrations.AlterField):  # texts for people alone change
        state = MigrationLoader(None).project_state()
        operation.field = state.models["chat", "room"].fields["topic"].clone()
        operation.field.help_text = "What the room is about"
    assert found([operation]) == []


@pytest.mark.parametrize(
    ("operation", "advice"),
    [
        (migrations.RemoveField("Room", "topic"), "a later release removes it"),
        (migrations.DeleteModel("Invite"), "a later release deletes it"),
        (migrations.RenameField("Room", "topic", "about"), "knows the old name"),
        (migrations.RenameModel("Invite", "Invitation"), "knows the old name"),
        (migrations.AlterModelTable("Invite", "invitations"), "knows the old name"),
        (migrations.AddField("Room", "tea", models.TextField(default="")), "null without"),
        (migrations.AddField("Room", "tea", models.TextField(db_default="")), "null without"),
        (migrations.AddField("Room", "tea", models.TextField(null=True, default="")), "null w"),
        (migrations.AddField("Room", "tea", models.IntegerField(null=True, unique=True)), "locks"),
        (
            migrations.AddField("Room", "tea", models.IntegerField(null=True, db_index=True)),
            "locks",
        ),
        (
            migrations.AddField(
                "Room", "tea", models.ForeignKey("chat.Member", models.SET_NULL, null=True)
            ),
            "locks both tables",
        ),
        (migrations.AlterField("Room", "topic", models.TextField()), "add another one"),
        (migrations.AlterField("Room", "topic", models.CharField(max_length=3)), "add another"),
        (migrations.AddIndex("Message", INDEX), "AddIndexUnlocked"),
        (AddIndexConcurrently("Message", INDEX), "nothing here knows"),
        (AddIndexUnlocked("Message", INDEX), "atomic = False"),
        (
            migrations.AddConstraint(
                "Room", models.UniqueConstraint(fields=["topic"], name="a_topic_once")
            ),
            "locks the table",
        ),
        (migrations.AlterUniqueTogether("Room", {("topic", "version")}), "may break it"),
        (migrations.RunPython(migrations.RunPython.noop), "by a job"),
        (migrations.RunSQL("DROP TABLE chat_room"), "nothing here knows"),
        (migrations.SeparateDatabaseAndState([]), "nothing here knows"),
    ],
    ids=lambda it: it if isinstance(it, str) else it.describe(),
)
def test_what_breaks_the_version_before_or_locks_is_refused(
    found: AllReleased, operation: Any, advice: str
) -> None:
    [line] = found([operation])
    assert line.startswith("chat.9000_later: ")
    assert advice in line


def test_what_is_refused_passes_with_a_reason(found: AllReleased) -> None:
    operation = migrations.RemoveField("Room", "topic")
    assert found([operation], safe_because="1.1 does not read it any more") == []
    assert found([operation], safe_because="")


def test_an_index_stands_alone_outside_a_transaction(found: AllReleased) -> None:
    index = AddIndexUnlocked("Message", INDEX)
    assert found([index], atomic=False) == []
    assert found([index, migrations.AddField("Room", "tea", NULL_TEXT)], atomic=False)


def test_two_tables_of_a_release_are_changed_in_transactions_of_their_own(
    found: AllReleased,
) -> None:
    room, message = (migrations.AddField(it, "tea", NULL_TEXT) for it in ("Room", "Message"))
    assert found([room], [message]) == []
    [line] = found([room, message])
    assert "message and room in one transaction" in line


def test_a_table_that_no_release_has_may_change_in_any_way(found: AllReleased) -> None:
    tea = migrations.CreateModel("Tea", [("id", models.BigAutoField(primary_key=True))])
    field = migrations.AddField("Tea", "leaves", models.TextField(default=""))
    assert found([tea, field]) == []
    assert found([tea], [field, migrations.RemoveField("Tea", "leaves")]) == []
    assert found([tea], [migrations.RemoveField("Room", "topic")])


def test_the_command_says_what_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    call_command("check_migrations")
    monkeypatch.setattr(
        "ops.management.commands.check_migrations.refused", lambda: iter(["chat.0009_x: why"])
    )
    with pytest.raises(CommandError, match=r"chat\.0009_x: why"):
        call_command("check_migrations")


@pytest.mark.server
def test_version_is_ours_and_makes_no_database(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "manage.py", "version"],
        cwd=settings.BASE_DIR,
        env=environment(tmp_path),
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert said.splitlines()[::2] == [f"Lobby {VERSION}", "No database yet"]
    assert not list(tmp_path.glob("*.sqlite3"))


@pytest.mark.django_db
def test_version_says_what_the_database_has() -> None:
    recorder = MigrationRecorder(connection)

    def said() -> str:
        out = StringIO()
        call_command("version", stdout=out)
        return out.getvalue()

    assert "the schema is up to date\n" in said()
    recorder.record_applied("chat", "9999_later")
    assert "a later version has migrated it: chat.9999_later" in said()
    recorder.record_unapplied("chat", "0002_search_index")
    assert "migrations to apply: 1" in said()
