"""Numbers for Prometheus: what they count, and who may read them."""

import asyncio
from typing import Any
from unittest.mock import Mock
from uuid import uuid4

import pytest
from django.db import OperationalError
from prometheus_client.parser import text_string_to_metric_families
from pytest_django.fixtures import Settings

from chat import runtime
from chat.journal import Delete, Edit, Post, database
from chat.journal.read import queries
from chat.journal.read.delivery import Delivery
from chat.journal.read.tail import Tail
from chat.models import Job, Member, Message, Room
from chat.tests.journal.support import commit_elsewhere, commit_silently, entry, versions_read
from chat.tests.support.sockets import Socket
from chat.transport.counters import Histogram, counters
from mysite.servers.proxies import TrustedProxies
from ops.metrics import MetricsEndpoint, shared
from ops.metrics.endpoint import is_entitled
from ops.metrics.families import FAMILIES
from ops.tests.asking import ask

TOKEN = "a-token-of-prometheus"
LOCAL = [(b"host", b"localhost:8000")]

Headers = list[tuple[bytes, bytes]]


def request(client: str | None = "127.0.0.1", headers: Headers = LOCAL) -> dict[str, Any]:
    address = None if client is None else (client, 5000)
    return {"type": "http", "path": "/metrics", "method": "GET", "client": address} | {
        "headers": headers
    }


async def scrape() -> dict[str, float]:
    """All numbers, by name and labels as they are written."""
    _, body = await ask(MetricsEndpoint(None), request())
    return {
        f"{it.name}{sorted(it.labels.values())}": it.value
        for family in text_string_to_metric_families(body.decode())
        for it in family.samples
    }


# --- who may read them --------------------------------------------------------------------------


@pytest.mark.parametrize("client", ["127.0.0.1", "127.0.0.9", "::1"])
@pytest.mark.parametrize("host", [b"localhost", b"127.0.0.1:8000", b"[::1]:8000"])
def test_without_a_token_this_machine_may(client: str, host: bytes) -> None:
    assert is_entitled(request(client, [(b"host", host)]))


@pytest.mark.parametrize("client", ["203.0.113.7", "10.0.0.1", "2001:db8::1", "unix", None])
def test_without_a_token_nobody_else_may(client: str | None) -> None:
    assert not is_entitled(request(client))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"x-forwarded-for", b"203.0.113.7"),
        (b"x-forwarded-for", b"127.0.0.1"),
        (b"x-forwarded-for", b""),
        (b"x-forwarded-proto", b"https"),
        (b"x-forwarded-host", b"localhost"),
        (b"x-real-ip", b"127.0.0.1"),
        (b"forwarded", b"for=127.0.0.1"),
        (b"via", b"1.1 proxy"),
    ],
)
@pytest.mark.parametrize("trusted", [[], ["127.0.0.1/32"]])
async def test_a_proxy_on_this_machine_opens_them_to_nobody(
    name: bytes, value: bytes, trusted: list[str], settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = trusted
    seen: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)

    proxied = TrustedProxies(application, trusted_hosts=trusted)
    await proxied(request(headers=[*LOCAL, (name, value)]), None, None)
    assert [is_entitled(it) for it in seen] == [False]


@pytest.mark.parametrize("headers", [[], [(b"host", b"chat.example.com")], [*LOCAL, *LOCAL]])
def test_another_host_is_a_proxy_or_a_site_that_rebinds_its_name(headers: Headers) -> None:
    assert not is_entitled(request(headers=headers))


@pytest.mark.parametrize(("proxies", "may"), [([], False), (["127.0.0.1/32"], True)])
def test_with_a_public_address_and_a_proxy_that_nobody_named_only_a_token_counts(
    proxies: list[str], may: bool, settings: Settings
) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://chat.example.com"]
    settings.TRUSTED_PROXIES = proxies
    assert is_entitled(request()) is may


