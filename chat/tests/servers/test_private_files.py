"""Other users of the machine cannot read what Lobby stores, whatever the mode of its folder."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat.tests.support.servers import ROOT, Server, environment, make_ready, serving

LOG = "lobby.log"


def modes(folder: Path) -> dict[str, int]:
    """The modes of the files in the folder; the test's own log of the server is left out."""
    return {
        path.name: path.stat().st_mode & 0o777
        for path in folder.iterdir()
        if path.is_file() and not path.name.startswith(("daphne-", "uvicorn-", "runserver-"))
    }


@pytest.fixture
def open_folder(tmp_path: Path) -> Path:
    """A folder that an operator made, with a usual umask."""
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o755)
    return folder


@pytest.fixture(params=["daphne", "uvicorn", "plain uvicorn", "runserver"])
def started(request: pytest.FixtureRequest, open_folder: Path) -> Iterator[Server]:
    server = Server(request.param, open_folder)
    yield server
    server.kill()


def test_new_files_are_closed_in_an_open_folder(started: Server) -> None:
    found = modes(started.data_dir)
    assert {"lobby.sqlite3", "lobby.sqlite3-wal", "lobby.sqlite3-shm", "secret_key"} <= set(found)
    assert set(found.values()) == {0o600}


def test_a_start_says_once_that_the_folder_is_open(started: Server) -> None:
    warning = f"Lobby: Other users can enter the folder {started.data_dir}: its mode is 755."
    assert started.log.count(warning) == 1


def test_old_files_are_closed_at_the_start(open_folder: Path) -> None:
    make_ready(open_folder)
    open_folder.chmod(0o755)
    (open_folder / LOG).touch()
    for path in open_folder.iterdir():
        path.chmod(0o755 if path.is_dir() else 0o644)
    with serving("uvicorn", open_folder):
        assert LOG in modes(open_folder)
        assert set(modes(open_folder).values()) == {0o600}


def test_a_database_elsewhere_is_closed_too(open_folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    elsewhere.chmod(0o755)
    database = elsewhere / "rooms.sqlite3"
    database.touch()
    database.chmod(0o644)
    with serving("uvicorn", open_folder, DATABASE_URL=f"sqlite:///{database}"):
        assert set(modes(elsewhere)) >= {"rooms.sqlite3", "rooms.sqlite3-wal"}
        assert set(modes(elsewhere).values()) == {0o600}


def test_a_command_that_creates_the_database_closes_it(open_folder: Path) -> None:
    migrate(open_folder)
    assert modes(open_folder)["lobby.sqlite3"] == 0o600


def test_a_link_to_another_file_is_left_alone(open_folder: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.touch()
    theirs.chmod(0o644)
    (open_folder / "link").symlink_to(theirs)
    with serving("uvicorn", open_folder):
        assert theirs.stat().st_mode & 0o777 == 0o644


def test_a_closed_folder_is_not_mentioned(tmp_path: Path) -> None:
    with serving("uvicorn", tmp_path) as server:
        assert "Other users" not in server.log


def migrate(data_dir: Path) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        cwd=ROOT,
        env=environment(data_dir),
        check=True,
        capture_output=True,
    )
