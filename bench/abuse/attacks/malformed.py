"""Handshakes, frames and HTTP that hypothesis makes up, on raw sockets.

The client sends, closes its side, and reads to the end: the server must end each connection, with
no answer of 500 or above, and no traceback.
"""

import asyncio
import json
import os
import re
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.abuse.attack import Attack, Run, Scale, Tally, Target

EXAMPLES = 1_500
END_SECONDS = 20.0  # longer than the server waits for a head
SERVER_ERROR = re.compile(rb"^HTTP/1\.1 (5\d\d) ", re.MULTILINE)

# --- HTTP ---------------------------------------------------------------------------------------

METHODS = ["GET", "POST", "HEAD", "PUT", "OPTIONS", "DELETE", "get", "", "GET\0", "X" * 100]
PATHS = [
    "/",
    "/chat/lobby/",
    "/chat/lobby/messages",
    "/chat/lobby/qr.svg",
    "/name/",
    "/livez",
    "/static/",
    "/admin/login/",
    "/i18n/setlang/",
    "/ws/chat/lobby/",
]
HEADERS = [
    "Host: localhost",
    "Host: evil.example",
    "Host: [",
    "Content-Length: 5",
    "Content-Length: -1",
    "Content-Length: 99999999999999999999",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: gzip, chunked",
    "Content-Type: multipart/form-data; boundary=x",
    "Content-Type: application/x-www-form-urlencoded",
    "Content-Type: multipart/form-data",
    "Cookie: lobby_guest=x:y:z; csrftoken=" + "x" * 32,
    "Cookie: django_language=../../etc; sessionid=x",
    "X-CSRFToken: " + "x" * 32,
    "X-Forwarded-For: 1.2.3.4, [::1]:80, unknown",
    "X-Forwarded-Proto: javascript",
    "Accept-Language: " + "x-" * 200,
    "Expect: 100-continue",
    "Range: bytes=9-1,-5",
    "Upgrade: websocket",
    "Connection: Upgrade, close",
    "Daphne-Root-Path: /x",
    "Origin: http://[",
    "If-None-Match: W/",
    " folded: yes",
    "no colon",
]
UPGRADE = [
    "Host: localhost",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
]
UPGRADE_ODD = [
    "Sec-WebSocket-Version: 12",
    "Sec-WebSocket-Key: short",
    "Sec-WebSocket-Protocol: chat.v1",
    "Sec-WebSocket-Protocol: , ,chat.v1,,",
    "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99",
    "Sec-WebSocket-Extensions: permessage-deflate",
    "Origin: null",
    "Connection: close",
]

odd_text = st.text(st.characters(codec="latin-1"), max_size=30)
odd_header = st.one_of(
    st.sampled_from(HEADERS), st.builds("{}: {}".format, odd_text, odd_text), odd_text
)
odd_path = st.one_of(
    st.sampled_from(PATHS),
    st.builds("/chat/{}/".format, odd_text),
    st.builds(
        "/chat/lobby/messages?{}={}".format, st.sampled_from(["limit", "seqs", "x"]), odd_text
    ),
    st.builds("/ws/chat/{}/?after={}".format, odd_text, odd_text),
    odd_text,
)


def _lines(*lines: str) -> bytes:
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


http = st.builds(
    lambda method, path, version, headers, body: (
        _lines(f"{method} {path} {version}", *headers) + body
    ),
    st.sampled_from(METHODS),
    odd_path,
    st.sampled_from(["HTTP/1.1", "HTTP/1.0", "HTTP/9.9", "", "ICY"]),
    st.lists(odd_header, max_size=8),
    st.one_of(st.binary(max_size=200), st.just(b"5\r\nhello\r\n0\r\n\r\n")),
)

handshakes = st.builds(
    lambda path, kept, odd, rest: _lines(f"GET {path} HTTP/1.1", *kept, *odd) + rest,
    st.one_of(st.sampled_from(PATHS), odd_path),
    st.permutations(UPGRADE).flatmap(lambda lines: st.integers(2, 5).map(lambda n: lines[:n])),
    st.lists(st.one_of(st.sampled_from(UPGRADE_ODD), odd_header), max_size=4),
    st.binary(max_size=50),
)

