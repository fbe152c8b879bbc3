"""The people in a room, as they are told of each other. Time leaps: minutes pass in a moment."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from chat.live.best_effort import BestEffortSender
from chat.live.presence.room_presence import LEAVE_SECONDS, RoomPresence, Subscriber
from chat.live.presence.typists import TYPING_SECONDS
from chat.models import Member, Room
from chat.tests.support.fake_clock import run_with_fake_clock
from chat.transport.channel_layer import LayerClient, LayerMessage

SOON = 2.0  # seconds: through another process as well
ROOM = Room(pk=1, key="lobby", name="Lobby")
ALICE, BOB, CAROL = (Member(uid=uuid4(), name=name) for name in ("Alice", "Bob", "Carol"))


class Ear:
    """Somebody who hears what is whispered, and when."""

    def __init__(self) -> None:
        self.frames: list[tuple[float, str]] = []
        self.is_slow = False
        self.whisper = BestEffortSender(self._take, lambda: self.is_slow)

    async def _take(self, frame: str) -> None:
        self.frames.append((asyncio.get_running_loop().time(), frame))

    def told(self, type: str) -> list[dict[str, Any]]:
        events = [event for _, frame in self.frames for event in json.loads(frame)]
        return [event for event in events if event["type"] == type]

    @property
    def here(self) -> list[str]:
        """Who is there, as last told."""
        return sorted(person["name"] for person in self.told("presence")[-1]["people"])

    @property
    def writing(self) -> list[str]:
        return [person["name"] for person in self.told("typing")[-1]["people"]]


class Between:
    """The channel layer between processes, each with a RoomPresence for the room."""

    def __init__(self) -> None:
        self.processes: list[Process] = []
        self.said: list[LayerMessage] = []

    async def carry(self, by: "Process", said: LayerMessage) -> None:
        await asyncio.sleep(0.001)
        self.said.append(said)
        for process in self.processes:
            if process is not by and not process.is_deaf:
                process.room_presence.receive(json.loads(json.dumps(said)))


class Process(LayerClient):
    """One process, as its RoomPresence knows it: by what it can say."""

    def __init__(self, between: Between) -> None:
        super().__init__()
        self._between = between
        self.is_deaf = self.is_over = self.is_dead = False
        self.room_presence = RoomPresence(ROOM, self, self._over)
        between.processes.append(self)

    def _over(self) -> None:
        self.is_over = True

    async def send(self, group: str, said: LayerMessage) -> None:
        assert group == ROOM.group
        if not self.is_dead:
            await self._between.carry(self, said)

    def subscribe(self, member: Member) -> tuple[Ear, Subscriber]:
        ear = Ear()
        return ear, self.room_presence.subscribe(member, ear.whisper)


Story = Callable[[Between], Awaitable[None]]


def played(story: Story) -> Callable[[], None]:
    """The story as a test, on a loop whose time leaps."""

    def test() -> None:
        async def play() -> None:
            await story(Between())

        run_with_fake_clock(play())

    test.__name__, test.__doc__ = story.__name__, story.__doc__
    return test


@played
async def test_who_comes_is_told_who_is_here_and_the_others_of_them(between: Between) -> None:
    process = Process(between)
    hers, _ = process.subscribe(ALICE)
    await asyncio.sleep(SOON)
    his, _ = process.subscribe(BOB)
    await asyncio.sleep(SOON)
    assert hers.here == his.here == ["Alice", "Bob"]
    assert hers.told("presence")[-1]["count"] == 2


@played
async def test_several_tabs_are_one_person(between: Between) -> None:
    process = Process(between)
    one, subscriber = process.subscribe(ALICE)
    other, _ = process.subscribe(ALICE)
    await asyncio.sleep(SOON)
    assert one.told("presence")[-1] == {
        "type": "presence",
        "count": 1,
        "people": [{"id": str(ALICE.uid), "name": "Alice"}],
    }
    process.room_presence.unsubscribe(subscriber)
    await asyncio.sleep(60)
    assert {event["count"] for event in other.told("presence")} == {1}


@played
async def test_who_leaves_is_gone_within_seconds_everywhere(between: Between) -> None:
    here, there = Process(between), Process(between)
    hers, _ = here.subscribe(ALICE)
    _, subscriber = here.subscribe(BOB)
    carols, _ = there.subscribe(CAROL)
    await asyncio.sleep(SOON)
    here.room_presence.unsubscribe(subscriber)
    await asyncio.sleep(LEAVE_SECONDS + SOON)
    assert hers.here == carols.here == ["Alice", "Carol"]


@played
async def test_who_reloads_a_page_is_never_seen_gone(between: Between) -> None:
    here, there = Process(between), Process(between)
    _, subscriber = here.subscribe(ALICE)
    his, _ = there.subscribe(BOB)
    await asyncio.sleep(SOON)
    before = len(his.frames)
    here.room_presence.unsubscribe(subscriber)
    await asyncio.sleep(LEAVE_SECONDS / 2)
    here.subscribe(ALICE)
    await asyncio.sleep(10)
    assert his.here == ["Alice", "Bob"]
    assert {event["count"] for event in his.told("presence")[1:]} == {2}
    assert len(his.frames) - before <= 1


@played
async def test_a_seat_that_is_given_up_twice_is_given_up_once(between: Between) -> None:
    process = Process(between)
    _, subscriber = process.subscribe(ALICE)
    hers, _ = process.subscribe(ALICE)
    process.room_presence.unsubscribe(subscriber)
    process.room_presence.unsubscribe(subscriber)
    await asyncio.sleep(LEAVE_SECONDS + SOON)
    assert hers.here == ["Alice"]


@played
async def test_the_last_to_leave_ends_it_and_says_goodbye(between: Between) -> None:
    here, there = Process(between), Process(between)
    _, subscriber = here.subscribe(ALICE)
    his, _ = there.subscribe(BOB)
    await asyncio.sleep(SOON)
    here.room_presence.unsubscribe(subscriber)
    await asyncio.sleep(LEAVE_SECONDS + SOON)
    assert (here.is_over, there.is_over) == (True, False)
    assert his.here == ["Bob"]
    said = len([it for it in between.said if it["by"] == here.id])
    await asyncio.sleep(60)
    assert len([it for it in between.said if it["by"] == here.id]) == said


@played
async def test_a_process_that_comes_later_learns_of_everybody(between: Between) -> None:
    here = Process(between)
    hers, _ = here.subscribe(ALICE)
    await asyncio.sleep(60)
    there = Process(between)
    his, _ = there.subscribe(BOB)
    await asyncio.sleep(SOON)
    assert hers.here == his.here == ["Alice", "Bob"]


@played
async def test_who_comes_back_to_an_empty_process_learns_what_was_missed(between: Between) -> None:
    """With its last person a process leaves the room's group, and hears nothing until the next."""
    here, there = Process(between), Process(between)
    _, alices = here.subscribe(ALICE)
    _, bobs = there.subscribe(BOB)
    there.subscribe(CAROL)
    await asyncio.sleep(SOON)
    there.room_presence.unsubscribe(bobs)
    await asyncio.sleep(LEAVE_SECONDS)
    here.room_presence.unsubscribe(alices)
    here.is_deaf = True
    await asyncio.sleep(LEAVE_SECONDS / 2)
    here.is_deaf = False
    hers, _ = here.subscribe(ALICE)
    await asyncio.sleep(SOON)
    assert hers.here == ["Alice", "Carol"]


