"""Rows related to messages: stored with their message, or not at all."""

from uuid import uuid4

import pytest
from django.db import IntegrityError

from chat.journal import Edit, Post, threads
from chat.journal.write.appender import commit
from chat.journal.write.related_rows import RelatedRows
from chat.models import Member, Message, Revision, Room


async def test_a_message_stays_as_it_was_if_its_related_rows_cannot_be_stored(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(rows: RelatedRows) -> None:
        store_revisions(rows)
        raise IntegrityError

    store_revisions = RelatedRows._store_revisions
    await threads.write(commit, [Post(lobby.pk, alice.pk, uuid4(), "tea")])
    monkeypatch.setattr(RelatedRows, "_store_revisions", fail)
    await threads.write(commit, [Edit(lobby.pk, alice.pk, 1, "cake")])
    message = await threads.read(Message.objects.get)
    assert (message.text, message.version) == ("tea", 1)
    assert not await threads.read(Revision.objects.exists)
