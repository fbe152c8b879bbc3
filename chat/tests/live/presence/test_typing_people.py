"""Who is typing in a room."""

import pytest

from chat.live.presence.typing_people import REPEAT_SECONDS, TYPING_SECONDS, TypingPeople
from chat.tests.live.presence.test_participants import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def typing(clock: Clock) -> TypingPeople:
    return TypingPeople(clock)


def test_nobody_types_at_first(typing: TypingPeople) -> None:
    assert typing.people == {}
    assert typing.next_expiry is None
    assert typing.expire() is False
    assert typing.stop("alice") is False


def test_only_the_first_typing_frame_is_a_change(typing: TypingPeople) -> None:
    assert typing.start("alice", "Alice") is True
    assert typing.start("alice", "Alice") is False
    assert typing.people == {"alice": "Alice"}


def test_a_person_who_posts_has_stopped_typing(typing: TypingPeople) -> None:
    typing.start("alice", "Alice")
    assert typing.stop("alice") is True
    assert typing.stop("alice") is False
    assert typing.people == {}


def test_typing_expires_without_further_frames(typing: TypingPeople, clock: Clock) -> None:
    typing.start("alice", "Alice")
    clock.now += TYPING_SECONDS - 0.1
    assert typing.expire() is False
    clock.now += 0.1
    assert typing.expire() is True
    assert typing.people == {}


def test_every_typing_frame_delays_the_expiry(typing: TypingPeople, clock: Clock) -> None:
    typing.start("alice", "Alice")
    clock.now += TYPING_SECONDS - 1
    typing.start("alice", "Alice")
    clock.now += TYPING_SECONDS - 1
    assert typing.expire() is False
    assert typing.people == {"alice": "Alice"}


def test_people_are_listed_in_the_order_in_which_they_started(
    typing: TypingPeople, clock: Clock
) -> None:
    for name in ("alice", "bob", "carol"):
        typing.start(name, name)
    clock.now += 1
    typing.start("alice", "alice")
    assert list(typing.people) == ["alice", "bob", "carol"]


def test_the_person_whose_last_frame_is_oldest_expires_next(
    typing: TypingPeople, clock: Clock
) -> None:
    typing.start("alice", "Alice")
    clock.now += 1
    typing.start("bob", "Bob")
    typing.start("alice", "Alice")
    clock.now += 1
    typing.start("alice", "Alice")
    assert typing.next_expiry == clock.now - 1 + TYPING_SECONDS
    clock.now += TYPING_SECONDS - 1
    typing.expire()
    assert typing.people == {"alice": "Alice"}


def test_a_typing_frame_soon_after_another_is_a_repeat(typing: TypingPeople, clock: Clock) -> None:
    assert typing.is_repeat("alice") is False
    typing.start("alice", "Alice")
    assert typing.is_repeat("alice") is True
    clock.now += REPEAT_SECONDS
    assert typing.is_repeat("alice") is False
    assert typing.people == {"alice": "Alice"}


def test_one_typing_frame_may_be_lost_before_typing_expires() -> None:
    """A client sends one every few seconds, and frames within REPEAT_SECONDS are dropped."""
    assert TYPING_SECONDS >= 2 * REPEAT_SECONDS


def test_the_next_typing_frame_shows_a_new_name(typing: TypingPeople) -> None:
    typing.start("alice", "Alice")
    typing.start("alice", "Alicia")
    assert typing.people == {"alice": "Alicia"}