@played
async def test_the_people_of_a_crashed_process_are_gone_within_a_minute(between: Between) -> None:
    here, there = Process(between), Process(between)
    hers, _ = here.subscribe(ALICE)
    there.subscribe(BOB)
    await asyncio.sleep(100)
    there.is_dead = True
    await asyncio.sleep(20)
    assert hers.here == ["Alice", "Bob"]
    await asyncio.sleep(40)
    assert hers.here == ["Alice"]


@played
async def test_nobody_seems_gone_over_hours_of_quiet(between: Between) -> None:
    here, there = Process(between), Process(between)
    hers, _ = here.subscribe(ALICE)
    there.subscribe(BOB)
    await asyncio.sleep(SOON)
    told = len(hers.frames)
    await asyncio.sleep(3 * 3600)
    assert hers.here == ["Alice", "Bob"]
    assert len(hers.frames) == told  # and nobody is told what they know


@played
async def test_a_word_that_was_lost_is_made_good_by_the_next_beat(between: Between) -> None:
    here, there = Process(between), Process(between)
    hers, _ = here.subscribe(ALICE)
    await asyncio.sleep(SOON)
    here.is_deaf = True
    there.subscribe(BOB)
    await asyncio.sleep(SOON)
    here.is_deaf = False
    await asyncio.sleep(30)
    assert hers.here == ["Alice", "Bob"]


