"""A process follows webhooks: from a commit to the receiver, without a round in between."""

import asyncio
from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest

from chat import runtime
from chat.journal import Post, database
from chat.models import Member, Room, Subscription, Webhook
from chat.models.webhook import Why
from chat.tests.support.push_service import status
from chat.tests.webhooks.support import Hook, Receivers, new_webhook
from chat.webhooks import making
from chat.webhooks.runner import CHANGED


@pytest.fixture
async def running(hook: Hook) -> AsyncIterator[None]:
    """The process follows webhooks, and rounds come too late to help."""
    runtime.current().start()
    yield
    await runtime.current().webhooks.aclose()


async def say(room: Room, member: Member, text: str) -> None:
    await runtime.current().journal.append(Post(room.pk, member.pk, uuid4(), text))


async def nudge(hook: Hook) -> None:
    await runtime.current().bus.publish_now(CHANGED, str(hook.pk), [True])


async def told(hook: Hook, count: int) -> list[str]:
    """What the receiver got, once that is so much."""
    while len(hook.texts) < count:
        hook.service.arrived.clear()
        if len(hook.texts) < count:
            await hook.service.arrived.wait()
    return hook.texts


async def followed() -> None:
    """Return once the process waits for changes of what it follows."""
    await _until(lambda: len(runtime.current().webhooks._waiters) > 0)


async def _until(is_so: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to that")


@pytest.mark.usefixtures("running")
async def test_a_change_is_pushed_at_once(hook: Hook, tea: Room, owner: Member) -> None:
    for text in ("one", "two", "three"):
        await say(tea, owner, text)
    assert await told(hook, 3) == ["one", "two", "three"]


@pytest.mark.usefixtures("running")
async def test_one_that_is_made_or_resumed_later_is_followed(
    hook: Hook, service: Receivers, tea: Room, owner: Member
) -> None:
    await database.write(making.pause, owner, await hook.row())
    await nudge(hook)
    later = Hook((await database.write(new_webhook, tea, owner, "/later")).pk, "/later", service)
    await nudge(later)
    await say(tea, owner, "one")
    assert await told(later, 1) == ["one"]
    assert hook.texts == []
    await database.write(making.resume, owner, await hook.row())
    await nudge(hook)
    assert await told(hook, 1) == ["one"]


@pytest.mark.usefixtures("running")
async def test_a_room_that_its_bot_gets_into_is_pushed_as_well(
    hook: Hook, lobby: Room, tea: Room, owner: Member
) -> None:
    await say(tea, owner, "one")
    await told(hook, 1)
    row = await hook.row()
    await database.write(Subscription.objects.keep, row.bot.member, lobby)
    await nudge(hook)
    await say(tea, owner, "two")  # then the new room is known
    await told(hook, 2)
    await say(lobby, owner, "three")
    assert sorted(await told(hook, 3)) == ["one", "three", "two"]


@pytest.mark.usefixtures("running")
async def test_a_receiver_that_hangs_delays_no_other_and_no_room(
    hook: Hook, service: Receivers, tea: Room, owner: Member
) -> None:
    arrived = asyncio.Event()

    async def hang(writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await writer.wait_closed()

    hook.answer(hang)
    fast = Hook((await database.write(new_webhook, tea, owner, "/fast")).pk, "/fast", service)
    await nudge(fast)
    await say(tea, owner, "one")
    await arrived.wait()
    for text in ("two", "three"):
        await say(tea, owner, text)
    assert await told(fast, 3) == ["one", "two", "three"]
    assert hook.texts == ["one"]


@pytest.mark.usefixtures("running")
async def test_a_stop_cuts_a_delivery_off_and_the_next_start_repeats_it(
    hook: Hook, tea: Room, owner: Member
) -> None:
    arrived = asyncio.Event()

    async def hang(writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await writer.wait_closed()

    hook.answer(hang)
    await say(tea, owner, "one")
    await arrived.wait()
    await runtime.current().webhooks.aclose()
    assert (await hook.row()).lease is None  # so nobody waits for its end
    hook.answer(status(200))
    runtime.current().webhooks.start()
    assert await told(hook, 2) == ["one", "one"]
    assert hook.ids[0] == hook.ids[1]


@pytest.mark.usefixtures("running")
async def test_a_paused_one_is_followed_no_longer(hook: Hook) -> None:
    await followed()
    await database.write(Webhook.objects.pause, hook.pk, Why.PERSON)
    await nudge(hook)
    await _until(lambda: not runtime.current().webhooks._followed)
