"""Rows related to messages: stored with their message, or not at all."""

from uuid import uuid4

import pytest
from django.db import IntegrityError

from chat.journal import Appended, Edit, Post, React, database
from chat.journal.write.appender import commit
from chat.journal.write.related_rows import RelatedRows
from chat.models import Member, Message, Reaction, Revision, Room, RoomName


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


@pytest.mark.django_db(transaction=True)
def test_what_a_guest_reacted_is_the_accounts_own_once_the_guest_is_claimed(
    ada: Member, gus: Member
) -> None:
    room = Room.objects.ensure(RoomName.parse("Lobby"))
    message = Post(room.pk, ada.pk, uuid4(), "tea")
    commit([message, React(room.pk, gus.pk, 1, "👍")])
    Member.objects.filter(pk=gus.pk).update(claimed_by=ada.user)
    [again] = commit([React(room.pk, ada.pk, 1, "👍")])
    assert isinstance(again, Appended)
    assert again.is_duplicate
    commit([React(room.pk, ada.pk, 1, "👍", on=False)])
    assert Message.objects.get().reactions == []
    assert not Reaction.objects.exists()
