"""The end of a process: the journal finishes what it accepted."""

import asyncio
import threading
from uuid import uuid4

import pytest

from chat import runtime
from chat.journal import Change, Post, Refused, Settled, database
from chat.journal.write import appender
from chat.journal.write.appender import commit
from chat.models import Member, Message, Room


async def test_a_drain_stores_all_accepted_changes(lobby: Room, alice: Member) -> None:
    journal = runtime.current().journal
    posts = [Post(lobby.pk, alice.pk, uuid4(), "hi") for _ in range(3)]
    appends = [asyncio.create_task(journal.append(it)) for it in posts]
    await asyncio.sleep(0)
    await journal.drain()
    assert await database.read(Message.objects.count) == 3
    assert journal.is_closing
    await asyncio.gather(*appends)


async def test_a_drain_gives_up_and_confirms_nothing_that_is_not_stored(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gate = threading.Event()

    def commit_later(changes: list[Change]) -> list[Settled | Refused]:
        gate.wait()
        return commit(changes)

    monkeypatch.setattr("chat.journal.journal.DRAIN_SECONDS", 0.05)
    monkeypatch.setattr(appender, "commit", commit_later)
    journal = runtime.current().journal
    append = asyncio.create_task(journal.append(Post(lobby.pk, alice.pk, uuid4(), "hi")))
    try:
        await asyncio.sleep(0)
        await journal.drain()
        assert not append.done()
        assert "changes are not stored" in caplog.text
    finally:
        gate.set()
    await append
