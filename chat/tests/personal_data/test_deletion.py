"""Deleting an account: the name is gone at once, and what was written as the person chose."""

import asyncio
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.db import connections
from django.utils import timezone

from accounts.models import User
from accounts.operators import LastOperator
from chat import runtime
from chat.journal import Erase, Post, React, Refresh, Refused, database
from chat.journal.entry import Entry
from chat.journal.read import queries
from chat.journal.roster_changes import DeleteRoom
from chat.journal.write.appender import commit
from chat.live.jobs import Jobs, State
from chat.live.revocations import CLOSE_CODES
from chat.models import Job, Member, Message, Reaction, Revocation, Room, Subscription
from chat.models.event import event_text, renamed
from chat.models.member import FORMER_NAME
from chat.models.message import Kind
from chat.models.revocation import Why
from chat.personal_data import deletion
from chat.personal_data.deletion import FORGET, Forgetting, delete_account
from chat.tests.support.accounts import sign_in
from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.private_rooms import applied, new_account
from chat.tests.support.sockets import Socket, joined


def is_forgetting() -> bool:
    return Job.objects.filter(kind=FORGET).exists()


@pytest.fixture
async def account(lobby: Room, alice: Member) -> User:
    """Alice's, who has claimed the guest Panda."""

    def make() -> User:
        user = User.objects.create_user("alice", password="a horse battery")
        Member.objects.filter(pk=alice.pk).update(user=user)
        panda = Member.objects.create(name="Panda")
        commit([Post(lobby.pk, panda.pk, uuid4(), "by Panda")])
        Member.objects.filter(pk=panda.pk).update(claimed_by=user)
        return user

    return await database.write(make)


async def leave(user: User, *, with_messages: bool = False) -> None:
    """Delete the account as the page does, and work the jobs off."""
    await sync_to_async(delete_and_close)(user, with_messages=with_messages)
    await runtime.current().jobs.run_due()


def delete_and_close(user: User, *, with_messages: bool = True) -> None:
    try:
        delete_account(user, with_messages=with_messages)
    finally:
        connections.close_all()


async def closed(socket: Socket) -> int:
    """Wait until the server closes, after whatever it sends before. Returns the close code."""
    while (message := await socket.receive_output(TIMEOUT_SECONDS))["type"] != "websocket.close":
        pass
    code: int = message["code"]
    return code


def posted(room: Room, *members: Member) -> list[Message]:
    commit([Post(room.pk, it.pk, uuid4(), f"by {it.name}") for it in members])
    return list(Message.objects.order_by("seq"))


async def test_messages_stay_under_another_name(
    lobby: Room, account: User, alice: Member, bob: Member
) -> None:
    await database.write(posted, lobby, alice, bob)
    await leave(account)

    def look() -> list[tuple[str, str]]:
        rows = Message.objects.select_related("author").order_by("seq")
        return [(it.author.name, it.text) for it in rows]

    assert await database.read(look) == [
        (FORMER_NAME, "by Panda"),
        (FORMER_NAME, "by Alice"),
        ("Bob", "by Bob"),
    ]
    assert not await database.read(User.objects.exists)
    assert not await database.read(is_forgetting)


async def test_messages_are_deleted_live_and_in_order(
    lobby: Room, account: User, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "STEP_CHANGES", 2)
    await database.write(posted, lobby, bob, alice, alice, alice)
    async with joined("lobby", bob) as socket:
        await socket.events()
        await leave(account, with_messages=True)
        versions, deleted = list[int](), set[int]()
        while deleted != {1, 3, 4, 5}:
            for event in await socket.events():
                versions.append(event["version"])
                assert event["author"]["name"] == FORMER_NAME
                deleted |= {event["seq"]} if event.get("deleted") else set()
    assert versions == sorted(set(versions))
    left = await database.read(lambda: Message.objects.get(deleted_at=None))
    assert left.seq == 2


async def test_an_open_page_gets_the_new_name_of_the_messages_that_stay(
    lobby: Room, account: User, alice: Member, bob: Member
) -> None:
    await database.write(posted, lobby, alice, alice)
    async with joined("lobby", bob) as socket:
        await socket.events()
        await leave(account)
        named: dict[int, str] = {}
        while len(named) < 2:
            named |= {it["seq"]: it["author"]["name"] for it in await socket.events()}
    assert named == {1: FORMER_NAME, 3: FORMER_NAME}  # Panda's last, and Alice's


async def test_reactions_are_taken_back(
    lobby: Room, account: User, alice: Member, bob: Member
) -> None:
    await database.write(posted, lobby, bob)
    reactions = [React(lobby.pk, it.pk, 2, "👍") for it in (alice, bob)]
    await database.write(commit, reactions)
    await leave(account)
    message = await database.read(lambda: Message.objects.get(seq=2))
    [reaction] = message.reactions
    assert (reaction["count"], [it["name"] for it in reaction["people"]]) == (1, ["Bob"])
    assert (await database.read(Reaction.objects.get)).member_id == bob.pk


async def test_nothing_else_names_the_person(lobby: Room, account: User, alice: Member) -> None:
    await database.write(Subscription.objects.record_visit, alice, lobby)
    await database.write(sign_in, account)
    await leave(account)
    members = await database.read(lambda: list(Member.objects.values_list("name", "name_key")))
    assert set(members) == {(FORMER_NAME, "")}
    for model in (User, Session, Subscription):
        assert not await database.read(model.objects.exists)


