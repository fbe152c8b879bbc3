"""Receivers that answer what HTTP does not have, or texts that no message takes."""

import pytest

from chat.journal import database
from chat.models import Member, Room, Webhook
from chat.models.webhook import WAITS
from chat.tests.webhooks.support import Hook, answering, post, saying

BROKEN = {
    "nothing": b"",
    "no HTTP": b"\0\xff" * 100,
    "an older HTTP": b"HTTP/0.9 200 OK\r\n\r\n",
    "a status of seven digits": b"HTTP/1.1 9999999 OK\r\n\r\n",
    "a status below all": b"HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n",
    "other protocols": b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "interim answers only": b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000,
    "a length below zero": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "a length of many digits": b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 9_000 + b"\r\n\r\n",
    "less than its length": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx",
    "a part of a bad size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a part of a huge size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    + b"f" * 4_000
    + b"\r\n",
    "an unknown coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "a head without an end": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000,
    "a long header": b"HTTP/1.1 200 OK\r\nX: " + b"y" * 500_000,
    "a name with NUL": b"HTTP/1.1 200 OK\r\nX\0: y\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0" * 100,
}
DATES = ["Mon, 01 Jan 2024 00:00:00 +" + "9" * 30, "Mon, 01 Jan " + "9" * 5_000, "9" * 5_000]
REPLIES = [
    "\ud800",
    "a\0b",
    "x" * 60_000,
    "/kick all",
    "@room " * 900,
    "\u202e",
    "[" * 8_000,
    " \n",
]


async def test_what_is_no_answer_is_noted_and_tried_again(
    hook: Hook, tea: Room, owner: Member, caplog: pytest.LogCaptureFixture
) -> None:
    dated = [answering(503, b"", f"Retry-After: {it}") for it in DATES]
    await post(tea, owner, "one")
    for tried, answer in enumerate([*BROKEN.values(), *dated], start=1):
        hook.answer(answer)
        await hook.work()
        row = await hook.row()
        assert (row.failures, row.delivered_at, row.leased_until) == (tried, None, None), answer
        await hook.pass_time(WAITS[-1])
        await database.write(Webhook.objects.update, failing_since=None)
    assert not [it for it in caplog.records if it.levelname == "ERROR"]


async def test_any_reply_is_said_or_noted(
    hook: Hook, tea: Room, owner: Member, caplog: pytest.LogCaptureFixture
) -> None:
    for told, text in enumerate(REPLIES, start=1):
        hook.answer(saying(text))
        await post(tea, owner, "one")
        await hook.work()
        row = await hook.row()
        assert (row.failures, row.trouble in {"", "reply"}) == (0, True), text
        assert len(hook.requests) == told
    assert not [it for it in caplog.records if it.levelname == "ERROR"]
