"""The abuse suite in its short form: each attack, in little volume, beside a person who talks."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Executor

import pytest

from bench.abuse.attack import SHORT, Attack
from bench.abuse.attacks import ALL
from bench.abuse.runner import SETTINGS, SHORT_RATES, attackers, run, warm_up
from chat.tests.support.servers import Server, serving

TALKERS = 1
AT_LEAST = 2  # messages

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def pool() -> Iterator[Executor]:
    with attackers() as pool:
        yield pool


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, pool: Executor
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("abuse")
    with serving(request.param, folder, **SETTINGS, **SHORT_RATES) as server:
        warm_up(server, pool)
        yield server


@pytest.mark.parametrize("attack", ALL, ids=lambda it: it.name)
def test_who_talks_beside_an_attack_notices_nothing(
    attack: Attack, server: Server, pool: Executor
) -> None:
    result = asyncio.run(run(attack, server, SHORT, pool, TALKERS, AT_LEAST))
    assert result.problems == []
