"""Runs every scenario against Lobby at a small scale."""

import asyncio
from typing import Any

import pytest

from bench import load, scenarios, small_rooms, targets
from bench.programs import programs
from bench.scenarios import QUICK, Scenario
from bench.targets import Running
from bench.uploads import uploads

ALL = [
    scenarios.quiet_and_busy,
    scenarios.room_sizes,
    small_rooms.many_rooms,
    small_rooms.rooms_of_two,
    small_rooms.entering,
    scenarios.reconnect_storm,
    scenarios.simultaneous_joins,
    scenarios.stalled_readers,
    uploads,
    programs,
    scenarios.history,
]


@pytest.mark.server
def test_every_scenario_runs_and_loses_no_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "LOSS_SECONDS", 60)  # a busy machine loses nothing, and is slow
    with targets.lobby("uvicorn", "memory", "sqlite").running() as running:
        for scenario in ALL:
            rows = asyncio.run(_run(scenario, running))
            assert rows, scenario.__name__
            for row in rows:
                assert row.get("lost", 0) == row.get("repeated", 0) == row.get("refused", 0) == 0
                assert row.get("deliveries", 1) > 0


async def _run(scenario: Scenario, running: Running) -> list[dict[str, Any]]:
    return [figures async for _, figures in scenario(running, QUICK)]