# --- frames -------------------------------------------------------------------------------------

odd_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    odd_text,
    st.just("6f3c3b0e-6f0e-4c7b-9f0e-0d1f4b7c1a11"),
    st.just("\ud800"),
    st.lists(st.integers(), max_size=3),
)
FIELDS = ["id", "text", "seq", "emoji", "on", "version", "reply_to", "kind"]
TYPES = "message.send message.edit message.delete message.react typing read rooms ack x".split()
json_frames = st.builds(
    lambda kind, fields: json.dumps({"type": kind, **fields}).encode(errors="surrogatepass"),
    st.one_of(st.sampled_from(TYPES), odd_values),
    st.dictionaries(st.sampled_from(FIELDS), odd_values, max_size=5),
)


def _frame(opcode: int, first_bits: int, payload: bytes, claimed: int | None) -> bytes:
    """A masked frame: RFC 6455, 5.2. It may claim another length than it has."""
    length = len(payload) if claimed is None else claimed
    mask = os.urandom(4)
    if length < 126:
        size = bytes([0x80 | length])
    elif length < 65_536:
        size = bytes([0x80 | 126]) + struct.pack("!H", length)
    else:
        size = bytes([0x80 | 127]) + struct.pack("!Q", length)
    masked = bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))
    return bytes([first_bits | opcode]) + size + mask + masked


text_frame = st.builds(lambda payload: _frame(1, 0x80, payload, None), json_frames)
odd_frame = st.builds(
    _frame,
    st.integers(0, 15),
    st.sampled_from([0x80, 0x00, 0x90, 0xF0]),
    st.one_of(st.binary(max_size=130), json_frames),
    st.one_of(st.none(), st.none(), st.integers(0, 2**63 - 1)),
)
sockets = st.lists(
    st.one_of(text_frame, text_frame, odd_frame, st.binary(max_size=20)), max_size=12
)
JOIN = _lines("GET /ws/chat/malformed/ HTTP/1.1", *UPGRADE, "Sec-WebSocket-Protocol: chat.v1")

# --- attacks ------------------------------------------------------------------------------------


def _exchange(target: Target, tally: Tally, sent: bytes) -> None:
    tally.tried += 1
    with socket.create_connection(("127.0.0.1", target.port), timeout=END_SECONDS) as raw:
        with suppress(ConnectionError):
            raw.sendall(sent)
            raw.shutdown(socket.SHUT_WR)
        try:
            read = _read_to_end(raw)
        except TimeoutError:
            tally.problems.append(f"left open after {sent[:200]!r}")
            return
    tally.refused["4xx"] += bool(re.match(rb"HTTP/1\.1 4", read))
    tally.problems += [f"{it.decode()} to {sent[:300]!r}" for it in SERVER_ERROR.findall(read)]


def _read_to_end(raw: socket.socket) -> bytes:
    read = b""
    with suppress(ConnectionError):
        while some := raw.recv(65_536):
            read += some[:100]
    return read


def _made_up(strategy: st.SearchStrategy[Any], encode: Callable[[Any], bytes]) -> Run:
    async def attack(target: Target, scale: Scale, tally: Tally) -> None:
        @settings(
            max_examples=scale.count(EXAMPLES),
            deadline=None,
            database=None,
            derandomize=scale.part < 1,  # the short form sends the same each time
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def exchange(made_up: Any) -> None:
            _exchange(target, tally, encode(made_up))

        await asyncio.to_thread(exchange)

    return attack


ATTACKS = [
    Attack("malformed: HTTP", _made_up(http, lambda it: it), is_refused=True),
    Attack("malformed: handshakes", _made_up(handshakes, lambda it: it), is_refused=True),
    Attack("malformed: frames", _made_up(sockets, lambda it: JOIN + b"".join(it))),
]
