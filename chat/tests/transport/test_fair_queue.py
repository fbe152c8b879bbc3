"""The fair queue: each key has a turn, and a flood under one key fills only its own part."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from chat.transport.fair_queue import NEW_IN_A_ROW, FairQueue, QueueFull

keys = st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"))


def filled(*items: str, bound: int = 1_000) -> FairQueue[str]:
    """A queue of items like "lobby/bob 1", whose key is the room and the member."""
    queue: FairQueue[str] = FairQueue(bound)
    for item in items:
        queue.put(item, *item.split()[0].split("/"))
    return queue


def flood(queue: FairQueue[str], room: str) -> int:
    """Put items of a room until the queue takes no more. Returns how many it took."""
    taken = 0
    while True:
        try:
            queue.put(room, room, "eve")
        except QueueFull:
            return taken
        taken += 1


def test_each_room_has_a_turn() -> None:
    queue = filled("lobby/eve 1", "lobby/eve 2", "lobby/eve 3", "den/bob 1")
    assert queue.take(3) == ["lobby/eve 1", "den/bob 1", "lobby/eve 2"]


def test_each_member_of_a_room_has_a_turn() -> None:
    queue = filled("lobby/eve 1", "lobby/eve 2", "lobby/eve 3", "lobby/bob 1")
    assert queue.take(3) == ["lobby/eve 1", "lobby/bob 1", "lobby/eve 2"]


def test_many_members_of_a_room_have_one_turn_together() -> None:
    crowd = [f"lobby/{number} 1" for number in range(100)]
    assert "den/bob 1" in filled(*crowd, "den/bob 1").take(2)


def test_who_had_no_turn_lately_goes_first() -> None:
    floods = [f"room {number}/eve" for number in range(20)]
    queue = filled(*(f"{flood} {number}" for flood in floods for number in range(5)))
    queue.take(20)
    queue.put("den/bob 1", "den", "bob")
    assert queue.take(1) == ["den/bob 1"]
    queue.put("den/bob 2", "den", "bob")
    assert queue.take(19)[-1] != "den/bob 2", "bob did have a turn"


def test_ever_new_rooms_leave_the_others_their_turn() -> None:
    queue = filled(*(f"lobby/eve {number}" for number in range(9)))
    queue.take(1)
    taken = []
    for number in range(2 * NEW_IN_A_ROW):
        queue.put("new", f"room {number}", "mallory")
        queue.put("new", f"room {number}, too", "mallory")
        taken += queue.take(1)
    assert taken.count("new") < len(taken)


def test_ever_new_rooms_leave_their_turn_to_those_who_come_again() -> None:
    """The first burst is new rooms only: nobody waits who had a turn."""
    queue: FairQueue[str] = FairQueue()
    for number in range(100):
        queue.put("new", f"room {number}", "mallory")
    queue.put("bob", "lobby", "bob")
    turns = 0
    for number in range(1_000):
        queue.put("new", f"later room {number}", "mallory")
        if queue.take(1) == ["bob"]:
            turns += 1
            queue.put("bob", "lobby", "bob")
    assert turns > 50
    assert len(queue._turns._old) < 100, "rooms of which all was taken are kept"


def test_rooms_beside_a_resting_one_are_forgotten() -> None:
    queue: FairQueue[int] = FairQueue()
    queue.put(0, "lobby", "eve")
    for number in range(1_000):
        queue.put(number, f"room {number}", "bob")
        assert queue.take_one({"lobby"}) == number
    assert len(queue._turns._old) + len(queue._turns._new) < 100


def test_a_room_of_which_all_was_taken_is_forgotten() -> None:
    queue: FairQueue[int] = FairQueue()
    queue.put(0, "lobby", "eve")
    for number in range(1_000):
        queue.put(number, f"room {number}", "bob")
        queue.put(0, "lobby", "eve")
        queue.take(2)
    assert len(queue._turns._new) + len(queue._turns._old) <= 3


def test_no_more_is_taken_than_waits() -> None:
    queue = filled("lobby/bob 1", "lobby/bob 2")
    assert len(queue.take(5)) == 2
    assert queue.take(5) == []


def test_a_flood_fills_the_queue_and_leaves_each_other_room_its_share() -> None:
    queue: FairQueue[str] = FairQueue(1_000)
    assert flood(queue, "lobby") == 1_000
    for rooms in range(2, 50):
        assert flood(queue, f"room {rooms}") == 1_000 // rooms


def test_floods_of_all_rooms_together_are_bounded() -> None:
    queue: FairQueue[str] = FairQueue(2_000)
    assert sum(flood(queue, f"room {number}") for number in range(3_000)) <= 8.2 * 2_000
    assert flood(queue, "one more") == 0


@given(st.lists(keys | st.none()))
def test_the_queue_keeps_its_promises_in_any_order_of_use(
    uses: list[tuple[str, str] | None],
) -> None:
    """None takes an item; a key puts one."""
    queue: FairQueue[tuple[tuple[str, str], int]] = FairQueue(20)
    waiting: dict[tuple[str, str], list[int]] = defaultdict(list)
    passed_over: dict[str, int] = {}  # takes of other rooms since a waiting room had its turn
    for number, key in enumerate(uses):
        if key is not None:
            try:
                queue.put((key, number), *key)
            except QueueFull:
                continue
            waiting[key].append(number)
            passed_over.setdefault(key[0], 0)
        elif queue:
            [(taken, first)] = queue.take(1)
            assert waiting[taken].pop(0) == first, "not first in, first out"
            passed_over = {room: count + 1 for room, count in passed_over.items()}
            passed_over[taken[0]] = 0
            if not any(numbers for (room, _), numbers in waiting.items() if room == taken[0]):
                del passed_over[taken[0]]
            assert all(count <= 2 for count in passed_over.values()), "a room missed its turn"
        assert len(queue) == sum(map(len, waiting.values())) <= 2 * 20


@given(st.lists(keys))
def test_everything_put_is_taken_once(puts: list[tuple[str, str]]) -> None:
    queue: FairQueue[int] = FairQueue(1_000)
    for number, key in enumerate(puts):
        queue.put(number, *key)
    assert sorted(queue.take(1_000)) == list(range(len(puts)))


def test_resting_rooms_keep_their_items_and_their_turn() -> None:
    queue = filled("lobby/eve 1", "lobby/bob 1", "den/carol 1")
    assert queue.take_one({"lobby"}) == "den/carol 1"
    assert queue.take_one({"lobby"}) is None
    assert (queue.waiting("lobby"), queue.take(9)) == (2, ["lobby/eve 1", "lobby/bob 1"])
