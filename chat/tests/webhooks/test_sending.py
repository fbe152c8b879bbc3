"""What a receiver gets, and what becomes of its answers."""

import asyncio
from datetime import timedelta

import pytest

from chat import runtime
from chat.journal import Delete, Edit, database
from chat.link_cards.network import Place
from chat.models import Member, Membership, Message, Room, Subscription, Webhook
from chat.models.webhook import LEASE, TRIED_FOR, WAITS, Trouble, Why
from chat.programs.keeping import NotAllowed
from chat.tests.support.private_rooms import append
from chat.tests.support.push_service import LOOPBACK, silent, status
from chat.tests.webhooks.support import (
    Hook,
    Receivers,
    is_soon,
    new_webhook,
    post,
    replies,
    saying,
)
from chat.transport.counters import counters
from chat.webhooks import client, making, sending
from chat.webhooks.pusher import Pusher


async def test_each_change_is_a_delivery_in_the_order_of_its_room(
    hook: Hook, tea: Room, owner: Member
) -> None:
    for text in ("one", "two", "three"):
        await post(tea, owner, text)
    await hook.work()
    assert hook.texts == ["one", "two", "three"]
    assert [it["positions"][str(tea.uid)]["version"] for it in hook.bodies] == [1, 2, 3]
    assert [it["more"] for it in hook.bodies] == [True, True, False]
    assert len(set(hook.ids)) == 3
    await hook.work()
    assert len(hook.requests) == 3


async def test_edits_and_deletions_are_told(hook: Hook, tea: Room, owner: Member) -> None:
    await post(tea, owner, "one")
    await hook.work()
    await append(Edit(tea.pk, owner.pk, 1, "uno"))
    await hook.work()
    await append(Delete(tea.pk, owner.pk, 1))
    await hook.work()
    assert [it["changes"][0]["message"]["version"] for it in hook.bodies] == [1, 2, 3]
    assert hook.bodies[-1]["changes"][0]["message"]["deleted"]


async def test_rooms_take_turns(hook: Hook, tea: Room, lobby: Room, owner: Member) -> None:
    webhook = await hook.row()
    await database.write(_keep, webhook, lobby)
    await hook.work()
    for room in (tea, tea, tea, lobby, lobby):
        await post(room, owner, room.name)
    await hook.work()
    assert sorted(hook.texts[:2]) == sorted(hook.texts[2:4]) == ["Lobby", "Tea"]
    assert len(hook.texts) == 5


def _keep(webhook: Webhook, room: Room) -> None:
    Subscription.objects.keep(webhook.bot.member, room)


