"""Sockets of those who are muted and banned, in locked rooms and in slow mode."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from chat import runtime
from chat.journal import database
from chat.journal.roster_changes import Ban, Lift, Mute, RosterChange, SetLocked, SetRole, SetSlow
from chat.models import BannedNetwork, Member, Role, Room, SanctionKind, Subscription
from chat.protocol import Close
from chat.tests.support.accounts import sign_in
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.private_rooms import new_account
from chat.tests.support.sockets import joined, plain

THERE = "192.0.2.7"


@pytest.fixture
async def ada(lobby: Room) -> Member:
    return await database.write(new_account, "Ada")


@pytest.fixture
async def tea(ada: Member) -> Room:
    return await database.write(new_open_room, "Tea", ada)


def in_an_hour() -> Any:
    return timezone.now() + timedelta(hours=1)


async def session_of(member: Member) -> str:
    return await database.write(lambda: sign_in(User.objects.get(member=member)))


async def act(change: RosterChange) -> None:
    """Do it as a page does."""
    await runtime.current().journal.settle(change)
    await runtime.current().bus.flush()


async def test_a_muted_person_is_told_until_when_and_no_longer_types(
    tea: Room, ada: Member, bob: Member
) -> None:
    async with joined("tea", bob) as bobs, joined("tea") as other:
        await bobs.events()
        await act(Mute(tea.pk, ada.pk, bob.pk, in_an_hour(), "Be kind"))
        assert (await bobs.soft("you"))["muted"]["why"] == "Be kind"
        await bobs.send(type="typing")
        assert (await bobs.say("hi"))["code"] == "muted"
        await other.events()
        await act(Lift(tea.pk, ada.pk, bob.pk, SanctionKind.MUTE))
        assert "muted" not in await bobs.soft("you")
        assert (await bobs.say("thanks"))["text"] == "thanks"
        assert (await other.event())["text"] == "thanks"


async def test_hello_says_who_is_muted_and_what_the_room_is(
    tea: Room, ada: Member, bob: Member
) -> None:
    await act(SetLocked(tea.pk, ada.pk, True))
    await act(SetSlow(tea.pk, ada.pk, 30))
    await act(Mute(tea.pk, ada.pk, bob.pk, in_an_hour()))
    async with joined("tea", bob) as bobs:
        hello = (await bobs.events())[0]
    assert (hello["room"]["locked"], hello["room"]["slow"]) == (True, 30)
    assert set(hello["you"]["muted"]) == {"until"}


async def test_who_gets_a_role_is_told_so_at_once(tea: Room, ada: Member) -> None:
    ben = await database.write(new_account, "Ben")
    async with joined("tea", session=await session_of(ben)) as bens:
        await bens.events()
        await act(SetRole(tea.pk, ada.pk, ben.pk, Role.MODERATOR))
        assert (await bens.soft("you"))["role"] == "moderator"


async def test_in_slow_mode_the_refusal_says_how_long_to_wait(
    tea: Room, ada: Member, bob: Member
) -> None:
    await act(SetSlow(tea.pk, ada.pk, 30))
    async with joined("tea", bob) as bobs:
        await bobs.events()
        await bobs.say("one")
        refused = await bobs.say("two")
    assert (refused["code"], refused["retry_after"]) == ("too_fast", 30)


async def test_a_plain_client_waits_in_slow_mode(
    tea: Room, ada: Member, bob: Member, alice: Member
) -> None:
    await act(SetSlow(tea.pk, ada.pk, 1))
    async with plain("tea", bob) as bobs, plain("tea", alice) as alices:
        for text in ("one", "two"):
            await bobs.send_json_to({"message": text})
        assert [(await alices.receive_json_from())["message"] for _ in range(2)] == ["one", "two"]


async def test_a_ban_closes_both_protocols_and_lets_nobody_in_again(
    tea: Room, ada: Member, bob: Member, alice: Member
) -> None:
    async with joined("tea", bob) as v1, plain("tea", bob) as other, joined("tea", alice) as stays:
        await v1.events()
        await act(Ban(tea.pk, ada.pk, bob.pk, in_an_hour()))
        assert await v1.close_code() == await other.close_code() == Close.NOT_ALLOWED
        await stays.events()
        assert (await stays.say("hi"))["text"] == "hi"
    async with joined("tea", bob) as again:
        assert await again.close_code() == Close.NOT_ALLOWED
    assert not await database.read(Subscription.objects.filter(member=bob).exists)


async def test_a_banned_guests_network_is_banned_for_guests(
    tea: Room, ada: Member, bob: Member
) -> None:
    async with joined("tea", bob, address=THERE) as bobs:
        await bobs.events()
        await act(Ban(tea.pk, ada.pk, bob.pk, in_an_hour()))
        assert await bobs.close_code() == Close.NOT_ALLOWED
    await runtime.current().revocations.read()
    assert await database.read(BannedNetwork.objects.count) == 1
    async with joined("tea", uuid4(), address=THERE) as new:
        assert await new.close_code() == Close.NOT_ALLOWED
    async with joined("tea", uuid4(), address="198.51.100.1") as elsewhere:
        assert (await elsewhere.events())[0]["type"] == "hello"
    async with joined("lobby", uuid4(), address=THERE) as other_room:
        assert (await other_room.events())[0]["type"] == "hello"
