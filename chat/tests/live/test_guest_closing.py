"""An installation that takes no new guests for a time."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from chat.journal import Newcomer, Post, Refused, database
from chat.journal.write.appender import commit
from chat.models import GuestClosing, Member, ModerationAct, Room
from chat.tests.support.private_rooms import new_invite, new_members_room
from chat.tests.support.sockets import joined


def post(room: Room, member: Member | Newcomer) -> Post:
    return Post(room.pk, member.pk if isinstance(member, Member) else member, uuid4(), "hi")


@pytest.fixture
def olga(db: None, client: Client) -> Member:
    """An operator, who is signed in."""
    user = User.objects.create_user("olga", is_staff=True, is_superuser=True)
    client.force_login(user)
    return Member.objects.of_user(user)


def test_an_operator_closes_and_opens_with_a_press_and_the_log_says_so(
    client: Client, olga: Member
) -> None:
    assert client.post("/moderation/guests", {"seconds": "3600", "why": "Raid"}).status_code == 204
    assert GuestClosing.objects.until()
    assert client.post("/moderation/guests", {"seconds": "0"}).status_code == 204
    assert GuestClosing.objects.until() is None
    closed, opened = ModerationAct.objects.order_by("pk")
    assert (closed.kind, closed.by, closed.why) == ("close", olga, "Raid")
    assert (opened.kind, opened.undoes) == ("open", closed)


async def test_new_guests_only_read_and_others_go_on(lobby: Room, alice: Member) -> None:
    until = timezone.now() + timedelta(hours=1)
    await database.write(lambda: GuestClosing.objects.close(until, by=alice))
    async with joined("lobby", uuid4()) as new, joined("lobby", alice) as old:
        await new.events()
        await old.events()
        assert (await new.say("let me in"))["code"] == "sign_in_first"
        assert (await old.say("hi"))["text"] == "hi"
    assert await database.read(Member.objects.count) == 1
    await database.write(lambda: GuestClosing.objects.open(by=alice))
    async with joined("lobby", uuid4()) as new:
        await new.events()
        assert (await new.say("thanks"))["text"] == "thanks"


async def test_new_guests_open_no_room(lobby: Room, alice: Member) -> None:
    until = timezone.now() + timedelta(hours=1)
    await database.write(lambda: GuestClosing.objects.close(until, by=alice))
    [outcome] = await database.write(commit, [post(lobby, Newcomer(uuid4(), "Eve"))])
    assert isinstance(outcome, Refused)
    assert outcome.code == "sign_in_first"
    async with joined("elsewhere", uuid4()) as new:
        assert (await new.receive_output())["code"] == 4401
    assert await database.read(Room.objects.count) == 1


@pytest.mark.django_db
def test_a_closing_ends_by_itself() -> None:
    member = Member.objects.create(name="Ada")
    GuestClosing.objects.close(timezone.now(), by=member)
    late = Member.new_guest(uuid4())
    GuestClosing.objects.mark([late])
    assert not late.comes_late


def test_the_moderation_page_has_the_press_for_operators_alone(
    client: Client, olga: Member
) -> None:
    html = {"accept": "text/html"}
    assert "Close for 1 hour" in client.get("/moderation/").content.decode()
    fields = {"seconds": "3600", "next": "/moderation/"}
    assert client.post("/moderation/guests", fields, headers=html)["location"] == "/moderation/"
    page = client.get("/moderation/").content.decode()
    assert "New guests can only read until" in page
    assert "Let new guests in again" in page
    client.force_login(User.objects.create_user("ada"))
    assert "New guests" not in client.get("/moderation/").content.decode()


@pytest.mark.django_db
def test_no_page_stores_a_new_guest_meanwhile(client: Client, ada: Member, gus: Member) -> None:
    room = new_members_room(ada)
    invite = new_invite(room, ada, for_guests=True)
    address = f"/invite/{invite.token}/"
    GuestClosing.objects.close(timezone.now() + timedelta(hours=1), by=ada)
    before = Member.objects.count()
    for path in ("/", address, "/name/", "/chat/lobby/knock"):
        Client().post(path, {"name": "Eve", "room": "lobby"}, headers={"accept": "text/html"})
    assert Member.objects.count() == before
