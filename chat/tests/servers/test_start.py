"""From a fresh clone to a page, with every server, without a ritual."""

import errno
import os
import re
import sqlite3
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from chat.tests.support.postgresql import PostgreSQL
from chat.tests.support.servers import (
    COMMANDS,
    ROOT,
    START_SECONDS,
    Server,
    environment,
    serving,
)
from mysite.servers import startup

STARTS = ("daphne", "uvicorn", "plain uvicorn", "runserver")


@pytest.mark.parametrize("kind", STARTS)
def test_a_server_starts_where_nobody_prepared_anything(kind: str, tmp_path: Path) -> None:
    server = Server(kind, tmp_path)
    try:
        page = urllib.request.urlopen(server.url).read().decode()
        assert 'id="room-name-input"' in page
        stylesheet = page.split('rel="stylesheet" href="')[1].split('"')[0]
        request = urllib.request.Request(
            f"{server.url}{stylesheet}", headers={"Accept-Encoding": "br"}
        )
        with urllib.request.urlopen(request) as answer:
            assert answer.headers["Content-Encoding"] == "br"
            assert "immutable" in answer.headers["Cache-Control"]
        with urllib.request.urlopen(f"{server.url}/chat/lobby/messages") as answer:
            assert answer.read() == b'{"messages":[],"more":false}'
        assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
        assert "Traceback" not in server.log
        assert "migrat" not in server.log.lower()
    finally:
        server.kill()


def test_importing_the_application_prepares_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import mysite.asgi"]
    subprocess.run(command, cwd=ROOT, env=environment(tmp_path), check=True)
    assert {it.name for it in tmp_path.iterdir()} <= {"secret_key"}


def test_under_debug_german_pages_have_their_translations(tmp_path: Path) -> None:
    with serving("uvicorn", tmp_path, DEBUG="on") as server:
        request = urllib.request.Request(
            f"{server.url}/chat/tea/", headers={"Accept-Language": "de"}
        )
        page = urllib.request.urlopen(request).read().decode()
        [address] = re.findall(r'<script defer src="([^"]+)"', page)
        catalog = urllib.request.urlopen(f"{server.url}{address}").read().decode()
        assert "Zur\\u00fcck zum Neuesten" in catalog


def test_servers_that_start_together_prepare_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor() as threads:
        servers = list(threads.map(lambda _: Server("uvicorn", tmp_path), range(3)))
    try:
        prepared = [server for server in servers if "preparing static files" in server.log]
        assert len(prepared) == 1
        assert len({urllib.request.urlopen(server.url).status for server in servers}) == 1
    finally:
        for server in servers:
            server.kill()


def run(*command: str, data_dir: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run something with Python that is expected to end."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(data_dir, **settings),
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )


def start(
    data_dir: Path, kind: str = "daphne", **settings: str
) -> subprocess.CompletedProcess[str]:
    """Start a server, which is expected to stop at once."""
    command = [part.format(port=0) for part in COMMANDS[kind] if part != "--noreload"]
    return run(*command, data_dir=data_dir, **settings)


COLLECTOR = "gc.get_freeze_count(), gc.get_threshold()"


def test_an_import_of_the_application_changes_nothing(tmp_path: Path) -> None:
    program = f"import gc; before = {COLLECTOR}; import mysite.asgi; print(before == ({COLLECTOR}))"
    imported = run("-c", program, data_dir=tmp_path)
    assert (imported.stdout, imported.stderr) == ("True\n", "")
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


@pytest.mark.parametrize("kind", STARTS)
def test_a_start_that_cannot_prepare_says_why_in_one_line(kind: str, tmp_path: Path) -> None:
    (tmp_path / "lobby.sqlite3").write_text("this is no database" * 100)
    stopped = start(tmp_path, kind)
    assert stopped.returncode == (3 if kind == "plain uvicorn" else 1)
    [line] = [line for line in stopped.stderr.splitlines() if "Lobby cannot start" in line]
    assert line.endswith("the database does not answer: file is not a database")
    assert "Traceback" not in stopped.stderr
    if kind in {"daphne", "uvicorn"}:
        assert stopped.stderr == f"{line}\n"


def test_a_database_of_a_development_version_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "lobby.sqlite3")) as database:
        database.execute(
            "CREATE TABLE django_migrations (id INTEGER, app TEXT, name TEXT, applied)"
        )
        database.execute(
            "INSERT INTO django_migrations VALUES (1, 'admin', '0001_initial', '2026-11-01')"
        )
        database.commit()
    stopped = start(tmp_path)
    assert stopped.returncode == 1
    [line] = stopped.stderr.splitlines()
    assert "made by a development version" in line


def test_a_start_on_a_postgresql_without_the_schema_says_what_to_run(tmp_path: Path) -> None:
    postgresql = PostgreSQL.shared()
    stopped = start(tmp_path, DATABASE_URL=postgresql.url(postgresql.create()))
    assert stopped.returncode == 1
    [line] = stopped.stderr.splitlines()
    assert line.endswith("Run `python manage.py migrate` first.")


def test_a_start_without_its_database_says_so(tmp_path: Path) -> None:
    stopped = start(tmp_path, DATABASE_URL="postgresql://lobby:secret@127.0.0.1:1/lobby")
    assert stopped.returncode == 1
    line = stopped.stderr.splitlines()[-1]
    assert line.startswith("Lobby cannot start: the database does not answer")
    assert "secret" not in stopped.stderr
    assert "Traceback" not in stopped.stderr


WRONG = {
    "DEBUG": "perhaps",
    "DATABASE_URL": "mysql://me:secret@host/name",
    "REDIS_URL": "host:6379",
    "CHANNEL_LAYER": "rabbit",
    "ALLOWED_HOSTS": "http://chat.example.com",
    "CSRF_TRUSTED_ORIGINS": "chat.example.com",
    "RECONCILE_SECONDS": "-1",
    "TRUSTED_PROXIES": "proxy.example.com",
    "HSTS_INCLUDE_SUBDOMAINS": "some",
    "ROOT_PATH": "https://example.com/lobby",
    "ROOT_PATH_STRIPPED": "/lobby",
}


@pytest.mark.parametrize(("name", "value"), WRONG.items(), ids=WRONG.keys())
def test_a_wrong_value_stops_the_start_with_one_line(name: str, value: str, tmp_path: Path) -> None:
    stopped = start(tmp_path, **{name: value})
    assert stopped.returncode == 1
    [line] = stopped.stderr.splitlines()
    assert line.startswith(f"Lobby cannot start: {name}=")
    assert value.rpartition("@")[2] in line
    assert "secret" not in line


def test_a_redis_layer_without_redis_stops_the_start(tmp_path: Path) -> None:
    [line] = start(tmp_path, CHANNEL_LAYER="redis").stderr.splitlines()
    assert "CHANNEL_LAYER='redis' is not possible without REDIS_URL" in line


def test_a_second_start_prepares_nothing(tmp_path: Path) -> None:
    with serving("uvicorn", tmp_path) as server:
        assert "preparing" not in server.log


def test_a_start_on_a_full_disk_names_the_folder(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    settings.DATA_DIR = tmp_path
    monkeypatch.setattr("mysite.servers.private_files.protect", write)
    with pytest.raises(startup.CannotStart) as stopped:
        startup.prepare()
    assert str(stopped.value) == f"Lobby cannot start: {tmp_path}: No space left on device."
