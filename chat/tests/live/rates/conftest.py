from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.asyncio import BlockingConnectionPool


@pytest.fixture(autouse=True)
async def close_redis_connections(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    pools: list[BlockingConnectionPool] = []
    from_url = BlockingConnectionPool.from_url

    def from_url_recorded(*args: Any, **options: Any) -> BlockingConnectionPool:
        pools.append(from_url(*args, **options))
        return pools[-1]

    monkeypatch.setattr(BlockingConnectionPool, "from_url", from_url_recorded)
    yield
    for pool in pools:
        await pool.disconnect()