@pytest.mark.parametrize("client", ["127.0.0.1", "203.0.113.7", None])
def test_with_a_token_who_has_it_may_at_any_host(client: str | None, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    bearer = (b"authorization", f"Bearer {TOKEN}".encode())
    assert is_entitled(request(client, [(b"host", b"chat.example.com"), bearer]))


@pytest.mark.parametrize(
    "sent", [b"", b"Bearer", b"Bearer ", b"Bearer x", b"Basic a-token-of-prometheus", b"\xff"]
)
def test_with_a_token_nobody_may_without(sent: bytes, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert not is_entitled(request(headers=[*LOCAL, (b"authorization", sent)]))
    assert not is_entitled(request())


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [("/metrics", "GET", []), ("/metrics", "POST", LOCAL), ("/metrics/", "GET", LOCAL)],
)
async def test_others_find_the_page_that_is_not_there(
    path: str, method: str, headers: Headers
) -> None:
    async def no_page(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b"no page"})

    scope = request(headers=headers) | {"path": path, "method": method}
    assert await ask(MetricsEndpoint(no_page), scope) == (404, b"no page")


# --- what they count ----------------------------------------------------------------------------


def test_a_histogram_counts_each_value_up_to_its_bound() -> None:
    histogram = Histogram([1, 2])
    for value in (0.5, 1, 1.5, 9):
        histogram.observe(value)
    histogram.observe(2, times=3)
    assert histogram.counts == [2, 4, 1]
    assert histogram.sum == 18


async def test_every_number_is_there_from_the_start(lobby: Room) -> None:
    names = {it.partition("[")[0] for it in await scrape()}
    beginning = {"counter": "_total", "histogram": "_bucket", "gauge": ""}
    counted_later = {"lobby_refusals_total", "lobby_requests_total"}  # by codes
    assert {f"{it.name}{beginning[it.type]}" for it in FAMILIES} - counted_later <= names


async def test_a_job_that_is_due_is_told_with_its_age(lobby: Room) -> None:
    await database.write(Job.objects.add, "make previews", file=1)
    found = await scrape()
    assert found["lobby_jobs_waiting['make previews']"] == 1
    assert found["lobby_jobs_waiting_seconds['make previews']"] >= 0
    assert found["lobby_jobs_waiting['empty room']"] == 0
    job = await database.write(Job.objects.take, ["make previews"])
    assert job is not None
    await database.write(Job.objects.put_off, job, "no disk")
    found = await scrape()
    assert found["lobby_jobs_waiting['make previews']"] == 0
    assert found["lobby_jobs_failing['make previews']"] == 1