@pytest.mark.parametrize("with_messages", [False, True])
async def test_the_lines_that_told_the_name_go_and_topics_stay(
    lobby: Room, account: User, alice: Member, with_messages: bool
) -> None:
    event = renamed("Allie", "Alice")
    lines = [
        Post(lobby.pk, alice.pk, uuid4(), event_text(event), kind=Kind.EVENT, event=event),
        Post(lobby.pk, alice.pk, uuid4(), "Tea", kind=Kind.TOPIC),
        Post(lobby.pk, alice.pk, uuid4(), "by Alice"),
    ]
    await database.write(commit, lines)
    await leave(account, with_messages=with_messages)

    def look() -> list[tuple[str, Any, bool]]:
        rows = Message.objects.filter(author=alice).order_by("seq")
        return [(it.text, it.event, it.is_deleted) for it in rows]

    text = ("", None, True) if with_messages else ("by Alice", None, False)
    assert await database.read(look) == [("", None, True), ("Tea", None, False), text]
    assert not await database.read(Message.objects.filter(event__isnull=False).exists)
    assert "Allie" not in "".join(it.json for it in await database.read(latest, lobby))


def latest(room: Room) -> list[Entry]:
    entries, _ = queries.page(room.pk, 50, as_of=1_000)
    return entries


async def test_an_account_that_an_operator_deletes_is_forgotten_too(
    lobby: Room, account: User, alice: Member, bob: Member
) -> None:
    await database.write(posted, lobby, alice)
    await database.write(commit, [React(lobby.pk, alice.pk, 1, "👍")])
    await database.write(lambda: User.objects.get().delete())
    await runtime.current().jobs.run_due()
    assert not await database.read(Reaction.objects.exists)
    texts = await database.read(lambda: set(Message.objects.values_list("text", flat=True)))
    assert texts == {"by Panda", "by Alice"}


async def test_a_deletion_that_the_end_of_a_process_cuts_off_goes_on_in_another(
    lobby: Room, account: User, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "STEP_CHANGES", 2)
    await database.write(posted, lobby, *[alice] * 6)
    first, cut = Jobs(runtime.current().bus), asyncio.Event()
    forgetting, steps = Forgetting(runtime.current().journal), count()

    async def step(state: State) -> State | None:
        next_state = await forgetting.step(state)
        if next(steps) == 5:  # its changes are stored, and its state is not
            cut.set()
            await asyncio.Event().wait()
        return next_state

    first.on(FORGET, step)
    first.start()
    await sync_to_async(delete_and_close)(account)
    async with asyncio.timeout(TIMEOUT_SECONDS):
        await cut.wait()
    await first.aclose()
    assert await database.read(Message.objects.filter(deleted_at=None).exists)
    assert await database.read(is_forgetting)
    await database.write(Job.objects.update, due_at=timezone.now())  # its lease is over
    await runtime.current().jobs.run_due()
    assert not await database.read(Message.objects.filter(deleted_at=None).exists)
    assert not await database.read(is_forgetting)
    versions = await database.read(lambda: list(Message.objects.values_list("version", flat=True)))
    assert len(set(versions)) == len(versions) == 7


async def test_the_sockets_of_the_account_close(
    lobby: Room, account: User, alice: Member, bob: Member
) -> None:
    key = await database.write(sign_in, account)
    async with joined("lobby", session=key) as hers, joined("lobby", bob) as his:
        for socket in (hers, his):
            await socket.events()
        await leave(account)
        assert await closed(hers) == CLOSE_CODES[Why.DELETED]
        await his.post("hi")
        while "hi" not in [it.get("text") for it in await his.events()]:
            pass
    assert await database.read(Revocation.objects.filter(why=Why.DELETED).exists)


async def test_the_username_is_free(lobby: Room, account: User) -> None:
    await leave(account)
    new = await database.write(User.objects.create_user, "alice")
    assert not await database.read(Member.objects.filter(user=new).exists)


async def test_the_last_operator_stays(lobby: Room, account: User) -> None:
    await database.write(User.objects.update, is_staff=True, is_superuser=True)
    with pytest.raises(LastOperator):
        await leave(account)
    await database.write(lambda: User.objects.create_user("olga", is_staff=True, is_superuser=True))
    await leave(account)
    assert await database.read(User.objects.count) == 1


# --- rights -------------------------------------------------------------------------------------


async def test_what_somebody_present_wrote_is_not_taken_back(
    lobby: Room, alice: Member, bob: Member
) -> None:
    await database.write(posted, lobby, alice)
    changes = [it(lobby.pk, member.pk, 1) for it in (Erase, Refresh) for member in (alice, bob)]
    assert all(isinstance(it, Refused) for it in await database.write(commit, changes))


async def test_a_former_member_posts_and_reacts_no_more(
    lobby: Room, account: User, alice: Member, bob: Member
) -> None:
    await database.write(posted, lobby, bob)
    await leave(account)
    [outcome] = await database.write(commit, [React(lobby.pk, alice.pk, 1, "👍")])
    assert isinstance(outcome, Refused)


async def test_who_wrote_in_a_deleted_room_is_forgotten_all_the_same(
    account: User, lobby: Room, alice: Member
) -> None:
    def delete_room() -> None:
        commit([Post(lobby.pk, alice.pk, uuid4(), "by Alice")])
        olga = new_account("Olga", is_staff=True, is_superuser=True)
        applied(DeleteRoom(lobby.pk, olga.pk))

    await database.write(delete_room)
    await leave(account, with_messages=True)
    assert not await database.read(is_forgetting)
    assert not await database.read(Message.objects.exists)