@played
async def test_who_has_no_ear_is_seen_all_the_same(between: Between) -> None:
    process = Process(between)
    hers, _ = process.subscribe(ALICE)
    subscriber = process.room_presence.subscribe(BOB, None)
    await asyncio.sleep(SOON)
    assert hers.here == ["Alice", "Bob"]
    process.room_presence.unsubscribe(subscriber)
    await asyncio.sleep(LEAVE_SECONDS + SOON)
    assert hers.here == ["Alice"]


@played
async def test_a_new_name_is_shown_by_every_process(between: Between) -> None:
    here, there = Process(between), Process(between)
    hers, _ = here.subscribe(ALICE)
    his, _ = there.subscribe(BOB)
    await asyncio.sleep(SOON)
    for process in (here, there):
        process.room_presence.rename(str(ALICE.uid), "Alicia")
    await asyncio.sleep(SOON)
    assert hers.here == his.here == ["Alicia", "Bob"]


# --- Typing -------------------------------------------------------------------------------------


@played
async def test_typing_is_shown_everywhere_and_ends_with_the_message(between: Between) -> None:
    here, there = Process(between), Process(between)
    hers, _ = here.subscribe(ALICE)
    his, _ = there.subscribe(BOB)
    await asyncio.sleep(SOON)
    here.room_presence.start_typing(str(ALICE.uid))
    await asyncio.sleep(SOON)
    assert hers.writing == his.writing == ["Alice"]
    here.room_presence.stop_typing(str(ALICE.uid))
    await asyncio.sleep(SOON)
    assert hers.writing == his.writing == []


@played
async def test_typing_fades_by_itself_everywhere(between: Between) -> None:
    here, there = Process(between), Process(between)
    hers, _ = here.subscribe(ALICE)
    his, _ = there.subscribe(BOB)
    await asyncio.sleep(SOON)
    here.room_presence.start_typing(str(ALICE.uid))
    here.is_dead = True  # no word that it ended
    await asyncio.sleep(TYPING_SECONDS + SOON)
    assert hers.writing == his.writing == []


@played
async def test_who_writes_on_stays_shown_and_costs_little(between: Between) -> None:
    here, there = Process(between), Process(between)
    here.subscribe(ALICE)
    his, _ = there.subscribe(BOB)
    await asyncio.sleep(SOON)
    frames, said = len(his.frames), len(between.said)
    for _ in range(100):
        here.room_presence.start_typing(str(ALICE.uid))
        await asyncio.sleep(0.1)
    assert his.writing == ["Alice"]
    assert len(his.frames) - frames == 1
    assert len(between.said) - said <= 10


@played
async def test_who_leaves_while_writing_writes_no_more(between: Between) -> None:
    here, there = Process(between), Process(between)
    _, subscriber = here.subscribe(ALICE)
    his, _ = there.subscribe(BOB)
    await asyncio.sleep(SOON)
    here.room_presence.start_typing(str(ALICE.uid))
    await asyncio.sleep(SOON)
    here.room_presence.unsubscribe(subscriber)
    await asyncio.sleep(LEAVE_SECONDS + SOON)
    assert his.writing == []


@played
async def test_who_is_not_here_cannot_write(between: Between) -> None:
    process = Process(between)
    hers, _ = process.subscribe(ALICE)
    process.room_presence.start_typing(str(BOB.uid))
    await asyncio.sleep(SOON)
    assert hers.writing == []


@played
async def test_few_of_many_who_write_are_named(between: Between) -> None:
    process = Process(between)
    hers, _ = process.subscribe(ALICE)
    for number in range(100):
        member = Member(uid=UUID(int=number), name=f"Guest {number}")
        process.subscribe(member)
        process.room_presence.start_typing(str(member.uid))
    await asyncio.sleep(SOON)
    [writing] = [it for it in hers.told("typing")[-1:] if it["count"] == 100]
    assert len(writing["people"]) <= 4


# --- Many ---------------------------------------------------------------------------------------

CROWD = 2_000


def crowd(length: int = CROWD) -> list[Member]:
    return [Member(uid=uuid4(), name="🦊" * 34 + f"{number:06}") for number in range(length)]


def busiest_second(ear: Ear) -> int:
    times = [at for at, _ in ear.frames]
    return max(sum(start <= at < start + 1 for at in times) for start in times)


