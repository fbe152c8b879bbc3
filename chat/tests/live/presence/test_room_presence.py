"""The presence of a room over processes. A fake clock lets hours pass at once."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest

from chat.live.best_effort import BestEffortSender
from chat.live.presence.room_presence import (
    FRAME_SECONDS,
    FRAME_SECONDS_PER_CONNECTION,
    LEAVE_SECONDS,
    RoomPresence,
    Subscriber,
)
from chat.live.presence.typing_people import TYPING_SECONDS
from chat.models import Member, Room
from chat.tests.support.fake_clock import run_with_fake_clock
from chat.transport.channel_layer import LayerClient, LayerMessage

SOON = 2.0  # seconds: a change is shown by then, on other processes as well
ROOM = Room(pk=1, key="lobby", name="Lobby")
ALICE, BOB, CAROL = (Member(uid=uuid4(), name=name) for name in ("Alice", "Bob", "Carol"))


class Client:
    """A connected client: records the frames that it receives, with their times."""

    def __init__(self) -> None:
        self.frames: list[tuple[float, str]] = []
        self.is_behind = False
        self.sender = BestEffortSender(self._receive, lambda: self.is_behind)

    async def _receive(self, frame: str) -> None:
        self.frames.append((asyncio.get_running_loop().time(), frame))

    def events(self, type: str) -> list[dict[str, Any]]:
        events = [event for _, frame in self.frames for event in json.loads(frame)]
        return [event for event in events if event["type"] == type]

    @property
    def people(self) -> list[str]:
        """The names in the last presence event, sorted."""
        return sorted(person["name"] for person in self.events("presence")[-1]["people"])

    @property
    def typing(self) -> list[str]:
        """The names in the last typing event."""
        return [person["name"] for person in self.events("typing")[-1]["people"]]


class FakeLayer:
    """The channel layer between processes, each with a RoomPresence for the room."""

    def __init__(self) -> None:
        self.processes: list[Process] = []
        self.messages: list[LayerMessage] = []

    async def deliver(self, sender: "Process", message: LayerMessage) -> None:
        await asyncio.sleep(0.001)
        self.messages.append(message)
        for process in self.processes:
            if process is not sender and not process.is_deaf:
                process.room_presence.receive(json.loads(json.dumps(message)))


class Process(LayerClient):
    """One process with a RoomPresence for the room."""

    def __init__(self, layer: FakeLayer) -> None:
        super().__init__()
        self._layer = layer
        self.is_deaf = False  # receives no messages
        self.is_crashed = False  # sends no messages
        self.is_empty = False  # its last person has left
        self.room_presence = RoomPresence(ROOM, self, self._set_empty)
        layer.processes.append(self)

    def _set_empty(self) -> None:
        self.is_empty = True

    async def send(self, group: str, message: LayerMessage) -> None:
        assert group == ROOM.group
        if not self.is_crashed:
            await self._layer.deliver(self, message)

    def subscribe(self, member: Member) -> tuple[Client, Subscriber]:
        client = Client()
        return client, self.room_presence.subscribe(member, client.sender)


Story = Callable[[FakeLayer], Awaitable[None]]


def on_fake_clock(story: Story) -> Callable[[], None]:
    """Make the story a test that runs with a fake clock."""

    def test() -> None:
        async def run() -> None:
            await story(FakeLayer())

        run_with_fake_clock(run())

    test.__name__, test.__doc__ = story.__name__, story.__doc__
    return test


@on_fake_clock
async def test_a_new_person_is_shown_the_others_and_shown_to_the_others(layer: FakeLayer) -> None:
    process = Process(layer)
    hers, _ = process.subscribe(ALICE)
    await asyncio.sleep(SOON)
    his, _ = process.subscribe(BOB)
    await asyncio.sleep(SOON)
    assert hers.people == his.people == ["Alice", "Bob"]
    assert hers.events("presence")[-1]["count"] == 2


@on_fake_clock
async def test_several_connections_are_one_person(layer: FakeLayer) -> None:
    process = Process(layer)
    one, subscriber = process.subscribe(ALICE)
    other, _ = process.subscribe(ALICE)
    await asyncio.sleep(SOON)
    assert one.events("presence")[-1] == {
        "type": "presence",
        "count": 1,
        "people": [{"id": str(ALICE.uid), "name": "Alice", "guest": True}],
    }
    process.room_presence.unsubscribe(subscriber)
    await asyncio.sleep(60)
    assert {event["count"] for event in other.events("presence")} == {1}


@on_fake_clock
async def test_a_person_who_leaves_is_gone_within_seconds_on_every_process(
    layer: FakeLayer,
) -> None:
    here, there = Process(layer), Process(layer)
    hers, _ = here.subscribe(ALICE)
    _, subscriber = here.subscribe(BOB)
    carols, _ = there.subscribe(CAROL)
    await asyncio.sleep(SOON)
    here.room_presence.unsubscribe(subscriber)
    await asyncio.sleep(LEAVE_SECONDS + SOON)
    assert hers.people == carols.people == ["Alice", "Carol"]


@on_fake_clock
async def test_a_person_who_reloads_the_page_is_not_shown_as_gone(layer: FakeLayer) -> None:
    here, there = Process(layer), Process(layer)
    _, subscriber = here.subscribe(ALICE)
    his, _ = there.subscribe(BOB)
    await asyncio.sleep(SOON)
    before = len(his.frames)
    here.room_presence.unsubscribe(subscriber)
    await asyncio.sleep(LEAVE_SECONDS / 2)
    here.subscribe(ALICE)
    await asyncio.sleep(10)
    assert his.people == ["Alice", "Bob"]
    assert {event["count"] for event in his.events("presence")[1:]} == {2}
    assert len(his.frames) - before <= 1


@on_fake_clock
async def test_a_second_unsubscribe_does_nothing(layer: FakeLayer) -> None:
    process = Process(layer)
    _, subscriber = process.subscribe(ALICE)
    hers, _ = process.subscribe(ALICE)
    process.room_presence.unsubscribe(subscriber)
    process.room_presence.unsubscribe(subscriber)
    await asyncio.sleep(LEAVE_SECONDS + SOON)
    assert hers.people == ["Alice"]


@on_fake_clock
async def test_the_last_departure_is_published_and_ends_the_heartbeat(layer: FakeLayer) -> None:
    here, there = Process(layer), Process(layer)
    _, subscriber = here.subscribe(ALICE)
    his, _ = there.subscribe(BOB)
    await asyncio.sleep(SOON)
    here.room_presence.unsubscribe(subscriber)
    await asyncio.sleep(LEAVE_SECONDS + SOON)
    assert (here.is_empty, there.is_empty) == (True, False)
    assert his.people == ["Bob"]
    messages = len([it for it in layer.messages if it["by"] == here.id])
    await asyncio.sleep(60)
    assert len([it for it in layer.messages if it["by"] == here.id]) == messages


@on_fake_clock
async def test_the_people_of_a_process_that_ends_are_gone_soon(layer: FakeLayer) -> None:
    here, there = Process(layer), Process(layer)
    here.subscribe(ALICE)
    his, _ = there.subscribe(BOB)
    await asyncio.sleep(SOON)
    await here.room_presence.leave_all()
    here.is_crashed = True
    await asyncio.sleep(SOON)
    assert his.people == ["Bob"]


@on_fake_clock
async def test_a_process_that_starts_later_learns_of_everybody(layer: FakeLayer) -> None:
    here = Process(layer)
    hers, _ = here.subscribe(ALICE)
    await asyncio.sleep(60)
    there = Process(layer)
    his, _ = there.subscribe(BOB)
    await asyncio.sleep(SOON)
    assert hers.people == his.people == ["Alice", "Bob"]


@on_fake_clock
async def test_an_empty_process_learns_what_it_missed_at_the_next_arrival(layer: FakeLayer) -> None:
    """With its last person, a process leaves the room's group, and receives nothing until then."""
    here, there = Process(layer), Process(layer)
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
    assert hers.people == ["Alice", "Carol"]


