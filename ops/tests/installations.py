"""Installations on both databases, whose commands run in processes of their own."""

import json
import subprocess
import sys
import zlib
from pathlib import Path

from chat.tests.support.postgresql import PostgreSQL
from chat.tests.support.servers import ROOT, environment
from ops.backup.archive import Reader

FILLED = """
import uuid
from datetime import timedelta
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.base import ContentFile
from django.utils import timezone
from accounts.models import User
from chat.files.storage import files_storage
from chat.journal import Post
from chat.journal.changes import Delete, React
from chat.journal.write.appender import commit
from chat.models import *
from chat.models.file import FileState
from chat.models.room_name import RoomName

ada = User.objects.create_user("ada", password="kettle and tea")
ada.groups.add(Group.objects.create(name="tea"))
author = Member.objects.create(name="Ada", user=ada)
guest = Member.objects.create(name="Zoë \\N{TEAPOT}", claimed_by=ada)
for name in ("Lobby", "Kettles"):
    room = Room.objects.ensure(RoomName.parse(name))
    texts = [f"**hi** {n} \\N{TEAPOT} <&>" for n in range(600)]
    commit([Post(room.pk, author.pk, uuid.uuid4(), it) for it in texts])
    commit([React(room.pk, guest.pk, 3, "\\N{THUMBS UP SIGN}", True)])
    commit([Delete(room.pk, author.pk, 4)])
for key in ("Zz", "aa", "_b"):
    session = SessionStore(); session["who"] = key; session.save()
for number in range(3):
    file = File.begin(author, room, uuid.uuid4(), name=f"{number}.txt", size=4 + number)
    file.state, file.previews = FileState.READY, {}
    file.save()
    files_storage().save(file.key, ContentFile(b"byte" + b"s" * number))
Job.objects.add("nobody knows this kind", z=1, a=[1.5, None, {"b": 2, "a": "\\N{TEAPOT}"}])
"""


class Installation:
    """The data folder and the database of an installation."""

    def __init__(self, folder: Path, vendor: str = "sqlite", **settings: str) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.settings = settings
        if vendor == "postgresql":
            postgresql = PostgreSQL.shared()
            self.settings["DATABASE_URL"] = postgresql.url(postgresql.create())

    def run(self, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a command of manage.py."""
        return subprocess.run(
            [sys.executable, "-W", "ignore", "manage.py", *command],
            cwd=ROOT,
            env=environment(self.folder, **self.settings, **settings),
            capture_output=True,
            text=True,
            check=False,
        )

    def do(self, *command: str, **settings: str) -> str:
        """What a command says that ends well."""
        done = self.run(*command, **settings)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def refusal(self, *command: str, **settings: str) -> str:
        """The line that a command says that is refused."""
        done = self.run(*command, **settings)
        assert done.returncode != 0, done.stdout
        lines = [it for it in done.stderr.splitlines() if it.startswith("CommandError: ")]
        assert "Traceback" not in done.stderr
        assert len(lines) == 1
        return lines[0].removeprefix("CommandError: ")

    def fill(self) -> "Installation":
        self.do("migrate", "--verbosity=0")
        self.python(FILLED)
        return self

    def python(self, script: str) -> str:
        """What a script prints."""
        return self.do("shell", "--no-imports", "--command", script)

    @property
    def has_files(self) -> bool:
        return any(it.is_file() for it in (self.folder / "files").rglob("*"))


def contents(archive: Path) -> dict[str, bytes]:
    """What is in an archive that is not encrypted, by names; rows decompressed."""
    with archive.open("rb") as file:
        members = {it.name: b"".join(it.pieces()) for it in Reader(file).members()}
    return {
        name: zlib.decompress(data, 31) if name.endswith(".gz") else data
        for name, data in members.items()
    }


def rows(archive: Path) -> dict[str, bytes]:
    """The rows of all tables, without what a restore changes."""
    found = contents(archive)
    manifest = json.loads(found["manifest.json"])
    [room] = [it for it in manifest["tables"] if it["name"] == "chat.room"]
    tables = {name: data for name, data in found.items() if name.startswith("rows/")}
    cut = [room["columns"].index(it) for it in ("epoch", "version")]
    name = "rows/chat.room/000001.jsonl.gz"
    lines = [json.loads(it) for it in tables[name].splitlines()]
    kept = [[it for at, it in enumerate(line) if at not in cut] for line in lines]
    return {**tables, name: json.dumps(kept).encode()}
