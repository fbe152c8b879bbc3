"""Threads that share what they may compute."""

from typing import Any

import pytest

from mysite.servers import processor_share
from mysite.servers.processor_share import (
    GUESS_SECONDS,
    LOOK_AGAIN_SECONDS,
    ProcessorShare,
)

SHARE = 1 / 8


class Clock:
    """In place of the module `time`, for one thread."""

    def __init__(self) -> None:
        self.now = self.computed = 0.0

    def monotonic(self) -> float:
        return self.now

    def thread_time(self) -> float:
        return self.computed

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def compute(self, seconds: float) -> None:
        self.now += seconds
        self.computed += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(processor_share, "time", clock)
    return clock


def test_work_takes_no_more_than_its_share(clock: Clock) -> None:
    share = ProcessorShare(SHARE)
    for _ in range(100):
        share.run(clock.compute, 0.02)
    assert clock.computed / clock.now == pytest.approx(SHARE, rel=0.1)


def test_the_first_work_waits_for_nothing_and_rest_is_not_saved_up(clock: Clock) -> None:
    share = ProcessorShare(SHARE)
    clock.sleep(1_000)
    share.run(clock.compute, 0.02)
    assert clock.now == pytest.approx(1_000.02)
    share.run(clock.compute, 0.02)
    assert clock.now == pytest.approx(1_000 + 0.02 / SHARE + 0.02, abs=LOOK_AGAIN_SECONDS)


def test_work_does_not_join_other_work(clock: Clock) -> None:
    share = ProcessorShare(SHARE)
    began: list[float] = []
    share.run(lambda: share.run(lambda: began.append(clock.now)))
    assert began == [pytest.approx(GUESS_SECONDS / SHARE)]


def test_what_work_waits_for_counts_for_nothing(clock: Clock) -> None:
    share = ProcessorShare(SHARE)
    share.run(clock.sleep, 10)
    share.run(clock.compute, 0.02)
    assert clock.now == pytest.approx(10.02, abs=LOOK_AGAIN_SECONDS)


def test_work_that_fails_counts_too(clock: Clock) -> None:
    share = ProcessorShare(SHARE)

    def fail() -> Any:
        clock.compute(1)
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        share.run(fail)
    share.run(clock.compute, 0)
    assert clock.now == pytest.approx(1 / SHARE, rel=0.05)
