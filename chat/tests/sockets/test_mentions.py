"""Formatting and mentions over `chat.v1`."""

from typing import Any

import pytest
from django.db import OperationalError

from chat.journal import database
from chat.models import Member, Mention, Room, Subscription
from chat.tests.sockets.reacting import rows
from chat.tests.support.sockets import connected, next_event_of_all


async def test_html_is_sent_only_if_it_differs_from_the_text(lobby: Room, alice: Member) -> None:
    async with connected("lobby", alice) as (hers,):
        assert "html" not in await hers.say("plain & simple")
        assert "<strong>bold</strong>" in (await hers.say("**bold** & simple"))["html"]
        await hers.send(type="message.edit", seq=2, text="not any more")
        assert "html" not in await hers.event()


async def test_a_mention_finds_people_who_have_been_in_the_room(
    lobby: Room, alice: Member, bob: Member, carol: Member
) -> None:
    async with connected("lobby", bob):
        pass
    async with connected("lobby", alice) as (hers,):
        message = await hers.say("@bob and @Carol, tea?")
        assert message["mentions"] == [str(bob.uid)]
        assert "mentions" not in await hers.say("no bob@example.org")
    assert await rows(Mention, seq=1, member=bob) == await rows(Mention) == 1


async def test_a_mention_finds_the_person_who_is_here_among_namesakes_who_came_later(
    lobby: Room, alice: Member, bob: Member
) -> None:
    def visit() -> None:
        for _ in range(9):
            Subscription.objects.create(member=Member.objects.create(name="Alice"), room=lobby)

    async with connected("lobby", alice, bob) as (_, his):
        await database.write(visit)
        assert str(alice.uid) in (await his.say("hi @alice"))["mentions"]


async def test_a_mention_of_the_room_is_for_everybody(lobby: Room, alice: Member) -> None:
    async with connected("lobby", alice) as (hers,):
        assert (await hers.say("@room tea!"))["mentions"] == ["room"]
    assert await rows(Mention, seq=1, member=None) == 1


async def test_an_edit_replaces_the_mentions(lobby: Room, alice: Member, bob: Member) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await hers.post("@Bob @room tea?")
        await next_event_of_all(hers, his)
        await hers.send(type="message.edit", seq=1, text="@Alice tea?")
        assert (await next_event_of_all(hers, his))["mentions"] == [str(alice.uid)]
        await hers.send(type="message.edit", seq=1, text="tea?")
        assert "mentions" not in await next_event_of_all(hers, his)
    assert await rows(Mention) == 0


async def test_a_reply_mentions_the_author_it_answers(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await hers.post("tea?")
        await next_event_of_all(hers, his)
        await his.post("milk, @Bob", reply_to=1)
        message = await next_event_of_all(hers, his)
        assert message["mentions"] == [str(bob.uid), str(alice.uid)]
        await his.send(type="message.edit", seq=2, text="milk")
        assert (await next_event_of_all(hers, his))["mentions"] == [str(alice.uid)]
    assert await rows(Mention, seq=2, member=alice) == await rows(Mention) == 1


async def test_a_reply_to_oneself_mentions_nobody(lobby: Room, alice: Member) -> None:
    async with connected("lobby", alice) as (hers,):
        await hers.say("tea?")
        assert "mentions" not in await hers.say("tea!", reply_to=1)
    assert await rows(Mention) == 0


async def test_a_person_mentioned_twice_is_mentioned_once(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await hers.post("@Bob @bob @room @room")
        message = await next_event_of_all(hers, his)
        assert sorted(message["mentions"]) == sorted(["room", str(bob.uid)])
    assert await rows(Mention) == 2


async def test_a_renamed_person_is_mentioned_by_the_new_name_only(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await database.write(bob.rename, "Robert")
        await hers.post("@Robert, not @Bob")
        assert (await next_event_of_all(hers, his))["mentions"] == [str(bob.uid)]


async def test_a_mention_is_refused_and_the_socket_stays_while_the_database_is_away(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("the database is away")

    async with connected("lobby", alice) as (hers,):
        monkeypatch.setattr("chat.journal.write.markup._members_named", away)
        id = await hers.post("@Alice tea?")
        error = await hers.event()
        assert (error["code"], error["id"]) == ("unavailable", id)
        monkeypatch.undo()
        assert (await hers.say("@Alice tea?"))["mentions"] == [str(alice.uid)]
