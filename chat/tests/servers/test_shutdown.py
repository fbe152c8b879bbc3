"""SIGTERM: what was accepted is finished, and everybody is told to come back."""

import asyncio
import time
from contextlib import suppress
from itertools import count

from websockets.exceptions import ConnectionClosed

from chat.tests.servers.test_stalled_readers import stalled_reader, talk
from chat.tests.support.clients import V1Client, v1
from chat.tests.support.servers import Server, history

SENT_AT_ONCE = 20  # frames: an answer comes while the next ones are written


async def test_sockets_are_closed_so_that_clients_come_back(server: Server, room: str) -> None:
    async with v1(server.socket_url(room)) as alice, v1(server.socket_url(room)) as bob:
        await alice.say("hello")
        await asyncio.to_thread(server.terminate)
        assert await alice.until_closed() == 1012
        assert await bob.until_closed() == 1012
    assert server.process.returncode == 0
    assert "Traceback" not in server.log


async def test_a_client_in_the_middle_of_sending_is_told_as_well(server: Server, room: str) -> None:
    async with v1(server.socket_url(room)) as alice:
        sending = asyncio.create_task(send_without_end(alice))
        await alice.say("hello")
        stopping = asyncio.create_task(asyncio.to_thread(server.terminate))
        assert await alice.until_closed() == 1012
        await asyncio.gather(sending, stopping)
    assert "Traceback" not in server.log


async def send_without_end(client: V1Client) -> None:
    with suppress(ConnectionClosed):
        for number in count():
            await client.send(type="typing")
            if number % SENT_AT_ONCE == 0:
                await asyncio.sleep(0)


async def test_what_was_sent_before_is_stored_or_was_never_confirmed(
    server: Server, room: str
) -> None:
    async with v1(server.socket_url(room)) as alice:
        for number in range(200):
            await alice.send(type="message.send", id=f"{number:032x}", text=str(number))
        await alice.until(lambda: len(alice.messages) >= 20)
        await asyncio.to_thread(server.terminate)
        await alice.until_closed()
    assert "Traceback" not in server.log
    server.start()
    stored = [message["text"] for message in history(server, room, "?limit=200")["messages"]]
    assert stored == [str(number) for number in range(len(stored))]
    assert set(alice.texts) <= set(stored)


async def test_a_reader_that_is_stalled_does_not_hold_up_the_end(server: Server, room: str) -> None:
    async with v1(server.socket_url(room)) as stalled, v1(server.socket_url(room)) as alice:
        stalled.socket.transport.pause_reading()
        for number in range(150):
            await alice.send(type="message.send", id=f"{number:032x}", text="x" * 8_000)
            await alice.until(lambda number=number: len(alice.messages) > number)  # type: ignore[misc]
            await alice.send(type="ack", version=number + 1)
        start = time.monotonic()
        await asyncio.to_thread(server.terminate)  # raises after 20 s
        assert time.monotonic() - start < 20
        stalled.socket.transport.abort()


async def test_a_reader_that_takes_nothing_does_not_hold_up_the_end(
    server: Server, room: str
) -> None:
    """More is unsent to it than the kernel takes: the server cannot finish sending."""
    url = server.socket_url(room)
    async with stalled_reader(url, "plain", trickles=False), v1(url) as alice:
        await talk(alice, 1_000)
        await asyncio.to_thread(server.terminate)  # raises if it does not end
        assert await alice.until_closed() == 1012
    assert server.process.returncode == 0
    assert "Traceback" not in server.log
