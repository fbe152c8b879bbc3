"""Bodies that an application on daphne gets as they come."""

import asyncio
from typing import Any

import pytest

from mysite.servers.daphne_bodies import BEHIND_BYTES, StreamedBody

DISCONNECT = {"type": "http.disconnect"}


class Channel:
    def __init__(self) -> None:
        self.calls: list[str] = []

    def hold(self) -> None:
        self.calls.append("hold")

    def read_on(self) -> None:
        self.calls.append("read on")


@pytest.fixture
def channel() -> Channel:
    return Channel()


@pytest.fixture
def body(channel: Channel) -> StreamedBody:
    return StreamedBody(channel)


def request(data: bytes, more_body: bool) -> Any:
    return {"type": "http.request", "body": data, "more_body": more_body}


async def test_a_body_comes_in_the_pieces_there_are(body: StreamedBody) -> None:
    waiting = asyncio.create_task(body.receive())
    await asyncio.sleep(0)
    body.take(b"a")
    assert await waiting == request(b"a", True)
    body.take(b"b")
    body.take(b"c")
    body.end()
    assert await body.receive() == request(b"bc", False)


async def test_the_end_may_come_alone(body: StreamedBody) -> None:
    body.take(b"a")
    assert await body.receive() == request(b"a", True)
    body.end()
    assert await body.receive() == request(b"", False)


async def test_after_the_body_there_is_only_the_disconnect(body: StreamedBody) -> None:
    body.end()
    assert await body.receive() == request(b"", False)
    waiting = asyncio.create_task(body.receive())
    await asyncio.sleep(0)
    assert not waiting.done()
    body.put_nowait(DISCONNECT)
    assert await waiting == DISCONNECT


async def test_what_arrived_comes_before_the_disconnect(body: StreamedBody) -> None:
    body.take(b"a")
    body.put_nowait(DISCONNECT)
    assert await body.receive() == request(b"a", True)
    assert await body.receive() == DISCONNECT


async def test_daphnes_own_empty_body_is_no_body(body: StreamedBody) -> None:
    body.put_nowait(request(b"", False))
    body.take(b"a")
    assert await body.receive() == request(b"a", True)


async def test_an_application_that_is_behind_is_waited_for(
    body: StreamedBody, channel: Channel
) -> None:
    body.take(b"x" * BEHIND_BYTES)
    assert channel.calls == []
    body.take(b"x")
    assert channel.calls == ["hold"]
    await body.receive()
    assert channel.calls == ["hold", "read on"]
