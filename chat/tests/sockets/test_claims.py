"""Open sockets while a guest signs up, and while an account claims a guest."""

from uuid import uuid4

from asgiref.sync import sync_to_async
from django.db import connections

from accounts.models import User
from chat import runtime
from chat.journal import database
from chat.models import Member, Room
from chat.personal_data import claiming
from chat.protocol import Close
from chat.tests.support.accounts import sign_in
from chat.tests.support.pages import get_page, snapshot
from chat.tests.support.sockets import joined


async def test_the_tabs_of_a_guest_who_signs_up_go_on(lobby: Room) -> None:
    uid = uuid4()
    async with joined("lobby") as bob, joined("lobby", uid) as one, joined("lobby", uid) as other:
        for socket in (bob, one, other):
            await socket.event()
        before = await one.say("before")
        await bob.event()
        assert before["author"]["guest"]
        user = await database.write(User.objects.create_user, "alice")
        await database.write(Member.objects.ensure_of_user, user, uid)
        await other.event()
        await other.post("after")
        after = await other.event()
        assert await one.event() == after == await bob.event()
        assert (after["author"]["id"], after["author"]["guest"]) == (str(uid), False)
        await one.send(type="message.edit", seq=1, text="edited", id="e")
        assert (await one.event())["text"] == "edited"
    key = await database.write(sign_in, user)
    async with joined("lobby", uid, session=key) as socket:
        assert (await socket.events())[0]["you"]["id"] == str(uid)


async def test_a_tab_that_speaks_as_a_claimed_guest_comes_back_as_the_account(
    lobby: Room, alice: Member
) -> None:
    user = await database.write(User.objects.create_user, "alice")
    hers = await database.write(Member.objects.create, name="Alice", user=user)
    key = await database.write(sign_in, user)

    def claim() -> None:
        claiming.claim(hers, alice)
        connections.close_all()

    async with joined("lobby", alice) as tab:
        await tab.event()
        await tab.say("as a guest")
        await sync_to_async(claim)()
        await runtime.current().revocations.read()
        assert await tab.close_code() == Close.TRY_LATER
    async with joined("lobby", alice, session=key, query="?after=1") as tab:
        you = (await tab.event())["you"]
        assert (you["id"], you["claimed"]) == (str(hers.uid), [str(alice.uid)])
        await tab.send(type="message.edit", seq=1, text="edited", id="e")
        edited = await tab.event()
        assert (edited["text"], edited["author"]["id"]) == ("edited", str(alice.uid))


async def test_pages_and_sockets_say_who_is_a_guest(lobby: Room, bob: Member) -> None:
    user = await database.write(User.objects.create_user, "alice")
    hers = await database.write(Member.objects.create, name="Alice", user=user)
    key = await database.write(sign_in, user)
    async with joined("lobby", bob) as his, joined("lobby", session=key) as socket:
        await his.event()
        assert (await socket.event())["you"]["guest"] is False
        assert (await his.say("hi"))["author"]["guest"] is True
        await socket.event()
        said = await socket.say("ho")
        assert said["author"] == {"id": str(hers.uid), "name": "Alice", "guest": False}
    page = snapshot(await get_page(bob, "/chat/Lobby/"))
    assert [it["author"]["guest"] for it in page["messages"]] == [True, False]