@pytest.mark.parametrize("seconds", [0.0, 1.0, 8.0])
def test_two_thousand_who_join_cost_each_of_them_few_small_frames(seconds: float) -> None:
    async def join() -> list[Ear]:
        between = Between()
        here, there = Process(between), Process(between)
        ears = []
        for number, member in enumerate(crowd()):
            ears.append((here if number % 2 else there).subscribe(member)[0])
            await asyncio.sleep(seconds / CROWD)
        await asyncio.sleep(10)
        return ears

    ears = run_with_fake_clock(join())
    assert {ear.told("presence")[-1]["count"] for ear in ears} == {CROWD}
    assert max(busiest_second(ear) for ear in ears) <= 3
    assert max(len(ear.frames) for ear in ears) <= 10 + 2 * seconds
    assert max(len(frame.encode()) for ear in ears for _, frame in ear.frames) < 16 * 1024


def test_two_thousand_who_join_are_few_words_between_processes() -> None:
    async def join() -> list[LayerMessage]:
        between = Between()
        here, there = Process(between), Process(between)
        for number, member in enumerate(crowd()):
            (here if number % 2 else there).subscribe(member)
        await asyncio.sleep(10)
        return between.said

    assert len(run_with_fake_clock(join())) <= 10


def test_two_thousand_who_leave_cost_who_stays_few_frames() -> None:
    async def leave() -> Ear:
        process = Process(Between())
        hers, _ = process.subscribe(ALICE)
        subscribers = [process.subscribe(member)[1] for member in crowd()]
        await asyncio.sleep(5)
        hers.frames.clear()
        for subscriber in subscribers:
            process.room_presence.unsubscribe(subscriber)
            await asyncio.sleep(5 / CROWD)
        await asyncio.sleep(10)
        return hers

    hers = run_with_fake_clock(leave())
    assert hers.told("presence")[-1]["count"] == 1
    assert len(hers.frames) <= 20


def test_each_of_two_thousand_is_told_although_others_have_their_turn_between() -> None:
    async def rename() -> list[int]:
        process = Process(Between())
        ears = [process.subscribe(member)[0] for member in crowd()]
        await asyncio.sleep(5)
        before = [len(ear.frames) for ear in ears]
        process.room_presence.subscribe(ALICE, None)
        await asyncio.sleep(5)
        return [len(ear.frames) - count for ear, count in zip(ears, before, strict=True)]

    assert set(run_with_fake_clock(rename())) == {1}


# --- Slow ones ----------------------------------------------------------------------------------


@played
async def test_who_is_slow_is_skipped_and_told_everything_later(between: Between) -> None:
    process = Process(between)
    hers, _ = process.subscribe(ALICE)
    his, _ = process.subscribe(BOB)
    await asyncio.sleep(SOON)
    his.frames.clear()
    his.is_slow = True
    process.subscribe(CAROL)
    await asyncio.sleep(SOON)
    process.room_presence.start_typing(str(CAROL.uid))
    await asyncio.sleep(SOON)
    assert (his.frames, hers.here, hers.writing) == ([], ["Alice", "Bob", "Carol"], ["Carol"])
    his.is_slow = False
    await asyncio.sleep(2 * SOON)
    assert (his.here, his.writing) == (["Alice", "Bob", "Carol"], ["Carol"])


@played
async def test_the_slow_cost_the_others_nothing(between: Between) -> None:
    process = Process(between)
    hers, _ = process.subscribe(ALICE)
    his, _ = process.subscribe(BOB)
    his.is_slow = True
    await asyncio.sleep(SOON)
    told = len(hers.frames)
    await asyncio.sleep(600)
    assert len(hers.frames) == told


@played
async def test_an_ear_whose_socket_has_closed_is_no_fault(between: Between) -> None:
    async def gone(frame: str) -> None:
        raise ConnectionResetError

    process = Process(between)
    hers, _ = process.subscribe(ALICE)
    subscriber = process.room_presence.subscribe(BOB, BestEffortSender(gone, lambda: False))
    await asyncio.sleep(SOON)
    assert hers.here == ["Alice", "Bob"]
    process.room_presence.unsubscribe(subscriber)
    await asyncio.sleep(LEAVE_SECONDS + SOON)
    assert hers.here == ["Alice"]


@played
async def test_an_ear_that_takes_its_time_is_not_given_a_queue(between: Between) -> None:
    taken: list[str] = []

    async def slowly(frame: str) -> None:
        await asyncio.sleep(5)
        taken.append(frame)

    process = Process(between)
    whisper = BestEffortSender(slowly, lambda: False)
    process.room_presence.subscribe(BOB, whisper)
    for member in crowd(40):
        process.subscribe(member)
        await asyncio.sleep(1)
    assert 4 <= len(taken) <= 10
    await asyncio.sleep(20)
    assert json.loads(taken[-1])[0]["count"] == 41
    whisper.close()