@on_fake_clock
async def test_the_people_of_a_crashed_process_are_gone_within_a_minute(layer: FakeLayer) -> None:
    here, there = Process(layer), Process(layer)
    hers, _ = here.subscribe(ALICE)
    there.subscribe(BOB)
    await asyncio.sleep(100)
    there.is_crashed = True
    await asyncio.sleep(20)
    assert hers.people == ["Alice", "Bob"]
    await asyncio.sleep(40)
    assert hers.people == ["Alice"]


@on_fake_clock
async def test_nobody_expires_and_no_frame_is_sent_in_hours_without_change(
    layer: FakeLayer,
) -> None:
    here, there = Process(layer), Process(layer)
    hers, _ = here.subscribe(ALICE)
    there.subscribe(BOB)
    await asyncio.sleep(SOON)
    frames = len(hers.frames)
    await asyncio.sleep(3 * 3600)
    assert hers.people == ["Alice", "Bob"]
    assert len(hers.frames) == frames


@on_fake_clock
async def test_the_next_heartbeat_makes_up_for_a_lost_message(layer: FakeLayer) -> None:
    here, there = Process(layer), Process(layer)
    hers, _ = here.subscribe(ALICE)
    await asyncio.sleep(SOON)
    here.is_deaf = True
    there.subscribe(BOB)
    await asyncio.sleep(SOON)
    here.is_deaf = False
    await asyncio.sleep(30)
    assert hers.people == ["Alice", "Bob"]


