"""Pushes as a push service gets them: content, signature, and what services do instead."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

from chat.link_cards.addresses import is_public
from chat.link_cards.network import GuardedNetwork
from chat.push import client as push_client
from chat.push.client import Answer, Unanswered, UnusableEndpoint, endpoint_of
from chat.push.encryption import decoded
from chat.push.pusher import Push, Pusher
from chat.push.vapid import Vapid, _new_private
from chat.tests.support.push_service import (
    HOST,
    Browser,
    PushService,
    endless,
    serving_pushes,
    silent,
    status,
)

VAPID = Vapid(_new_private())
TEA = {"title": "Anna", "body": "tea? ☕"}


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    async with serving_pushes() as service:
        yield service


@pytest.fixture
async def pusher(service: PushService) -> AsyncIterator[Pusher]:
    pusher = Pusher(service.client)
    yield pusher
    await pusher.aclose()


@pytest.fixture
def browser() -> Browser:
    return Browser("anna")


async def push(pusher: Pusher, browser: Browser, **more: Any) -> Answer:
    keys: Any = browser.keys
    return await pusher.push(Push(browser.endpoint, **keys, content=TEA, **more), VAPID)


async def test_a_push_arrives_encrypted_for_the_browser(
    service: PushService, pusher: Pusher, browser: Browser
) -> None:
    assert (await push(pusher, browser)).is_taken
    [request] = service.requests
    assert b"tea" not in request.body
    assert service.pushes(browser) == [TEA]
    headers = request.headers
    assert headers["content-encoding"] == "aes128gcm"
    assert headers["host"] == HOST
    assert int(headers["ttl"]) > 0
    assert headers["urgency"] == "high"
    assert "topic" not in headers


async def test_it_is_signed_by_the_key_that_browsers_subscribe_with(
    service: PushService, pusher: Pusher, browser: Browser
) -> None:
    await push(pusher, browser)
    [request] = service.requests
    scheme, _, rest = request.headers["authorization"].partition(" ")
    parameters = dict(it.strip().split("=", 1) for it in rest.split(","))
    assert (scheme, parameters["k"]) == ("vapid", VAPID.public)
    key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), decoded(VAPID.public))
    origin = f"https://{HOST}"
    claims = jwt.decode(parameters["t"], key, algorithms=["ES256"], audience=origin)
    assert claims["exp"] <= datetime.now(UTC).timestamp() + 24 * 3_600
    assert claims["sub"].startswith(("https://", "mailto:"))


async def test_of_a_topic_a_service_keeps_the_last_push(
    service: PushService, pusher: Pusher, browser: Browser
) -> None:
    await push(pusher, browser, is_urgent=False, topic="the tea room")
    headers = service.requests[0].headers
    assert headers["urgency"] == "normal"
    assert len(headers["topic"]) <= 32
    assert "tea" not in headers["topic"]


async def test_pushes_share_a_connection(
    service: PushService, pusher: Pusher, browser: Browser
) -> None:
    for _ in range(3):
        await push(pusher, browser)
    assert (len(service.requests), service.connections) == (3, 1)


async def test_a_redirect_is_not_followed(
    service: PushService, pusher: Pusher, browser: Browser
) -> None:
    service.on(browser, status(307, f"Location: https://{HOST}/other"))
    assert not (await push(pusher, browser)).is_taken
    assert [it.path for it in service.requests] == ["/anna"]


@pytest.mark.parametrize("answer", [silent, b"", b"tea\r\n\r\n", b"HTTP/1.1 200 OK\r\n"])
async def test_a_service_that_hangs_or_says_nonsense_is_given_up(
    service: PushService,
    pusher: Pusher,
    browser: Browser,
    answer: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(push_client, "WHOLE_SECONDS", 0.5)
    service.on(browser, answer)
    with pytest.raises(Unanswered):
        await push(pusher, browser)


async def test_a_host_that_hung_is_not_asked_for_a_while(
    service: PushService, pusher: Pusher, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So one member's endless list of endpoints there does not take the turns of others."""
    monkeypatch.setattr(push_client, "WHOLE_SECONDS", 0.5)
    service.on(browser, silent)
    for _ in range(5):
        with pytest.raises(Unanswered):
            await push(pusher, browser)
    assert len(service.requests) == 1
    monkeypatch.setattr(push_client, "SLOW_SECONDS", 0)
    await pusher.aclose()
    assert (await push(pusher, Browser("ben"))).is_taken


async def test_slow_hosts_are_remembered_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_client, "SLOW_MAX", 3)
    client = push_client.Client(GuardedNetwork(lambda it: None))
    for number in range(10):
        client._note_slow(f"{number}.example")
    assert len(client._slow) == 3
    await client.aclose()


async def test_of_an_endless_answer_only_the_beginning_is_read(
    service: PushService, pusher: Pusher, browser: Browser
) -> None:
    service.on(browser, endless)
    assert (await push(pusher, browser)).status == 201


async def test_a_hanging_service_holds_no_other_push_up(
    service: PushService, pusher: Pusher, browser: Browser
) -> None:
    service.on(browser, silent)
    hanging = asyncio.create_task(push(pusher, browser))
    assert (await push(pusher, Browser("ben"))).is_taken
    assert not hanging.done()
    hanging.cancel()
    await asyncio.gather(hanging, return_exceptions=True)


async def test_the_address_that_is_connected_to_is_checked(
    service: PushService, browser: Browser
) -> None:
    pusher = Pusher(lambda: service.client(is_allowed=is_public))
    with pytest.raises(Unanswered, match="not public"):
        await push(pusher, browser)
    await pusher.aclose()
    assert service.connections == 0


async def test_a_certificate_of_nobody_known_is_refused(
    service: PushService, browser: Browser
) -> None:
    def untrusting() -> push_client.Client:
        network = GuardedNetwork(lambda it: None, service.resolve, lambda it: True)
        return push_client.Client(network)

    pusher = Pusher(untrusting)
    with pytest.raises(Unanswered):
        await push(pusher, browser)
    await pusher.aclose()
    assert not service.requests


@pytest.mark.parametrize(
    "url",
    [
        "http://push.example/a",
        "https://push.example:8443/a",
        "https://127.1/a",
        "https://localhost/a",
        "https://push.example:80/a",
        "https://user@push.example/a",
        "ftp://push.example/a",
        "file:///etc/passwd",
        "https://testserver/a",
        "x" * 3_000,
        "",
    ],
)
def test_what_is_no_address_of_a_push_service_is_refused(url: str) -> None:
    with pytest.raises(UnusableEndpoint):
        endpoint_of(url)


@pytest.mark.parametrize(
    ("value", "waits"),
    [
        ("120", timedelta(minutes=2)),
        ("999999999999", timedelta(seconds=999999)),
        ("soon", None),
        ("-5", None),
        (f"Mon, 01 Jan 2024 00:00:00 +{'9' * 30}", None),
        (format_datetime(datetime(2001, 1, 1, tzinfo=UTC), usegmt=True), timedelta()),
    ],
)
async def test_a_service_may_ask_to_wait(
    service: PushService, pusher: Pusher, browser: Browser, value: str, waits: timedelta | None
) -> None:
    service.on(browser, status(429, f"Retry-After: {value}"))
    assert await push(pusher, browser) == Answer(429, waits)


async def test_the_thread_ends_with_its_owner_and_begins_again(
    service: PushService, pusher: Pusher, browser: Browser
) -> None:
    await push(pusher, browser)
    await pusher.aclose()
    await push(pusher, browser)
    assert len(service.requests) == 2
