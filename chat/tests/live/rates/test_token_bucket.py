"""The token bucket, with a clock that the test moves."""

from chat.live.rates import TokenBucket


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_free_and_then_each_token_takes_its_time() -> None:
    clock = Clock()
    bucket = TokenBucket(3, 2, clock)
    assert [bucket.take() for _ in range(5)] == [0, 0, 0, 0.5, 1]
    clock.now += 1
    assert bucket.take() == 0.5


def test_tokens_come_back_up_to_a_burst() -> None:
    clock = Clock()
    bucket = TokenBucket(3, 2, clock)
    bucket.take()
    clock.now += 3_600
    assert [bucket.take() for _ in range(4)] == [0, 0, 0, 0.5]


def test_a_token_that_is_put_back_can_be_taken_again() -> None:
    bucket = TokenBucket(1, 1, Clock())
    for _ in range(100):
        assert bucket.take() == 0
        bucket.put_back()
    assert bucket.take() == 0
    assert bucket.take() == 1
