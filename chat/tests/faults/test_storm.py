"""The short form of the soak: every server, database and Redis layer, for a few faults each."""

import pytest

from chat.tests.faults.storm import CONFIRMED, FAULTS, storm

SECONDS = 12
INSTALLATIONS = [
    ("daphne", "sqlite", "redis"),
    ("daphne", "postgresql", "redis-pubsub"),
    ("uvicorn", "sqlite", "redis-pubsub"),
    ("uvicorn", "postgresql", "redis"),
]


@pytest.mark.server
@pytest.mark.parametrize(("kind", "database", "layer"), INSTALLATIONS)
async def test_nothing_is_lost_repeated_or_out_of_order(
    kind: str, database: str, layer: str
) -> None:
    verdict = await storm(kind, database, layer, SECONDS, seed=2026, say=print)
    assert verdict.faults >= FAULTS
    assert verdict.confirmed >= CONFIRMED
    assert verdict.is_good, verdict
