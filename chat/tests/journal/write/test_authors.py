"""The door: who may change what is decided in the transaction, and newcomers are stored in it."""

import asyncio
import threading
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from chat import runtime
from chat.journal import (
    Appended,
    Change,
    Delete,
    Edit,
    Newcomer,
    Post,
    React,
    Refused,
    Settled,
    database,
)
from chat.journal.write import statements
from chat.journal.write.appender import commit
from chat.models import Member, Mention, Message, Reaction, Room
from chat.models.message import Kind


def newcomer(name: str = "Carol") -> Newcomer:
    return Newcomer(uuid4(), name)


def post(room: Room, author: Member | Newcomer, text: str = "hi") -> Post:
    return Post(room.pk, author.pk if isinstance(author, Member) else author, uuid4(), text)


async def committed(*changes: Change) -> Sequence[Settled | Refused]:
    return await database.write(commit, changes)


def codes(outcomes: Sequence[Settled | Refused]) -> list[str]:
    return [it.code for it in outcomes if isinstance(it, Refused)]


def everything(room: Room, author: Any) -> list[Change]:
    """A change of each kind; all but the posts change the message at 1."""
    return [
        Post(room.pk, author, uuid4(), "hi"),
        Post(room.pk, author, uuid4(), "Tea", kind=Kind.TOPIC),
        Edit(room.pk, author, 1, "edited"),
        React(room.pk, author, 1, "👍"),
        React(room.pk, author, 1, "👍", on=False),
        Delete(room.pk, author, 1),
    ]


# --- Newcomers ----------------------------------------------------------------------------------


async def test_a_reply_to_a_newcomer_of_the_same_transaction_mentions_that_newcomer(
    lobby: Room, alice: Member
) -> None:
    carol = newcomer()
    reply = Post(lobby.pk, alice.pk, uuid4(), "hello", reply_to=1)
    await committed(post(lobby, carol), reply)
    [mention] = await database.read(list, Mention.objects.select_related("member"))
    assert mention.member is not None
    assert (mention.seq, mention.member.uid) == (2, carol.uid)


async def test_a_newcomer_is_stored_with_their_first_message(lobby: Room) -> None:
    carol = newcomer()
    [appended] = await committed(post(lobby, carol))
    stored = await database.read(Member.objects.get)
    assert (stored.uid, stored.name, stored.name_key) == (carol.uid, "Carol", "carol")
    assert await database.read(Message.objects.filter(author=stored).exists)
    assert isinstance(appended, Appended)
    assert appended.member == stored


async def test_a_newcomer_is_stored_with_their_first_reaction(lobby: Room, alice: Member) -> None:
    carol = newcomer()
    await committed(post(lobby, alice))
    await committed(React(lobby.pk, carol, 1, "👍"))
    reaction = await database.read(Reaction.objects.select_related("member").get)
    assert reaction.member.uid == carol.uid


async def test_many_changes_of_a_newcomer_in_one_transaction_are_of_one_member(
    lobby: Room, alice: Member
) -> None:
    carol = newcomer()
    await committed(post(lobby, alice))
    outcomes = await committed(
        post(lobby, carol), post(lobby, carol), React(lobby.pk, carol, 1, "👍")
    )
    assert codes(outcomes) == []
    assert await database.read(Member.objects.filter(uid=carol.uid).count) == 1


async def test_a_newcomer_who_was_stored_meanwhile_is_that_member(lobby: Room) -> None:
    carol = newcomer()
    stored = await database.write(Member.objects.create, uid=carol.uid, name="Caroline")
    [appended] = await committed(post(lobby, carol))
    assert isinstance(appended, Appended)
    assert appended.member == stored
    assert '"name":"Caroline"' in appended.entry.json