@on_fake_clock
async def test_a_plain_connection_is_shown_to_the_others(layer: FakeLayer) -> None:
    process = Process(layer)
    hers, _ = process.subscribe(ALICE)
    subscriber = process.room_presence.subscribe(BOB, None)
    await asyncio.sleep(SOON)
    assert hers.people == ["Alice", "Bob"]
    process.room_presence.unsubscribe(subscriber)
    await asyncio.sleep(LEAVE_SECONDS + SOON)
    assert hers.people == ["Alice"]


@on_fake_clock
async def test_a_new_name_is_shown_by_every_process(layer: FakeLayer) -> None:
    here, there = Process(layer), Process(layer)
    hers, _ = here.subscribe(ALICE)
    his, _ = there.subscribe(BOB)
    await asyncio.sleep(SOON)
    for process in (here, there):
        process.room_presence.rename(str(ALICE.uid), "Alicia")
    await asyncio.sleep(SOON)
    assert hers.people == his.people == ["Alicia", "Bob"]


# --- Typing -------------------------------------------------------------------------------------


@on_fake_clock
async def test_typing_is_shown_on_every_process_until_it_stops(layer: FakeLayer) -> None:
    here, there = Process(layer), Process(layer)
    hers, _ = here.subscribe(ALICE)
    his, _ = there.subscribe(BOB)
    await asyncio.sleep(SOON)
    here.room_presence.start_typing(str(ALICE.uid))
    await asyncio.sleep(SOON)
    assert hers.typing == his.typing == ["Alice"]
    here.room_presence.stop_typing(str(ALICE.uid))
    await asyncio.sleep(SOON)
    assert hers.typing == his.typing == []


@on_fake_clock
async def test_typing_expires_on_every_process(layer: FakeLayer) -> None:
    here, there = Process(layer), Process(layer)
    hers, _ = here.subscribe(ALICE)
    his, _ = there.subscribe(BOB)
    await asyncio.sleep(SOON)
    here.room_presence.start_typing(str(ALICE.uid))
    here.is_crashed = True  # so no message says that it stopped
    await asyncio.sleep(TYPING_SECONDS + SOON)
    assert hers.typing == his.typing == []


