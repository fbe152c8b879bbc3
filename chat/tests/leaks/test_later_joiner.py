"""What was said before somebody came in does not reach them: by no page, and by no change."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from chat import guest_cookie
from chat.journal import Delete, Edit, Post, React, database
from chat.journal.roster_changes import RemovePerson
from chat.journal.write.markup import mark_up
from chat.live.sidebar.unread_counts import listed_rooms
from chat.live.unread import find_unread
from chat.models import Member, Membership, Room, Subscription
from chat.tests.leaks.conftest import People, new_people, session_of
from chat.tests.leaks.targets import FILE, TEXT, Target, new_den
from chat.tests.support.pages import browser_of
from chat.tests.support.private_rooms import add, append, applied
from chat.tests.support.sockets import Socket, joined

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = range(1, 10)  # seqs of lines from before


@pytest.fixture
def people(transactional_db: None) -> People:
    return new_people()


@pytest.fixture
def den(people: People) -> Target:
    return new_den(people.ada, people.ben, people.former, people.later)


def seen_from(den: Target, people: People) -> int:
    return Membership.objects.get(member=people.later, room=den.pk("room")).visible_from


@pytest.mark.parametrize(
    "query",
    ["", "?after=0", "?around=2", "?before=9", "?seqs=1,2,3,4,5,6", "?limit=200", "?before=3"],
)
def test_no_page_of_history_has_what_was_said_before(
    people: People, den: Target, query: str
) -> None:
    page = browser_of(people.later).get(f"/chat/{den.address}/messages{query}").json()
    first = seen_from(den, people)
    assert [it["seq"] for it in page["messages"] if it["seq"] < first] == []
    assert not page["more"]
    everything = browser_of(people.ada).get(f"/chat/{den.address}/messages").json()
    assert {it["seq"] for it in everything["messages"]} > set(BEFORE[:3])


@pytest.mark.parametrize("query", ["", "?after=0", "?after=1&seen=0", "?after=9&seen=9"])
def test_what_happened_while_they_were_away_has_none_of_it(
    people: People, den: Target, query: str
) -> None:
    answer = browser_of(people.later).get(f"/chat/{den.address}/away{query}")
    first = seen_from(den, people)
    told = answer.json()
    lists = [it for it in told.values() if isinstance(it, list)]
    seqs = {it["seq"] if isinstance(it, dict) else it for some in lists for it in some}
    assert all(seq >= first for seq in seqs)
    assert told["others"] <= 2
    assert FILE not in answer.content.decode()


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_the_panel_has_no_file_from_before(people: People, den: Target, accept: str) -> None:
    path, headers = f"/chat/{den.address}/files", {"accept": accept}
    assert FILE in browser_of(people.ada).get(path, headers=headers).content.decode()
    answer = browser_of(people.later).get(path, headers=headers)
    assert answer.status_code == 200
    assert FILE not in answer.content.decode()


def test_the_page_of_the_room_has_none_of_it(people: People, den: Target) -> None:
    page = browser_of(people.later).get(f"/chat/{den.address}/").content.decode()
    assert f"{TEXT} by" not in page
    assert f"{TEXT} again" in page


def test_nothing_from_before_is_unread_also_after_an_undo(people: People, den: Target) -> None:
    """Who takes the room off the list, and back with a pointer of their own choice."""
    browser, room = browser_of(people.later), Room.objects.get(pk=den.pk("room"))
    for read in (0, 1, 2):
        browser.post(f"/chat/{den.address}/leave")
        browser.post(f"/chat/{den.address}/keep", {"read": read})
        _, unread = find_unread(people.later, room)
        assert unread
        assert (unread["count"], unread["mentions"]) == (1, [])
        [(_, listed)] = [it for it in listed_rooms(people.later) if it[0] == room.pk]
        assert (listed.unread, listed.mentions) == (1, 0)


def test_nothing_between_a_removal_and_the_return_is_unread(people: People, den: Target) -> None:
    """Also where a row of before was left over."""
    room = Room.objects.get(pk=den.pk("room"))
    applied(RemovePerson(room.pk, people.ada.pk, people.ben.pk))
    Subscription.objects.create(room=room, member=people.ben, read_seq=2)
    text = f"@{people.ben.name} is gone, @everyone"
    applied(Post(room.pk, people.ada.pk, uuid4(), text, markup=mark_up(room, text)))
    add(room, people.ada, people.ben, sees_history=False)
    room.refresh_from_db()
    assert find_unread(people.ben, room)[1] is None


def test_who_left_before_has_no_card(people: People, den: Target) -> None:
    def status(member: Member, person: Member) -> int:
        address = f"/chat/{den.address}/people/{person.uid}"
        return browser_of(member).get(address).status_code

    assert status(people.ada, people.former) == 200
    assert status(people.later, people.former) == 404
    assert status(people.later, people.ada) == 200


@asynccontextmanager
async def in_den(member: Member, den: Target, **options: Any) -> AsyncIterator[Socket]:
    key = await database.write(session_of, member)
    async with joined(den.address, session=key, **options) as socket:
        yield socket


def den_of(people: People) -> Target:
    return new_den(people.ada, people.ben, people.former, people.later)


async def texts_until(socket: Socket, text: str) -> tuple[list[dict[str, Any]], str]:
    """The messages up to one with this text, and all frames as they came."""
    messages, frames = list[dict[str, Any]](), ""
    while text not in {it.get("text") for it in messages}:
        frame = await socket.receive_from()
        frames += frame
        messages += [it for it in json.loads(frame) if it["type"] in {"message", "change"}]
    return messages, frames


@pytest.mark.parametrize("query", ["", "?after=0", "?after=0&changes=1", "?after=3"])
async def test_no_socket_brings_it_nor_its_changes(lobby: Room, query: str) -> None:
    people = await database.write(new_people)
    den = await database.write(den_of, people)
    room, first = den.pk("room"), await database.read(seen_from, den, people)
    async with in_den(people.later, den, query=query) as socket:
        await append(Edit(room, people.ada.pk, 2, f"{TEXT}, edited again"))
        await append(React(room, people.ben.pk, 2, "🎉"))
        await append(Delete(room, people.ada.pk, 2))
        answer = Post(room, people.ben.pk, uuid4(), f"{TEXT} answered", reply_to=5)
        await append(answer)
        await append(Post(room, people.ada.pk, uuid4(), "the end"))
        messages, frames = await texts_until(socket, "the end")
    assert [it for it in messages if it["seq"] < first] == []
    assert "edited again" not in frames
    [reply] = [it for it in messages if it.get("text") == f"{TEXT} answered"]
    assert reply["reply_to"] is None


async def test_what_is_sent_again_names_no_message_of_before(lobby: Room) -> None:
    """Later reacts twice to an answer to a message of before; and to that message."""
    people = await database.write(new_people)
    den = await database.write(den_of, people)
    room = den.pk("room")
    appended = await append(Post(room, people.ben.pk, uuid4(), f"{TEXT} answered", reply_to=5))
    seq = appended.entry.seq
    await append(React(room, people.later.pk, seq, "👍"))
    async with in_den(people.later, den, query=f"?after={seq + 1}") as socket:
        await socket.events()  # hello
        await socket.send(type="message.react", seq=seq, emoji="👍", id="again")
        again = await socket.event()
        assert (again["seq"], again["reply_to"]) == (seq, None)
        for type, more in TRIES.items():
            await socket.send(type=type, seq=5, id=type, **more)
            assert (await socket.event())["code"] == "no_such_message"
        assert (await socket.say("quoted", reply_to=5))["code"] == "no_such_message"


TRIES: dict[str, dict[str, Any]] = {
    "message.react": {"emoji": "👍"},
    "message.edit": {"text": "mine"},
    "message.delete": {},
}


def test_a_guest_with_the_cookie_of_nobody_finds_no_room(den: Target) -> None:
    browser = Client()
    browser.cookies[guest_cookie.COOKIE] = guest_cookie.sign(den.person)
    assert browser.get(f"/chat/{den.address}/").status_code == 404