async def test_a_database_that_hangs_is_told_and_asked_once(
    lobby: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, answer, asked = asyncio.get_running_loop(), asyncio.Event(), []

    def hang() -> None:
        asked.append(1)
        asyncio.run_coroutine_threadsafe(answer.wait(), loop).result(10)

    monkeypatch.setattr(shared, "_read", hang)
    monkeypatch.setattr(shared, "DATABASE_SECONDS", 0.02)
    numbers = shared.Shared()
    for _ in range(5):
        [metric] = await numbers.collect()
        assert metric.samples[0].value == 0
    answer.set()
    assert len(asked) == 1


async def test_a_fault_of_lobbys_is_not_taken_for_one_of_the_database(
    lobby: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read() -> None:
        raise KeyError("missing")

    monkeypatch.setattr(shared, "_read", read)
    with pytest.raises(KeyError):
        await shared.Shared().collect()


async def test_a_database_that_refuses_is_told(
    lobby: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise OperationalError("too many connections")

    monkeypatch.setattr(shared, "_read", refuse)
    [metric] = await shared.Shared().collect()
    assert metric.samples[0].value == 0


# --- gaps ---------------------------------------------------------------------------------------


async def checked(lobby: Room, known: int, announced: list[tuple[int, int]]) -> int:
    """How many gaps a feed finds whose head is `known`, when this is announced."""
    before = counters.gaps_detected
    async with runtime.current().journal.listen(lobby) as feed:
        feed.tail.start(0)
        for entry in await database.read(queries.changes, lobby.pk, 0, 500):
            if entry.version <= known and (entry.seq, entry.version) not in announced[:1]:
                feed.tail.extend([entry])
        feed.look_for_gap(announced)
        if (task := feed._confirming_gap) is not None:
            await asyncio.wait([task])
    return counters.gaps_detected - before


async def test_a_change_that_a_feed_passed_by_is_a_gap(lobby: Room, alice: Member) -> None:
    await database.write(commit_silently, lobby, alice, 3)
    assert await checked(lobby, known=3, announced=[(2, 2)]) == 1


async def test_a_change_that_a_feed_has_is_none(lobby: Room, alice: Member) -> None:
    await database.write(commit_silently, lobby, alice, 3)
    assert await checked(lobby, known=3, announced=[(9, 9), (1, 1), (2, 2), (3, 3)]) == 0


async def test_a_change_that_is_still_to_come_is_none(lobby: Room, alice: Member) -> None:
    await database.write(commit_silently, lobby, alice, 3)
    assert await checked(lobby, known=2, announced=[(3, 3)]) == 0


async def test_a_message_that_is_gone_is_none(lobby: Room, alice: Member) -> None:
    await database.write(commit_silently, lobby, alice, 3)
    await database.write(Message.objects.filter(room=lobby, seq=2).delete)
    assert await checked(lobby, known=3, announced=[(2, 2)]) == 0


# --- counting -----------------------------------------------------------------------------------


async def test_what_reconciling_finds_is_counted(
    lobby: Room, alice: Member, settings: Settings
) -> None:
    settings.RECONCILE_SECONDS = 0.05
    before = counters.reconcile_finds
    async with runtime.current().journal.listen(lobby) as feed:
        await commit_elsewhere(lobby, alice, 3)
        assert await versions_read(feed, 0, 3) == [1, 2, 3]
    assert counters.reconcile_finds > before  # a round each, until the room has caught up


async def test_a_change_is_counted_by_what_it_did_and_a_repetition_is_not(
    lobby: Room, alice: Member
) -> None:
    before, timed = counters.messages.copy(), sum(counters.commit_seconds.counts)
    journal, post = runtime.current().journal, Post(lobby.pk, alice.pk, uuid4(), "hello")
    for change in (post, post, Edit(lobby.pk, alice.pk, 1, "hi"), Delete(lobby.pk, alice.pk, 1)):
        await journal.append(change)
    assert counters.messages - before == {"posted": 1, "edited": 1, "deleted": 1}
    assert sum(counters.commit_seconds.counts) == timed + 4


async def sent() -> None:
    pass


async def test_a_delivery_is_counted_and_timed_for_each_socket_that_keeps_up() -> None:
    tail = Tail()
    delivery, followers = Delivery(tail), [Mock(version=0) for _ in range(4)]
    for it in followers[:3]:
        it.advance.side_effect = lambda _: sent()
    followers[3].advance.return_value = None  # its window is full
    pushes = [asyncio.create_task(delivery.push_to(it)) for it in followers]
    await asyncio.sleep(0)
    before, timed = counters.deliveries, sum(counters.delivery_seconds.counts)
    tail.extend([entry(1)])
    delivery.start()
    await asyncio.gather(*pushes)  # they go on by themselves, as their versions stay behind
    assert counters.deliveries == before + 3
    assert sum(counters.delivery_seconds.counts) == timed + 3


async def test_refusals_and_sockets_are_counted_by_what_they_are(lobby: Room) -> None:
    refused, sockets = counters.refusals.copy(), counters.sockets.copy()
    person = Socket("Lobby")
    await person.connect()
    await person.receive_from()
    assert counters.sockets - sockets == {"chat.v1": 1}
    await person.send_to(text_data='{"type": "nothing"}')
    await person.receive_from()
    await person.disconnect()
    assert counters.refusals - refused == {("socket", "unknown_type"): 1}
    assert counters.sockets - sockets == {}


async def test_a_socket_that_is_closed_is_counted_by_its_close_code(lobby: Room) -> None:
    refused = counters.refusals.copy()
    person = Socket("no such room?")
    await person.connect()
    await person.receive_output()
    assert counters.refusals - refused == {("connect", "4404"): 1}