@on_fake_clock
async def test_repeated_typing_stays_shown_with_one_frame_and_few_messages(
    layer: FakeLayer,
) -> None:
    here, there = Process(layer), Process(layer)
    here.subscribe(ALICE)
    his, _ = there.subscribe(BOB)
    await asyncio.sleep(SOON)
    frames, messages = len(his.frames), len(layer.messages)
    for _ in range(100):
        here.room_presence.start_typing(str(ALICE.uid))
        await asyncio.sleep(0.1)
    assert his.typing == ["Alice"]
    assert len(his.frames) - frames == 1
    assert len(layer.messages) - messages <= 10


@on_fake_clock
async def test_a_person_who_leaves_while_typing_is_no_longer_typing(layer: FakeLayer) -> None:
    here, there = Process(layer), Process(layer)
    _, subscriber = here.subscribe(ALICE)
    his, _ = there.subscribe(BOB)
    await asyncio.sleep(SOON)
    here.room_presence.start_typing(str(ALICE.uid))
    await asyncio.sleep(SOON)
    here.room_presence.unsubscribe(subscriber)
    await asyncio.sleep(LEAVE_SECONDS + SOON)
    assert his.typing == []


@on_fake_clock
async def test_a_person_who_is_not_in_the_room_cannot_type(layer: FakeLayer) -> None:
    process = Process(layer)
    hers, _ = process.subscribe(ALICE)
    process.room_presence.start_typing(str(BOB.uid))
    await asyncio.sleep(SOON)
    assert hers.typing == []


@on_fake_clock
async def test_a_frame_names_few_of_many_typing_people(layer: FakeLayer) -> None:
    process = Process(layer)
    hers, _ = process.subscribe(ALICE)
    for number in range(100):
        member = Member(uid=UUID(int=number), name=f"Guest {number}")
        process.subscribe(member)
        process.room_presence.start_typing(str(member.uid))
    await asyncio.sleep(SOON)
    [typing] = [it for it in hers.events("typing")[-1:] if it["count"] == 100]
    assert len(typing["people"]) <= 4


# --- Many people --------------------------------------------------------------------------------

CROWD = 2_000


def crowd(length: int = CROWD) -> list[Member]:
    return [Member(uid=uuid4(), name="🦊" * 34 + f"{number:06}") for number in range(length)]


def busiest_second(client: Client) -> int:
    times = [at for at, _ in client.frames]
    return max(sum(start <= at < start + 1 for at in times) for start in times)


@pytest.mark.parametrize("seconds", [0.0, 1.0, 8.0])
def test_two_thousand_arrivals_are_few_small_frames_to_each(seconds: float) -> None:
    async def join() -> list[Client]:
        layer = FakeLayer()
        here, there = Process(layer), Process(layer)
        clients = []
        for number, member in enumerate(crowd()):
            clients.append((here if number % 2 else there).subscribe(member)[0])
            await asyncio.sleep(seconds / CROWD)
        await asyncio.sleep(10)
        return clients

    clients = run_with_fake_clock(join())
    assert {client.events("presence")[-1]["count"] for client in clients} == {CROWD}
    assert max(busiest_second(client) for client in clients) <= 3
    assert max(len(client.frames) for client in clients) <= 10 + 2 * seconds
    assert max(len(frame.encode()) for client in clients for _, frame in client.frames) < 16 * 1024


@pytest.mark.parametrize("others", [0, 10, 1_000])
def test_frames_are_half_a_second_apart_and_further_apart_in_a_large_room(
    others: int,
) -> None:
    async def keep_changing() -> Client:
        process = Process(FakeLayer())
        client, _ = process.subscribe(ALICE)
        for member in crowd(others):
            process.subscribe(member)
        for number in range(1_000):
            process.room_presence.rename(str(ALICE.uid), f"Alice {number}")
            process.room_presence.start_typing(str(ALICE.uid))
            process.room_presence.stop_typing(str(ALICE.uid))
            await asyncio.sleep(0.01)
        return client

    times = [at for at, _ in run_with_fake_clock(keep_changing()).frames]
    pauses = [later - earlier for earlier, later in pairwise(times)]
    pause = FRAME_SECONDS + FRAME_SECONDS_PER_CONNECTION * (others + 1)
    assert len(times) > 5
    assert min(pauses) == pytest.approx(pause)


