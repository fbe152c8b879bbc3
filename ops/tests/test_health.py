"""Health checks: what a load balancer and an orchestrator are told."""

import asyncio
import json
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.db import OperationalError

from chat import runtime
from chat.models import Room
from ops import health
from ops.health import HealthEndpoints

PATIENCE_SECONDS = 10


async def no_pages(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b'{"status": "a page"}'})


async def ask(
    application: HealthEndpoints, path: str, method: str = "GET"
) -> tuple[int, dict[str, str]]:
    scope = {
        "type": "http",
        "path": path,
        "method": method,
        "headers": [(b"host", b"203.0.113.7")],
    }
    asking = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]
    start = await asking.receive_output(PATIENCE_SECONDS)  # type: ignore[no-untyped-call]
    body = await asking.receive_output(PATIENCE_SECONDS)  # type: ignore[no-untyped-call]
    await asking.wait()  # type: ignore[no-untyped-call]
    return start["status"], json.loads(body["body"])


async def test_a_process_that_answers_is_alive() -> None:
    assert await ask(HealthEndpoints(no_pages), "/livez") == (200, {"status": "alive"})


async def test_a_process_with_a_database_is_ready(lobby: Room) -> None:
    assert await ask(HealthEndpoints(no_pages), "/readyz") == (200, {"status": "ready"})


@pytest.mark.parametrize("path", ["/", "/livez/", "/readyz/x", "/chat/livez/"])
async def test_other_paths_are_pages(path: str) -> None:
    assert await ask(HealthEndpoints(no_pages), path) == (404, {"status": "a page"})


async def test_posting_is_no_health_check() -> None:
    assert (await ask(HealthEndpoints(no_pages), "/livez", "POST"))[0] == 404


async def test_a_process_without_its_database_is_alive_and_not_ready(
    lobby: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr(health, "_query_database", away)
    endpoints = HealthEndpoints(no_pages)
    assert (await ask(endpoints, "/readyz"))[0] == 503
    assert (await ask(endpoints, "/livez"))[0] == 200
    monkeypatch.undo()
    assert (await ask(endpoints, "/readyz"))[0] == 200


async def test_checks_of_a_database_that_hangs_share_one_query(
    lobby: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries: list[None] = []
    loop, answer = asyncio.get_running_loop(), asyncio.Event()

    def hang() -> None:
        queries.append(None)
        asyncio.run_coroutine_threadsafe(answer.wait(), loop).result(PATIENCE_SECONDS)

    monkeypatch.setattr(health, "_query_database", hang)
    monkeypatch.setattr(health, "DATABASE_SECONDS", 0.05)
    endpoints = HealthEndpoints(no_pages)
    statuses = [(await ask(endpoints, "/readyz"))[0] for _ in range(20)]
    answer.set()
    assert statuses == [503] * 20
    assert len(queries) == 1


async def test_a_process_that_shuts_down_is_not_ready(lobby: Room) -> None:
    await runtime.current().journal.drain()
    expected = 503, {"status": "shutting down"}
    assert await ask(HealthEndpoints(no_pages), "/readyz") == expected
