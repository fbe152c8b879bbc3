"""How many reports wait, live, for those who keep a room."""

from uuid import uuid4

import pytest

from accounts.models import User
from chat import reports, runtime
from chat.journal import Post, database
from chat.live.open_reports import REPORTED
from chat.models import Member, ReportCase, Room, Verdict
from chat.tests.support.accounts import sign_in
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.private_rooms import applied, new_account
from chat.tests.support.sockets import Socket, joined


@pytest.fixture
async def ada(lobby: Room) -> Member:
    return await database.write(new_account, "Ada")


@pytest.fixture
async def tea(ada: Member) -> Room:
    """Ada's."""
    return await database.write(new_open_room, "Tea", ada)


async def session_of(member: Member) -> str:
    return await database.write(lambda: sign_in(User.objects.get(member=member)))


async def is_reported(room: Room, author: Member, reporter: Member) -> ReportCase:
    """Do it as a page does."""

    def report() -> ReportCase:
        seq = applied(Post(room.pk, author.pk, uuid4(), "rude")).entry.seq
        reports.report(reporter, room, seq, "")
        return ReportCase.objects.latest("pk")

    case = await database.write(report)
    await publish(room)
    return case


async def publish(room: Room) -> None:
    await runtime.current().bus.publish_now(REPORTED, str(room.pk), [True])


async def count(socket: Socket, expected: int) -> None:
    """Wait until the connection is told this number."""
    while (await socket.soft("reports"))["open"] != expected:
        pass


async def test_who_keeps_a_room_is_told_in_any_room_and_others_are_not(
    tea: Room, ada: Member, alice: Member, bob: Member
) -> None:
    cleo = await database.write(new_account, "Cleo")
    adas, cleos = await session_of(ada), await session_of(cleo)
    async with joined("lobby", session=adas) as keeper, joined("tea", session=cleos) as other:
        for socket in (keeper, other):
            await socket.send(type="rooms")
        await count(keeper, 0)
        case = await is_reported(tea, bob, alice)
        await count(keeper, 1)
        await database.write(case.decide, Verdict.DISMISSED, ada)
        await publish(tea)
        await count(keeper, 0)
        current = runtime.current().open_reports
        assert len(current._keepers) == 1
        assert len(current._members) == 2
    assert not current._keepers
    assert not current._members
    assert not current._stale
