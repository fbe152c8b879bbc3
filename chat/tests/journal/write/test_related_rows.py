"""Rows related to messages: stored with their message, or not at all."""

from uuid import uuid4

import pytest
from django.db import IntegrityError

from chat.journal import Edit, Post, database
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
    await database.write(commit, [Post(lobby.pk, alice.pk, uuid4(), "tea")])
    monkeypatch.setattr(RelatedRows, "_store_revisions", fail)
    await database.write(commit, [Edit(lobby.pk, alice.pk, 1, "cake")])
    message = await database.read(Message.objects.get)
    assert (message.text, message.version) == ("tea", 1)
    assert not await database.read(Revision.objects.exists)
