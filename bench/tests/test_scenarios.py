"""The bench works, in small: every scenario runs against Lobby, and nothing is lost in it."""

import asyncio
from typing import Any

import pytest

from bench import scenarios, subjects
from bench.scenarios import QUICK, Scenario
from bench.subjects import Running

ALL = [
    scenarios.quiet_and_busy,
    scenarios.sizes,
    scenarios.many_rooms,
    scenarios.storm,
    scenarios.arrivals,
    scenarios.stall,
    scenarios.history,
]


@pytest.mark.server
def test_every_scenario_runs_and_loses_nothing() -> None:
    with subjects.lobby("uvicorn", "memory", "sqlite").running() as running:
        for scenario in ALL:
            rows = asyncio.run(_run(scenario, running))
            assert rows, scenario.__name__
            for row in rows:
                assert row.get("lost", 0) == row.get("repeated", 0) == row.get("refused", 0) == 0
                assert row.get("deliveries", 1) > 0


async def _run(scenario: Scenario, running: Running) -> list[dict[str, Any]]:
    return [figures async for _, figures in scenario(running, QUICK)]
