"""A short soak test: a few faults for every server, database and Redis layer."""

import pytest

from chat.tests.faults.fault_injection import inject_faults

SECONDS = 12
INSTALLATIONS = [
    ("daphne", "sqlite", "redis"),
    ("daphne", "postgresql", "redis-pubsub"),
    ("uvicorn", "sqlite", "redis-pubsub"),
    ("uvicorn", "postgresql", "redis"),
]


@pytest.mark.server
@pytest.mark.timeout(400)  # a busy machine needs minutes for a restart
@pytest.mark.parametrize(("kind", "database", "layer"), INSTALLATIONS)
async def test_faults_lose_repeat_and_reorder_no_message(
    kind: str, database: str, layer: str
) -> None:
    result = await inject_faults(kind, database, layer, SECONDS, seed=2026, report=print)
    assert result.faults >= 3
    assert result.confirmed >= 50
    assert result.passed, result