async def test_a_newcomer_whom_another_process_stores_at_the_same_time_is_stored_once(
    lobby: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    carol, found = newcomer(), statements.members
    await database.write(Member.objects.create, uid=carol.uid, name=carol.name)
    first_look = iter([True])

    def find_nobody_at_first(*keys: Any) -> tuple[list[Member], set[tuple[int, int]]]:
        return ([], set()) if next(first_look, False) else found(*keys)

    monkeypatch.setattr(statements, "members", find_nobody_at_first)
    assert codes(await committed(post(lobby, carol))) == []
    assert await database.read(Message.objects.filter(author__uid=carol.uid).count) == 1


async def test_a_newcomer_whose_changes_are_refused_is_not_stored(
    lobby: Room, alice: Member
) -> None:
    await committed(post(lobby, alice))
    changes: list[Change] = [
        Edit(lobby.pk, newcomer(), 1, "mine"),
        Delete(lobby.pk, newcomer(), 1),
        Delete(lobby.pk, newcomer(), 9),
        React(lobby.pk, newcomer(), 9, "👍"),
        React(lobby.pk, newcomer(), 1, "👍", on=False),
        Post(lobby.pk, newcomer(), uuid4(), "re", reply_to=9),
    ]
    outcomes = await committed(*changes)
    assert codes(outcomes) == ["not_allowed", "not_allowed", *["no_such_message"] * 3]
    assert await database.read(Member.objects.get) == alice


# --- Rights -------------------------------------------------------------------------------------


@pytest.fixture
async def account(alice: Member) -> User:
    """Alice's."""

    def link() -> User:
        user = User.objects.create(username="alice")
        Member.objects.filter(pk=alice.pk).update(user=user)
        return user

    return await database.write(link)


async def deactivate(account: User) -> None:
    await database.write(User.objects.filter(pk=account.pk).update, is_active=False)


async def test_an_account_does_everything(lobby: Room, alice: Member, account: User) -> None:
    await committed(post(lobby, alice))
    assert codes(await committed(*everything(lobby, alice.pk))) == []


async def test_a_deactivated_account_does_nothing(
    lobby: Room, alice: Member, account: User
) -> None:
    await committed(post(lobby, alice))
    await deactivate(account)
    outcomes = await committed(*everything(lobby, alice.pk))
    assert codes(outcomes) == ["not_allowed"] * len(outcomes)
    await database.read(lobby.refresh_from_db)
    assert (lobby.version, lobby.topic) == (1, "")


async def test_an_account_that_is_deactivated_while_its_post_waits_does_not_post(
    lobby: Room, alice: Member, bob: Member, account: User
) -> None:
    journal = runtime.current().journal
    is_writing, gate = threading.Event(), threading.Event()

    def write() -> None:
        is_writing.set()
        gate.wait()

    writing = asyncio.create_task(database.write(write))
    await asyncio.to_thread(is_writing.wait)  # or the posts go first
    hers = asyncio.create_task(journal.append(post(lobby, alice)))
    his = asyncio.create_task(journal.append(post(lobby, bob)))
    await asyncio.sleep(0)
    await database.read(User.objects.filter(pk=account.pk).update, is_active=False)
    gate.set()
    await writing
    with pytest.raises(Refused, match="You cannot post"):
        await hers
    assert (await his).entry.seq == 1


async def test_a_transaction_makes_as_many_queries_for_one_change_as_for_many(
    lobby: Room, alice: Member
) -> None:
    def queries_for(count: int) -> int:
        crowd = [Member(uid=uuid4(), name=str(number)) for number in range(count)]
        Member.objects.ensure_saved(crowd)
        changes: list[Change] = [post(lobby, it) for it in crowd]
        changes += [Post(lobby.pk, it.pk, uuid4(), "re", reply_to=1) for it in crowd]
        changes += [post(lobby, newcomer()) for _ in crowd]
        changes += [React(lobby.pk, it.pk, 1, "👍") for it in crowd]
        with CaptureQueriesContext(connection) as queries:
            assert codes(commit(changes)) == []
        return len(queries)

    await committed(post(lobby, alice))
    assert await database.write(queries_for, 1) == await database.write(queries_for, 40)
