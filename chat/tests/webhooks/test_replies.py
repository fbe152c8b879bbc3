"""What a receiver answers becomes a message."""

import pytest
from django.utils import timezone

from chat.journal import database
from chat.models import Member, Room
from chat.models.webhook import Trouble
from chat.tests.support.push_service import endless
from chat.tests.webhooks.support import (
    Hook,
    answering,
    post,
    replies,
    saying,
)


async def test_a_text_in_the_answer_is_a_reply(hook: Hook, tea: Room, owner: Member) -> None:
    hook.answer(saying("At **five**"))
    seq = await post(tea, owner, "When is tea?")
    await hook.work()
    [reply] = await replies(tea)
    assert (reply.text, reply.reply_to) == ("At **five**", seq)
    assert len(hook.requests) == 1  # it is not told what it said


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"ok",
        b"[]",
        b"null",
        b'{"text": 5}',
        b'{"text": null}',
        b'{"text": "  "}',
        b'{"other": "text"}',
        b'{"text": "tea"',
        b"\xff\xfe",
        b"[" * 60_000,
        b'{"a": ' * 10_000,
    ],
)
async def test_other_answers_are_none(hook: Hook, tea: Room, owner: Member, body: bytes) -> None:
    hook.answer(answering(200, body))
    await post(tea, owner, "one")
    await hook.work()
    assert await replies(tea) == []
    row = await hook.row()
    assert (row.trouble, row.failures) == ("", 0)
    assert row.delivered_at


async def test_an_answer_that_never_ends_is_taken_and_read_no_further(
    hook: Hook, tea: Room, owner: Member
) -> None:
    hook.answer(endless)
    await post(tea, owner, "one")
    await hook.work()
    assert (await hook.row()).delivered_at
    assert await replies(tea) == []


async def test_a_compressed_answer_is_not_unpacked(hook: Hook, tea: Room, owner: Member) -> None:
    hook.answer(answering(200, b'{"text": "tea"}', "Content-Encoding: gzip"))
    await post(tea, owner, "one")
    await hook.work()
    assert await replies(tea) == []


async def test_a_text_that_is_too_long_is_no_reply_and_its_owner_can_see_why(
    hook: Hook, tea: Room, owner: Member
) -> None:
    hook.answer(saying("tea " * 10_000))
    await post(tea, owner, "one")
    await hook.work()
    assert await replies(tea) == []
    row = await hook.row()
    assert (row.trouble, row.failures) == (Trouble.REPLY, 0)


async def test_a_bot_that_may_not_write_says_nothing(hook: Hook, tea: Room, owner: Member) -> None:
    await database.write(Room.objects.filter(pk=tea.pk).update, locked_at=timezone.now())
    hook.answer(saying("tea"))
    await post(tea, owner, "one")
    await hook.work()
    assert await replies(tea) == []
    assert (await hook.row()).trouble == Trouble.REPLY
