"""Frames: who floods is slowed down and then closed, who follows the protocol is not."""

from collections.abc import Coroutine
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from chat.journal.read.window import ACK_CHANGES, WINDOW_CHANGES
from chat.live.presence.typing_people import REPEAT_SECONDS
from chat.live.rates import TooFast
from chat.models import Member, Room
from chat.protocol import Close
from chat.sockets import frame_limits
from chat.sockets.frame_limits import (
    DELAYED_MAX,
    FRAMES_BURST,
    FRAMES_PER_SECOND,
    LISTS_BURST,
    FrameLimits,
)
from chat.tests.support.fake_clock import run_with_fake_clock
from chat.tests.support.sockets import Socket, connected, joined, plain

READ_SECONDS, LIST_SECONDS = 2, 2  # at least, between two frames of the page


@pytest.fixture(autouse=True)
def rates_on(settings: Settings) -> None:
    settings.RATES = settings.RATE_TABLE


def run(work: Coroutine[Any, Any, None]) -> None:
    run_with_fake_clock(work)


# --- By the clock -------------------------------------------------------------------------------


def test_after_a_burst_frames_come_at_their_rate() -> None:
    async def flood() -> None:
        limits = FrameLimits()
        waits = [limits.take_frame() for _ in range(FRAMES_BURST + 2)]
        assert waits[:FRAMES_BURST] == [0] * FRAMES_BURST
        assert waits[FRAMES_BURST:] == pytest.approx([1 / FRAMES_PER_SECOND, 2 / FRAMES_PER_SECOND])

    run(flood())


def test_who_goes_on_is_closed() -> None:
    async def flood() -> None:
        limits = FrameLimits()
        for _ in range(FRAMES_BURST + DELAYED_MAX):
            limits.take_frame()
        with pytest.raises(TooFast):
            limits.take_frame()

    run(flood())


def test_a_page_at_its_fastest_never_waits() -> None:
    """A second has a post with `typing` before it, and its shares of `typing`, `read`, `rooms`."""
    per_second = 1 + 1 / REPEAT_SECONDS + 1 / READ_SECONDS + 1 / LIST_SECONDS
    assert per_second < FRAMES_PER_SECOND


def test_a_thousand_acknowledgements_a_second_never_wait() -> None:
    """As many as a client of the busiest room sends that acknowledges each change by itself."""

    async def acknowledge() -> None:
        limits = FrameLimits()
        for _ in range(10 * WINDOW_CHANGES):
            assert limits.take_frame() == 0
            limits.put_back_frame()

    run(acknowledge())


def test_thirty_malformed_frames_are_too_many_whatever_comes_between() -> None:
    async def alternate() -> None:
        limits = FrameLimits()
        outcomes = []
        for _ in range(31):
            outcomes.append(limits.add_malformed())
            limits.add_well_formed()
        assert outcomes == [False] * 30 + [True]

    run(alternate())


# --- On sockets ---------------------------------------------------------------------------------


@pytest.fixture
def small_burst(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame_limits, "FRAMES_BURST", 5)
    monkeypatch.setattr(frame_limits, "DELAYED_MAX", 5)


@pytest.fixture
def no_new_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """After three frames, the next one would wait for longer than the test."""
    monkeypatch.setattr(frame_limits, "FRAMES_BURST", 3)
    monkeypatch.setattr(frame_limits, "FRAMES_PER_SECOND", 0.001)


@pytest.mark.usefixtures("small_burst")
async def test_a_flood_is_told_when_to_come_back_and_closed(lobby: Room) -> None:
    async with joined("lobby") as socket:
        await socket.event()
        await flood(socket, '{"type": "typing"}')
        error = await socket.event()
        assert (error["code"], error["id"], error["retry_after"]) == ("too_fast", None, 30)
        assert await socket.close_code() == Close.TOO_MANY


@pytest.mark.usefixtures("small_burst")
@pytest.mark.parametrize("frame", ['{"type": "read", "seq": 1}', '{"type": "ack", "version": 0}'])
async def test_frames_that_change_nothing_are_counted(lobby: Room, frame: str) -> None:
    async with joined("lobby") as socket:
        await socket.event()
        await flood(socket, frame)
        assert (await socket.event())["code"] == "too_fast"
        assert await socket.close_code() == Close.TOO_MANY


@pytest.mark.usefixtures("small_burst")
async def test_refused_frames_are_counted(lobby: Room, alice: Member, settings: Settings) -> None:
    settings.RATES = {"message": ((1, 60), None)}
    async with connected("lobby", alice) as (hers,):
        for number in range(1_000):
            await hers.post(str(number))
        assert (await hers.event())["text"] == "0"
        while (error := await hers.event())["id"]:
            assert error["code"] == "too_fast"
        assert error["code"] == "too_fast"
        assert await hers.close_code() == Close.TOO_MANY


@pytest.mark.usefixtures("small_burst")
async def test_a_plain_client_that_floods_is_closed(lobby: Room) -> None:
    async with plain("lobby") as socket:
        await flood(socket, '{"message": ""}')
        assert await socket.close_code() == Close.TOO_MANY


async def test_malformed_and_good_frames_in_turn_close_the_socket(lobby: Room) -> None:
    async with joined("lobby") as socket:
        await socket.event()
        for _ in range(31):
            await socket.send_to(text_data="{")
            await socket.send(type="typing")
        for _ in range(31):
            assert (await socket.event())["code"] == "bad_json"
        assert await socket.close_code() == Close.NOT_THIS_PROTOCOL


@pytest.mark.usefixtures("no_new_tokens")
async def test_whoever_acknowledges_each_change_is_not_slowed_down(
    lobby: Room, alice: Member, bob: Member, settings: Settings
) -> None:
    settings.RATES = {"page": (None, (1, 1))}
    async with connected("lobby", alice, bob) as (hers, his):
        for number in range(2 * ACK_CHANGES):
            await hers.post(str(number))
            for socket in (hers, his):
                version = (await socket.event())["version"]
                await socket.send(type="ack", version=version)
        assert (await his.say("all arrived"))["text"] == "all arrived"


@pytest.mark.usefixtures("no_new_tokens")
async def test_changes_that_their_rates_allow_are_not_slowed_down(
    lobby: Room, alice: Member, settings: Settings
) -> None:
    settings.RATES = {"message": ((1_000, 1), None)}
    async with connected("lobby", alice) as (hers,):
        for number in range(20):
            seq = (await hers.say(str(number)))["seq"]
            await hers.send(type="message.react", seq=seq, emoji="🎉")
            assert (await hers.event())["reactions"]
            await hers.send(type="message.edit", seq=seq, text="edited")
            assert (await hers.event())["text"] == "edited"
            await hers.send(type="message.delete", seq=seq)
            assert (await hers.event())["deleted"]


async def test_lists_of_rooms_are_read_at_their_own_rate(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0

    def count(*_: Any) -> None:
        nonlocal asked
        asked += 1

    monkeypatch.setattr("chat.live.sidebar.Sidebar.refresh", count)
    async with connected("lobby", alice) as (hers,):
        for _ in range(90):
            await hers.send(type="rooms")
        await hers.say("the frames are through")
    assert asked <= LISTS_BURST


async def flood(socket: Socket, frame: str) -> None:
    for _ in range(1_000):
        await socket.send_to(text_data=frame)
