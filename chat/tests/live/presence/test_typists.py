"""Who is writing in a room."""

import pytest

from chat.live.presence.typists import SIGN_SECONDS, TYPING_SECONDS, Typists
from chat.tests.live.presence.test_roster import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def typists(clock: Clock) -> Typists:
    return Typists(clock)


def test_nobody_writes_at_first(typists: Typists) -> None:
    assert typists.people == {}
    assert typists.next_end is None
    assert typists.expire() is False
    assert typists.end("alice") is False


def test_only_the_first_sign_is_news(typists: Typists) -> None:
    assert typists.begin("alice", "Alice") is True
    assert typists.begin("alice", "Alice") is False
    assert typists.people == {"alice": "Alice"}


def test_who_posts_has_stopped(typists: Typists) -> None:
    typists.begin("alice", "Alice")
    assert typists.end("alice") is True
    assert typists.end("alice") is False
    assert typists.people == {}


def test_who_gives_no_more_signs_fades(typists: Typists, clock: Clock) -> None:
    typists.begin("alice", "Alice")
    clock.now += TYPING_SECONDS - 0.1
    assert typists.expire() is False
    clock.now += 0.1
    assert typists.expire() is True
    assert typists.people == {}


def test_every_sign_makes_it_last(typists: Typists, clock: Clock) -> None:
    typists.begin("alice", "Alice")
    clock.now += TYPING_SECONDS - 1
    typists.begin("alice", "Alice")
    clock.now += TYPING_SECONDS - 1
    assert typists.expire() is False
    assert typists.people == {"alice": "Alice"}


def test_who_began_first_comes_first_however_often_they_sign(
    typists: Typists, clock: Clock
) -> None:
    for name in ("alice", "bob", "carol"):
        typists.begin(name, name)
    clock.now += 1
    typists.begin("alice", "alice")
    assert list(typists.people) == ["alice", "bob", "carol"]


def test_the_next_to_fade_is_who_signed_longest_ago(typists: Typists, clock: Clock) -> None:
    typists.begin("alice", "Alice")
    clock.now += 1
    typists.begin("bob", "Bob")
    typists.begin("alice", "Alice")
    clock.now += 1
    typists.begin("alice", "Alice")
    assert typists.next_end == clock.now - 1 + TYPING_SECONDS
    clock.now += TYPING_SECONDS - 1
    typists.expire()
    assert typists.people == {"alice": "Alice"}


def test_signs_that_follow_fast_say_nothing_new(typists: Typists, clock: Clock) -> None:
    assert typists.is_fresh("alice") is False
    typists.begin("alice", "Alice")
    assert typists.is_fresh("alice") is True
    clock.now += SIGN_SECONDS
    assert typists.is_fresh("alice") is False
    assert typists.people == {"alice": "Alice"}


def test_a_fresh_sign_is_told_before_the_last_one_fades() -> None:
    """Signs are taken at most every SIGN_SECONDS, and sent every few: one may be lost."""
    assert TYPING_SECONDS >= 2 * SIGN_SECONDS


def test_who_is_renamed_while_writing_has_the_new_name_with_the_next_sign(
    typists: Typists,
) -> None:
    typists.begin("alice", "Alice")
    typists.begin("alice", "Alicia")
    assert typists.people == {"alice": "Alicia"}
