"""What is left of a deleted account goes, also when the process that works on it is killed."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.postgresql import PostgreSQL
from chat.tests.support.servers import (
    ROOT,
    environment,
    make_ready,
    migrated_postgresql,
    serving,
)

MESSAGES = 400
LEAVE = f"""
from uuid import uuid4
from accounts.models import User
from chat.journal import Post
from chat.journal.write.appender import commit
from chat.models import Member, Room, RoomName
from chat.personal_data.deletion import delete_account

alice = User.objects.create_user("alice")
member = Member.objects.of_user(alice)
room = Room.objects.ensure(RoomName.parse("lobby"))
for _ in range({MESSAGES} // 50):
    commit([Post(room.pk, member.pk, uuid4(), "by Alice") for _ in range(50)])
delete_account(alice, with_messages=True)
"""
END_LEASES = """
from django.utils import timezone
from chat.models import Job
from chat.personal_data.deletion import FORGET

print(Job.objects.filter(kind=FORGET).update(due_at=timezone.now()))
"""


class Installation:
    """A data folder with a database of its own, looked at beside the servers."""

    def __init__(self, data_dir: Path, url: str) -> None:
        self.data_dir, self.url = data_dir, url
        self.settings = {"DATABASE_URL": url} if url else {}

    def manage(self, code: str) -> str:
        command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", code]
        settings = environment(self.data_dir, **self.settings)
        return subprocess.check_output(command, cwd=ROOT, env=settings, text=True)

    def left(self) -> int:
        """How many messages are not deleted."""
        with self._connected() as connection:
            rows = connection.execute("SELECT count(*) FROM chat_message WHERE deleted_at IS NULL")
            return int(rows.fetchone()[0])

    def wait_until_fewer_than(self, count: int) -> None:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while self.left() >= count:
            assert time.monotonic() < deadline
            time.sleep(0.005)

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        connection: Any = (
            psycopg.connect(self.url)
            if self.url
            else sqlite3.connect(self.data_dir / "lobby.sqlite3")
        )
        try:
            yield connection
        finally:
            connection.close()


@pytest.fixture
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Installation:
    make_ready(tmp_path)
    if request.param == "sqlite":
        return Installation(tmp_path, "")
    postgresql = PostgreSQL.shared()
    return Installation(tmp_path, postgresql.url(postgresql.create(migrated_postgresql())))


@pytest.mark.parametrize(
    ("server", "installation"),
    [("daphne", "sqlite"), ("uvicorn", "postgresql")],
    indirect=["installation"],
)
def test_a_deletion_goes_on_after_a_crash(server: str, installation: Installation) -> None:
    installation.manage(LEAVE)  # no server runs: the jobs wait for one
    with serving(server, installation.data_dir, **installation.settings):
        installation.wait_until_fewer_than(MESSAGES)
    assert 0 < installation.left() < MESSAGES  # the block killed the server
    assert installation.manage(END_LEASES).strip() == "1"
    with serving(server, installation.data_dir, **installation.settings) as other:
        installation.wait_until_fewer_than(1)
        assert "Traceback" not in other.log
