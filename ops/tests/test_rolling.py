"""Processes are replaced one by one by those of a later version, while people write and read."""

import asyncio
import random
from pathlib import Path

import pytest

from chat.tests.faults.fault_injection import Confirmed, run_clients
from chat.tests.faults.installation import Installation, new_installation
from chat.tests.support.servers import environment, migrate
from ops.tests import code_versions

MESSAGES = 40  # of all clients, between two steps

pytestmark = [pytest.mark.server, pytest.mark.timeout(600)]


@pytest.mark.parametrize(
    ("kind", "database", "layer"),
    [("uvicorn", "postgresql", "redis"), ("daphne", "sqlite", "redis-pubsub")],
)
async def test_an_upgrade_and_its_undoing_lose_repeat_and_reorder_no_message(
    tmp_path: Path, kind: str, database: str, layer: str
) -> None:
    old, new = code_versions.released(tmp_path), code_versions.to_come(tmp_path)
    async with new_installation(kind, database, layer, old) as installation:

        async def roll(confirmed: Confirmed) -> int:
            await more(confirmed)
            if database == "postgresql":  # on SQLite, the first new process does it at its start
                await asyncio.to_thread(migrate_while_people_write, installation, new)
                await more(confirmed)  # of the old processes on the new schema
            steps = [(0, new), (1, new), (1, old)]
            for number, root in steps:
                await installation.replace(number, root)
                await more(confirmed)
            return len(steps)

        result = await run_clients(installation, random.Random(2026), roll)
        logs = [server.log for server in installation.servers]
    assert result.passed, result
    assert not any("Traceback" in it for it in logs)


async def more(confirmed: Confirmed) -> None:
    """Wait until people have written more."""
    wanted = confirmed() + MESSAGES
    while confirmed() < wanted:  # noqa: ASYNC110
        await asyncio.sleep(0.05)


def migrate_while_people_write(installation: Installation, root: Path) -> None:
    [server, _] = installation.servers
    migrate(root, environment(server.data_dir, **server.settings))