def test_two_thousand_arrivals_are_few_messages_between_processes() -> None:
    async def join() -> list[LayerMessage]:
        layer = FakeLayer()
        here, there = Process(layer), Process(layer)
        for number, member in enumerate(crowd()):
            (here if number % 2 else there).subscribe(member)
        await asyncio.sleep(10)
        return layer.messages

    assert len(run_with_fake_clock(join())) <= 10


def test_two_thousand_departures_are_few_frames_to_each() -> None:
    async def leave() -> Client:
        process = Process(FakeLayer())
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
    assert hers.events("presence")[-1]["count"] == 1
    assert len(hers.frames) <= 20


def test_each_of_two_thousand_connections_gets_a_frame_sent_in_several_turns() -> None:
    async def arrive() -> list[int]:
        process = Process(FakeLayer())
        clients = [process.subscribe(member)[0] for member in crowd()]
        await asyncio.sleep(5)
        before = [len(client.frames) for client in clients]
        process.room_presence.subscribe(ALICE, None)
        await asyncio.sleep(5)
        return [len(client.frames) - count for client, count in zip(clients, before, strict=True)]

    assert set(run_with_fake_clock(arrive())) == {1}


# --- Clients that are behind --------------------------------------------------------------------


@on_fake_clock
async def test_a_client_that_is_behind_gets_no_frames_and_later_one_with_everything(
    layer: FakeLayer,
) -> None:
    process = Process(layer)
    hers, _ = process.subscribe(ALICE)
    his, _ = process.subscribe(BOB)
    await asyncio.sleep(SOON)
    his.frames.clear()
    his.is_behind = True
    process.subscribe(CAROL)
    await asyncio.sleep(SOON)
    process.room_presence.start_typing(str(CAROL.uid))
    await asyncio.sleep(SOON)
    assert (his.frames, hers.people, hers.typing) == ([], ["Alice", "Bob", "Carol"], ["Carol"])
    his.is_behind = False
    await asyncio.sleep(2 * SOON)
    assert (his.people, his.typing) == (["Alice", "Bob", "Carol"], ["Carol"])


@on_fake_clock
async def test_a_client_that_is_behind_causes_no_frames_to_others(layer: FakeLayer) -> None:
    process = Process(layer)
    hers, _ = process.subscribe(ALICE)
    his, _ = process.subscribe(BOB)
    his.is_behind = True
    await asyncio.sleep(SOON)
    frames = len(hers.frames)
    await asyncio.sleep(600)
    assert len(hers.frames) == frames


@on_fake_clock
async def test_a_closed_socket_does_not_disturb_the_others(layer: FakeLayer) -> None:
    async def fail(frame: str) -> None:
        raise ConnectionResetError

    process = Process(layer)
    hers, _ = process.subscribe(ALICE)
    subscriber = process.room_presence.subscribe(BOB, BestEffortSender(fail, lambda: False))
    await asyncio.sleep(SOON)
    assert hers.people == ["Alice", "Bob"]
    process.room_presence.unsubscribe(subscriber)
    await asyncio.sleep(LEAVE_SECONDS + SOON)
    assert hers.people == ["Alice"]


@on_fake_clock
async def test_frames_are_dropped_while_an_earlier_one_is_being_sent(layer: FakeLayer) -> None:
    sent: list[str] = []

    async def send_slowly(frame: str) -> None:
        await asyncio.sleep(5)
        sent.append(frame)

    process = Process(layer)
    sender = BestEffortSender(send_slowly, lambda: False)
    process.room_presence.subscribe(BOB, sender)
    for member in crowd(40):
        process.subscribe(member)
        await asyncio.sleep(1)
    assert 4 <= len(sent) <= 10
    await asyncio.sleep(20)
    assert json.loads(sent[-1])[0]["count"] == 41
    sender.close()
