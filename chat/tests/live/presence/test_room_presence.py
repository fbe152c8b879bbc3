"""The presence of a room over processes. A fake clock lets hours pass at once."""

import asyncio
import json
from uuid import UUID

from chat.live.best_effort import BestEffortSender
from chat.live.presence.room_presence import (
    LEAVE_SECONDS,
)
from chat.live.presence.typing_people import TYPING_SECONDS
from chat.models import Member
from chat.tests.live.presence.processes import (
    ALICE,
    BOB,
    CAROL,
    SOON,
    FakeLayer,
    Process,
    crowd,
    on_fake_clock,
)


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
