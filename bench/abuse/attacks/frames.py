"""Frames at full speed: ones that cost little to send, malformed ones, pings, fragments."""

import asyncio
import itertools
import json
from collections.abc import Callable, Iterator

from picows import WSMsgType

from bench.abuse.attack import Attack, Networks, Run, Scale, Tally, Target, repeat
from bench.abuse.sockets import AttackSocket, connected

WORKERS = 12
FRAMES = 2_000  # of a connection: more than a server takes
SENT_AT_ONCE = 50

Send = Callable[[AttackSocket], None]


def _texts(*texts: bytes) -> Iterator[Send]:
    for text in itertools.cycle(texts):
        yield lambda socket, text=text: socket.send_text(text)  # type: ignore[misc]


def _flood(sends: Callable[[], Iterator[Send]]) -> Run:
    async def attack(target: Target, scale: Scale, tally: Tally) -> None:
        networks = Networks(many=True)

        async def act() -> None:
            async with connected(target, tally, "frames", networks.next()) as socket:
                for number, send in enumerate(itertools.islice(sends(), FRAMES)):
                    if socket.closed.done():
                        break
                    send(socket)
                    tally.tried += 1
                    if number % SENT_AT_ONCE == 0:
                        await asyncio.sleep(0)
                await asyncio.wait([socket.closed], timeout=scale.seconds)

        await repeat(scale, tally, WORKERS, act)

    return attack


def _soft() -> Iterator[Send]:
    frames = ({"type": "typing"}, {"type": "read", "seq": 1}, {"type": "rooms"})
    return _texts(*(json.dumps(it).encode() for it in frames))


def _refused() -> Iterator[Send]:
    """Well-formed frames that the server refuses: nothing is stored of them."""
    return _texts(
        b'{"type":"message.delete","seq":1}',
        b'{"type":"message.react","seq":1,"emoji":"no emoji","on":true}',
        b'{"type":"message.edit","seq":99,"text":"x"}',
        b'{"type":"message.send","id":"6f3c3b0e-6f0e-4c7b-9f0e-0d1f4b7c1a11","text":" "}',
    )


def _malformed() -> Iterator[Send]:
    return _texts(b"{", b'{"type":"typing"}')


def _large() -> Iterator[Send]:
    return _texts(b'{"type":"typing","x":"' + b"x" * 60_000 + b'"}', b"[" * 60_000)


def _pings() -> Iterator[Send]:
    return itertools.repeat(lambda socket: socket.transport.send_ping(b"x" * 100))


def _fragments() -> Iterator[Send]:
    """One message of fragments that never ends."""
    yield lambda socket: socket.transport.send(WSMsgType.TEXT, b"x", fin=False)
    yield from itertools.repeat(
        lambda socket: socket.transport.send(WSMsgType.CONTINUATION, b"x", fin=False)
    )


ATTACKS = [
    Attack("frames: typing, read, rooms", _flood(_soft)),
    Attack("frames: refused ones", _flood(_refused), is_refused=True),
    Attack("frames: malformed between typing", _flood(_malformed), is_refused=True),
    Attack("frames: large", _flood(_large), is_refused=True),
    Attack("frames: pings", _flood(_pings), is_refused=True),
    Attack("frames: fragments", _flood(_fragments)),
]