@pytest.mark.parametrize(
    ("answer", "trouble", "code"),
    [
        (status(500), Trouble.STATUS, 500),
        (status(404), Trouble.STATUS, 404),
        (status(302, "Location: https://push.example/other"), Trouble.REDIRECT, 302),
        (b"", Trouble.SLOW, None),  # nothing, over an open connection
        (silent, Trouble.SLOW, None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort", Trouble.SLOW, None),
        (b"SSH-2.0-OpenSSH_9\r\n\r\n", Trouble.BROKEN, None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", Trouble.BROKEN, None),
    ],
)
async def test_what_fails_comes_again_with_its_id_and_nothing_before_it(
    hook: Hook,
    tea: Room,
    owner: Member,
    answer: bytes,
    trouble: Trouble,
    code: int | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client, "WHOLE_SECONDS", 0.3)
    hook.answer(answer)
    for text in ("one", "two"):
        await post(tea, owner, text)
    failed = counters.webhook_deliveries[sending.FAILED]
    rest = await hook.work()
    row = await hook.row()
    assert (row.trouble, row.status, row.failures) == (trouble, code, 1)
    assert rest
    assert rest.wait
    assert is_soon(row.retry_at, WAITS[0])
    assert counters.webhook_deliveries[sending.FAILED] == failed + 1
    await hook.work()  # not before its time
    assert hook.texts == ["one"]
    hook.answer(status(204))
    await hook.pass_time(WAITS[0])
    await hook.work()
    assert hook.texts == ["one", "one", "two"]
    assert hook.ids[0] == hook.ids[1] != hook.ids[2]
    assert all(it.path == "/hook" for it in hook.service.requests)
    row = await hook.row()
    assert (row.trouble, row.failing_since, row.failures) == ("", None, 0)


async def test_a_connection_that_breaks_is_a_failure(hook: Hook, tea: Room, owner: Member) -> None:
    async def hang_up(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort")
        writer.close()
        raise ConnectionError

    hook.answer(hang_up)
    await post(tea, owner, "one")
    await hook.work()
    assert (await hook.row()).trouble == Trouble.BROKEN


async def test_waits_grow_until_it_is_paused_after_three_days(
    hook: Hook, tea: Room, owner: Member
) -> None:
    hook.answer(status(500))
    await post(tea, owner, "one")
    passed = timedelta()
    for number, wait in enumerate([*WAITS, *[WAITS[-1]] * 30], 1):
        await hook.work()
        row = await hook.row()
        if row.is_paused:
            break
        left = min(wait, TRIED_FOR - passed)
        assert row.failures == number
        assert is_soon(row.retry_at, left)
        await hook.pass_time(left)
        passed += left
    assert row.why_paused == Why.FAILING
    assert passed == TRIED_FOR
    assert len(set(hook.ids)) == 1
    assert await hook.work() is None


@pytest.mark.parametrize(
    ("code", "why", "word"),
    [(410, Why.GONE, "wants nothing more"), (500, Why.FAILING, "for three days")],
)
async def test_who_made_it_gets_a_word_when_it_is_paused(
    hook: Hook, tea: Room, owner: Member, code: int, why: Why, word: str
) -> None:
    hook.answer(status(code))
    await post(tea, owner, "one")
    await hook.work()
    await hook.pass_time(TRIED_FOR)
    await hook.work()
    assert (await hook.row()).why_paused == why
    await runtime.current().jobs.run_due()
    [said] = await database.read(
        lambda: list(Message.objects.filter(author__is_bot=True).select_related("room"))
    )
    assert word in said.text
    assert "“Tea”" in said.text
    assert said.room.is_direct
    assert await database.read(Membership.objects.filter(room=said.room, member=owner).exists)


async def test_it_is_resumed_where_it_stopped(hook: Hook, tea: Room, owner: Member) -> None:
    hook.answer(status(410))
    for text in ("one", "two"):
        await post(tea, owner, text)
    assert await hook.work() is None
    row = await hook.row()
    assert (row.why_paused, row.status) == (Why.GONE, 410)
    assert hook.texts == ["one"]
    await post(tea, owner, "three")
    hook.answer(status(200))
    await database.write(making.resume, owner, row)
    await hook.work()
    assert hook.texts == ["one", "one", "two", "three"]
    assert hook.ids[0] == hook.ids[1]


@pytest.mark.parametrize("code", [429, 503])
async def test_a_receiver_that_asks_to_wait_is_left_alone_so_long(
    hook: Hook, tea: Room, owner: Member, code: int
) -> None:
    hook.answer(status(code, "Retry-After: 3600"))
    await post(tea, owner, "one")
    await hook.work()
    assert is_soon((await hook.row()).retry_at, timedelta(hours=1))


async def test_who_asks_to_wait_for_ever_is_asked_again(
    hook: Hook, tea: Room, owner: Member
) -> None:
    hook.answer(status(429, "Retry-After: 999999"))
    await post(tea, owner, "one")
    await hook.work()
    assert is_soon((await hook.row()).retry_at, WAITS[-1])


# --- killed, and rivals -------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends."""


async def test_killed_before_it_is_noted_it_comes_again_with_one_reply(
    hook: Hook, tea: Room, owner: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook.answer(saying("tea"))
    for text in ("one", "two"):
        await post(tea, owner, text)

    def kill(*args: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Webhook.objects, "note_taken", kill)
        patched.setattr(Webhook.objects, "release", lambda *args: None)
        with pytest.raises(Killed):
            await hook.work()
    assert hook.texts == ["one"]
    await hook.work()
    assert hook.texts == ["one"]  # the lease of the process that was killed holds
    await hook.pass_time(LEASE)
    await hook.work()
    assert hook.texts == ["one", "one", "two"]
    assert hook.ids[0] == hook.ids[1] != hook.ids[2]
    assert [it.reply_to for it in await replies(tea)] == [1, 2]


async def test_of_two_processes_one_pushes(hook: Hook, tea: Room, owner: Member) -> None:
    for number in range(6):
        await post(tea, owner, str(number))
    first = runtime.current().webhooks.sending
    second = sending.Sending(first._journal, first._rates, Pusher(hook.service.webhook_client))
    await asyncio.gather(first.work(hook.pk), second.work(hook.pk))
    await hook.work()
    await second.aclose()
    assert hook.texts == [str(number) for number in range(6)]
    assert len(set(hook.ids)) == 6


async def test_a_slow_receiver_delays_no_other(
    hook: Hook, service: Receivers, tea: Room, owner: Member
) -> None:
    arrived, going_on = asyncio.Event(), asyncio.Event()

    async def slow(writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await going_on.wait()
        writer.write(status(200))

    hook.answer(slow)
    fast = Hook((await database.write(new_webhook, tea, owner, "/fast")).pk, "/fast", service)
    for text in ("one", "two"):
        await post(tea, owner, text)
    hanging = asyncio.create_task(hook.work())
    await arrived.wait()
    await fast.work()
    assert fast.texts == ["one", "two"]
    assert hook.texts == ["one"]
    going_on.set()
    await hanging
    assert hook.texts == ["one", "two"]


# --- where it may go ----------------------------------------------------------------------------


async def test_a_name_with_a_private_address_is_refused(
    hook: Hook, service: Receivers, tea: Room, owner: Member
) -> None:
    async def resolve(host: str, port: int) -> list[Place]:
        return [(LOOPBACK, service.port), ("10.0.0.1", service.port)]

    pusher = Pusher(lambda: service.webhook_client(resolve))
    runtime.current().webhooks.sending.pusher = pusher
    await post(tea, owner, "one")
    await hook.work()
    assert (await hook.row()).trouble == Trouble.ADDRESS
    assert service.requests == []
    assert service.connections == 0


async def test_a_name_is_resolved_once_for_a_connection(
    hook: Hook, service: Receivers, tea: Room, owner: Member
) -> None:
    """Whatever it would resolve to next: the connection goes to the address that was checked."""
    answers = [[(LOOPBACK, service.port)], [("169.254.169.254", 80)]]
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[Place]:
        asked.append(host)
        return answers[min(len(asked), 2) - 1]

    hook.answer(status(200, "Connection: close"))
    pusher = Pusher(lambda: service.webhook_client(resolve))
    runtime.current().webhooks.sending.pusher = pusher
    await post(tea, owner, "one")
    await hook.work()
    assert (hook.texts, asked) == (["one"], ["push.example"])
    await post(tea, owner, "two")
    await hook.work()
    assert hook.texts == ["one"]
    assert (await hook.row()).trouble == Trouble.ADDRESS


async def test_without_a_resolver_of_a_test_this_machine_is_out_of_reach(
    hook: Hook, service: Receivers, tea: Room, owner: Member
) -> None:
    runtime.current().webhooks.sending.pusher = Pusher()
    for host in ("127.0.0.1", "10.1.2.3", "[::1]", "169.254.169.254", "push.example:8443"):
        found = Webhook.objects.filter(pk=hook.pk)
        await database.write(found.update, url=f"https://{host}/", retry_at=None)
        await post(tea, owner, "one")
        await hook.work()
        row = await hook.row()
        assert (row.trouble, row.delivered_at) == (Trouble.ADDRESS, None)


# --- whose it is --------------------------------------------------------------------------------


async def test_it_is_paused_once_who_made_it_keeps_the_room_no_longer(
    hook: Hook, tea: Room, owner: Member
) -> None:
    await database.write(Membership.objects.filter(member=owner).delete)
    await post(tea, owner, "one")
    assert await hook.work() is None
    row = await hook.row()
    assert (row.why_paused, hook.requests) == (Why.OWNER, [])
    with pytest.raises(NotAllowed):
        await database.write(making.resume, owner, row)


# --- tests and what was missed ------------------------------------------------------------------


async def test_a_test_says_nothing_and_moves_nothing(hook: Hook, tea: Room, owner: Member) -> None:
    await database.write(Webhook.objects.pause, hook.pk, Why.PERSON)
    await post(tea, owner, "one")
    assert await database.write(Webhook.objects.ask_for_test, hook.pk)
    assert not await database.write(Webhook.objects.ask_for_test, hook.pk)
    assert await hook.work() is None
    [body] = hook.bodies
    assert body == {"changes": [], "gaps": [], "positions": {}, "more": False, "test": True}
    row = await hook.row()
    assert (row.test_asked_at, row.test_trouble, row.is_paused) == (None, "", True)
    assert row.tested_at


async def test_a_test_that_fails_says_why(hook: Hook) -> None:
    hook.answer(status(418))
    await database.write(Webhook.objects.ask_for_test, hook.pk)
    await hook.work()
    row = await hook.row()
    assert (row.test_trouble, row.test_status, row.failures) == (Trouble.STATUS, 418, 0)


async def test_gaps_are_told_once_and_before_what_follows(
    hook: Hook, tea: Room, owner: Member
) -> None:
    for text in ("one", "two", "three"):
        await post(tea, owner, text)
    await database.write(_expire, tea, 2)
    await hook.work()
    gap, change = hook.bodies
    assert [it["why"] for it in gap["gaps"]] == ["expired"]
    assert (gap["gaps"][0]["expired"], gap["changes"]) == (2, [])
    assert change["changes"][0]["message"]["text"] == "three"
    await database.write(Room.objects.begin_anew)
    await hook.work()
    assert [it["why"] for it in hook.bodies[2]["gaps"]] == ["epoch"]
    await post(tea, owner, "four")
    await hook.work()
    assert len(hook.bodies) == 4
    assert len(set(hook.ids)) == 4


def _expire(room: Room, seq: int) -> None:
    Message.objects.filter(room=room, seq__lte=seq).delete()
    Room.objects.filter(pk=room.pk).update(expired_seq=seq)
