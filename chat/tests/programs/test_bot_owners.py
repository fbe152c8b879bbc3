"""Who made a bot is told what becomes of it."""

import logging
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from chat import runtime
from chat.journal import database
from chat.live import bot_owners
from chat.live.bot_owners import SILENCE, TELL
from chat.live.rates import TooFast
from chat.live.rates.rates import REFUSALS
from chat.live.speaking import Speaking
from chat.models import Bot, Job, Member, Message, PersonBlock, Room
from chat.programs.bot_owners import Telling
from chat.protocol import Translatable
from chat.tests.support.private_rooms import new_account

pytestmark = pytest.mark.django_db(transaction=True)

STOPPED = Translatable("I was stopped: %(why)s.", why="I speak too fast")


@pytest.fixture
async def bot(lobby: Room) -> Bot:
    def make() -> Bot:
        return Bot.objects.make("Robot", new_account("Ada"))

    return await database.write(make)


async def tell(bot: Bot, cause: str = "rates") -> bool:
    is_told = await database.write(bot_owners.tell, bot, cause, STOPPED)
    await runtime.current().jobs.run_due()
    return is_told


async def words() -> list[tuple[str, str]]:
    """What direct rooms say, with who says it."""

    def read() -> list[tuple[str, str]]:
        found = Message.objects.exclude(kind="event").order_by("pk")
        return list(found.values_list("author__name", "text"))

    return await database.read(read)


async def test_the_owner_gets_a_direct_message_of_the_bots(bot: Bot) -> None:
    assert await tell(bot)
    assert await words() == [("Robot", "I was stopped: I speak too fast.")]
    [room] = await database.read(lambda: list(Room.objects.exclude(people=None)))
    people = await database.read(lambda: {it.member.name for it in room.membership_set.all()})
    assert people == {"Ada", "Robot"}


async def test_a_cause_is_told_once_in_a_while(bot: Bot) -> None:
    assert await tell(bot)
    assert not await tell(bot)
    assert await tell(bot, "another")
    earlier = (timezone.now() - SILENCE).isoformat()
    await database.write(Bot.objects.filter(pk=bot.pk).update, told={"rates": earlier})
    assert await tell(bot)
    assert len(await words()) == 3


async def test_a_step_that_runs_again_says_nothing_twice(bot: Bot) -> None:
    await database.write(bot_owners.tell, bot, "rates", STOPPED)
    job = await database.read(Job.objects.get, kind=TELL)
    telling = Telling(runtime.current().journal)
    await telling.step(job.state)
    await telling.step(job.state)
    assert len(await words()) == 1


@pytest.mark.parametrize("why", ["gone", "deactivated", "blocks it"])
async def test_where_nobody_is_to_be_told_the_log_says_so(
    bot: Bot, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    def happen() -> None:
        if why == "gone":
            Bot.objects.update(made_by=None)
        elif why == "deactivated":
            User.objects.update(is_active=False)
        else:
            assert bot.made_by
            PersonBlock.objects.create(member=bot.made_by, blocked=bot.member)

    await database.write(happen)
    with caplog.at_level(logging.WARNING):
        await tell(bot)
    assert await words() == []
    assert "has nobody to be told" in caplog.text
    assert not await database.read(Job.objects.filter(kind=TELL).exists)


async def test_a_bot_that_keeps_on_is_told_of_once(
    lobby: Room, bot: Bot, settings: Settings
) -> None:
    settings.RATES = {"message": ((3, 600), None)}
    member = await database.read(lambda: bot.member)
    for _ in range(3):
        await say(lobby, member)
    for refused in range(2 * REFUSALS + 2):
        with pytest.raises(TooFast):
            await say(lobby, member)
        is_told = await database.read(Job.objects.filter(kind=TELL).exists)
        assert is_told == (refused >= REFUSALS)
    await runtime.current().jobs.run_due()
    said = [(name, text) for name, text in await words() if text != "hi"]
    assert said == [("Robot", str(bot_owners.STOPPED[1]))]


async def test_a_person_who_keeps_on_is_no_word_to_anybody(lobby: Room, settings: Settings) -> None:
    settings.RATES = {"message": ((1, 600), None)}
    ben = await database.write(new_account, "Ben")
    await say(lobby, ben)
    for _ in range(REFUSALS + 2):
        with pytest.raises(TooFast):
            await say(lobby, ben)
    assert not await database.read(Job.objects.filter(kind=TELL).exists)


async def say(room: Room, member: Member) -> None:
    now = runtime.current()
    await Speaking(now.journal, now.rates, room, member, None).post(uuid4(), "hi")


async def test_a_bot_that_is_gone_is_no_error(bot: Bot) -> None:
    await database.write(bot_owners.tell, bot, "rates", STOPPED)
    await database.write(Member.objects.filter(pk=bot.member.pk).delete)
    await runtime.current().jobs.run_due()
    assert not await database.read(Job.objects.filter(kind=TELL).exists)
