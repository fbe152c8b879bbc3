"""The window in memory: exact enough, and bounded whatever the clients send."""

from hypothesis import given
from hypothesis import strategies as st

from chat.live.rates.moving_window import (
    KEYS_FORGOTTEN,
    KEYS_MAX,
    MEMBER,
    STEPS,
    MovingWindow,
)

AMOUNT, SECONDS = 5, 16.0
PAUSES = st.floats(0, SECONDS / 3)
COSTS = st.integers(1, AMOUNT)


def window() -> MovingWindow:
    return MovingWindow("message", MEMBER, AMOUNT, SECONDS)


def try_to_hit(counted: MovingWindow, key: str, now: float, cost: int = 1) -> bool:
    is_allowed = not counted.wait(key, cost, now)
    if is_allowed:
        counted.hit(key, cost, now)
    return is_allowed


# --- What it allows -----------------------------------------------------------------------------


@given(st.lists(st.tuples(PAUSES, COSTS), max_size=100))
def test_no_window_has_more_than_the_amount(hits: list[tuple[float, int]]) -> None:
    counted, now = window(), 0.0
    allowed: list[tuple[float, int]] = []
    for pause, cost in hits:
        now += pause
        if try_to_hit(counted, "alice", now, cost):
            allowed.append((now, cost))
    for end, _ in allowed:
        assert sum(cost for at, cost in allowed if end - SECONDS < at <= end) <= AMOUNT


@given(st.lists(st.tuples(PAUSES, COSTS), max_size=100))
def test_a_hit_after_the_wait_is_allowed(hits: list[tuple[float, int]]) -> None:
    counted, now = window(), 0.0
    for pause, cost in hits:
        now += pause
        wait = counted.wait("alice", cost, now)
        assert 0 <= wait <= SECONDS
        now += wait + 1e-6
        assert try_to_hit(counted, "alice", now, cost)


def test_hits_far_apart_leave_the_window_one_by_one() -> None:
    counted = window()
    for second in range(AMOUNT):
        assert try_to_hit(counted, "alice", 3.0 * second)
    assert counted.wait("alice", 1, 12.0) == 4
    assert counted.wait("alice", 2, 12.0) == 7


def test_a_hit_that_costs_more_than_the_amount_takes_a_whole_window() -> None:
    counted = window()
    assert try_to_hit(counted, "alice", 0, cost=3 * AMOUNT)
    assert counted.wait("alice", 1, 1) == SECONDS - 1
    assert try_to_hit(counted, "alice", SECONDS, cost=3 * AMOUNT)


def test_each_key_has_a_window_of_its_own() -> None:
    counted = window()
    for _ in range(AMOUNT):
        assert try_to_hit(counted, "alice", 0)
    assert not try_to_hit(counted, "alice", 0)
    assert try_to_hit(counted, "bob", 0)


# --- What it remembers --------------------------------------------------------------------------


def test_200_000_keys_leave_the_latest_ten_thousand() -> None:
    counted = window()
    for number in range(200_000):
        counted.hit(str(number), 1, 0)
    assert len(counted) == KEYS_MAX == 10_000
    for _ in range(AMOUNT):
        counted.hit("199999", 1, 0)
    assert counted.wait("199999", 1, 0)


def test_a_hit_looks_at_a_few_old_keys_however_many_there_are() -> None:
    """So it costs the same beside one dead key and beside 10,000."""
    counted = window()
    for number in range(KEYS_MAX):
        counted.hit(str(number), 1, 0)
    for _ in range(100):
        before = len(counted)
        counted.hit("alice", 1, SECONDS + 1)
        assert before - KEYS_FORGOTTEN - 1 <= len(counted) <= before


def test_keys_whose_window_is_empty_are_forgotten() -> None:
    counted = window()
    for number in range(1_000):
        counted.hit(str(number), 1, 0)
    for _ in range(500):
        counted.hit("alice", 1, SECONDS)
    assert len(counted) == 1


def test_a_key_is_remembered_as_long_as_its_window_is_not_empty() -> None:
    counted = window()
    for _ in range(AMOUNT):
        counted.hit("alice", 1, 0)
    for number in range(1_000):
        counted.hit(str(number), 1, SECONDS - 1)
    assert counted.wait("alice", 1, SECONDS - 1) == 1


def test_a_key_has_few_steps_however_often_it_is_hit() -> None:
    counted = MovingWindow("message", MEMBER, 1_000_000, SECONDS)
    for number in range(10_000):
        counted.wait("alice", 1, number / 500)
        counted.hit("alice", 1, number / 500)
    [steps] = counted._steps.values()
    assert len(steps) <= STEPS + 1
