"""Direct rooms while pages are open."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import Mock

import pytest

from accounts.models import User
from chat.journal import database
from chat.journal.changes import Withdrawn
from chat.live.sidebar import Sidebar
from chat.live.sidebar.unread_counts import listed_rooms
from chat.models import Member, PersonBlock, Picture, Room, Subscription
from chat.tests.support.accounts import sign_in
from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.pages import browser_of, post_form
from chat.tests.support.private_rooms import new_account, new_direct_room
from chat.tests.support.sockets import Socket, connected, joined


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.transport.event_bus.PUBLISH_SECONDS", 0.05)
    monkeypatch.setattr("chat.live.sidebar.NEWS_SECONDS", 0.05)


@pytest.fixture
async def ada(lobby: Room) -> Member:
    return await database.write(new_account, "Ada")


@pytest.fixture
async def gus(lobby: Room) -> Member:
    """A guest."""
    return await database.write(Member.objects.create, name="Gus")


@pytest.fixture
async def room(ada: Member, gus: Member) -> Room:
    return await database.write(new_direct_room, ada, gus)


def mute(member: Member, room: Room) -> None:
    Subscription.objects.set_muted(member, room, muted=True)


@asynccontextmanager
async def watching(lobby: Room, ada: Member) -> AsyncIterator[Socket]:
    """A socket of Ada in the Lobby, with a sidebar that has been sent.

    She was there before: a first visit renews the list, which counts what would be news.
    """
    await database.write(Subscription.objects.record_visit, ada, lobby)
    user = await database.read(User.objects.get, member=ada)
    key = await database.write(sign_in, user)
    async with joined(lobby.name, session=key) as socket:
        await socket.events()
        await socket.send(type="rooms")
        await socket.soft("rooms")
        yield socket


async def news(socket: Socket) -> dict[str, Any]:
    [room] = (await socket.soft("news"))["rooms"]
    found: dict[str, Any] = room
    return found


async def test_news_of_a_direct_room_are_mentions_and_bear_its_name(
    lobby: Room, ada: Member, gus: Member, room: Room
) -> None:
    async with watching(lobby, ada) as hers, connected(room.address, gus) as (his,):
        said = await his.say("hi")
        found = await news(hers)
        assert found["name"] == "Gus"
        assert found["posts"] == found["mentions"] == [said["seq"]]


async def test_an_edit_leaves_the_badge_of_a_direct_room_and_a_deletion_takes_it(
    lobby: Room, ada: Member, gus: Member, room: Room
) -> None:
    sidebar = Sidebar(Mock(), ada, lobby, Mock())
    sidebar.rooms = dict(await database.read(listed_rooms, ada))
    sidebar.add_withdrawn(room.pk, [Withdrawn(5, str(gus.uid), [str(ada.uid)], is_deleted=False)])
    assert sidebar._news == {}
    sidebar.add_withdrawn(room.pk, [Withdrawn(5, str(gus.uid), [], is_deleted=True)])
    found = sidebar._news[room.pk]
    assert (found.deleted, found.unmentioned) == ([5], [5])
    sidebar.close()


async def test_news_of_a_muted_direct_room_are_no_mentions(
    lobby: Room, ada: Member, gus: Member, room: Room
) -> None:
    await database.write(mute, ada, room)
    async with watching(lobby, ada) as hers, connected(room.address, gus) as (his,):
        seq = (await his.say("hi"))["seq"]
        found = await news(hers)
        assert (found["posts"], found["mentions"]) == ([seq], [])


async def test_the_name_of_a_direct_room_follows_that_of_a_person(
    lobby: Room, ada: Member, gus: Member, room: Room
) -> None:
    async with watching(lobby, ada) as hers:
        await post_form(gus, "/name/", name="Gustav")
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while "Gustav" not in [it["name"] for it in (await hers.soft("rooms"))["rooms"]]:
                pass


def without_picture(person: Member) -> None:
    browser_of(person).post("/accounts/profile/picture", {"remove": "1"})


async def test_a_direct_room_has_the_picture_of_the_other_person(
    ada: Member, gus: Member, room: Room
) -> None:
    ada.picture = await database.write(Picture.objects.create, size=1)
    await database.write(ada.save)
    key = await database.write(sign_in, await database.read(User.objects.get, member=ada))
    async with joined(room.address, gus) as his, joined(room.address, session=key) as hers:
        assert (await his.events())[0]["room"]["picture"] == str(ada.picture_id)
        assert "picture" not in (await hers.events())[0]["room"]
        await post_form(gus, "/name/", name="Gustav")
        changed = (await his.soft("room"))["room"]
        assert (changed["name"], changed["picture"]) == ("Ada", str(ada.picture_id))
        assert "picture" not in (await hers.soft("room"))["room"]
        await database.write(without_picture, ada)
        assert "picture" not in (await his.soft("room"))["room"]


async def test_a_socket_is_greeted_with_the_name_for_its_person(
    lobby: Room, ada: Member, gus: Member, room: Room
) -> None:
    async with joined(room.address, gus) as his:
        hello = (await his.events())[0]
        assert (hello["room"]["name"], hello["room"]["kind"]) == ("Ada", "direct")
        await his.send(type="read", seq=1)
        await his.send(type="rooms")
        assert [it["name"] for it in (await his.soft("rooms"))["rooms"]] == ["Ada"]


async def test_who_is_blocked_in_a_direct_room_is_not_shown_typing(
    ada: Member, gus: Member, room: Room
) -> None:
    key = await database.write(sign_in, await database.read(User.objects.get, member=ada))
    async with joined(room.address, session=key) as of_ada, joined(room.address, gus) as of_gus:
        await database.write(PersonBlock.objects.block, ada, gus)
        await of_gus.send(type="typing")
        await of_ada.send(type="typing")  # of her, who blocks, he is told
        [typing] = (await of_gus.soft("typing"))["people"]
        assert typing["name"] == "Ada"
        await database.write(PersonBlock.objects.unblock, ada, gus)
        await of_gus.send(type="typing")
        while len(people := (await of_ada.soft("typing"))["people"]) < 2:
            assert [it["name"] for it in people] in ([], ["Ada"])
        assert [it["name"] for it in people] == ["Ada", "Gus"]
