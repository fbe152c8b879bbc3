"""Who is in a room, over tabs and processes."""

import pytest

from chat.live.presence.room_presence import HEARTBEAT_SECONDS, LEAVE_SECONDS, PUBLISH_SECONDS
from chat.live.presence.roster import EXPIRE_SECONDS, Roster


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def roster(clock: Clock) -> Roster:
    return Roster(clock)


def test_nobody_is_in_an_empty_room(roster: Roster) -> None:
    assert roster.people == {}
    assert roster.is_empty
    assert roster.name_of("alice") is None


def test_several_tabs_are_one_person(roster: Roster) -> None:
    assert roster.enter("alice", "Alice") is True
    assert roster.enter("alice", "Alice") is False
    assert roster.people == {"alice": "Alice"}


def test_a_person_stays_until_the_last_tab_is_closed(roster: Roster) -> None:
    roster.enter("alice", "Alice")
    roster.enter("alice", "Alice")
    assert roster.close("alice") is False
    assert roster.forget("alice") is False
    assert roster.close("alice") is True
    assert roster.people == {"alice": "Alice"}  # who reloads a page is not gone
    assert roster.forget("alice") is True
    assert roster.is_empty


def test_who_comes_back_in_time_is_not_forgotten(roster: Roster) -> None:
    roster.enter("alice", "Alice")
    roster.close("alice")
    roster.enter("alice", "Alice")
    assert roster.forget("alice") is False
    assert roster.people == {"alice": "Alice"}


def test_who_is_forgotten_twice_is_gone_once(roster: Roster) -> None:
    roster.enter("alice", "Alice")
    roster.close("alice")
    assert roster.forget("alice") is True
    assert roster.forget("alice") is False


def test_who_comes_back_under_a_new_name_has_it(roster: Roster) -> None:
    roster.enter("alice", "Alice")
    roster.close("alice")
    assert roster.enter("alice", "Alicia") is True
    assert roster.people == {"alice": "Alicia"}


def test_a_new_name_in_another_tab_is_news(roster: Roster) -> None:
    roster.enter("alice", "Alice")
    assert roster.enter("alice", "Alicia") is True
    assert roster.people == {"alice": "Alicia"}
    roster.close("alice")
    assert roster.people == {"alice": "Alicia"}


def test_our_own_people_come_before_those_of_other_processes(roster: Roster) -> None:
    roster.update_process("p2", {"bob": "Bob"}, whole=True)
    roster.enter("alice", "Alice")
    assert list(roster.people.items()) == [("alice", "Alice"), ("bob", "Bob")]
    assert roster.ours == {"alice": "Alice"}


def test_a_person_on_two_processes_is_one_person(roster: Roster) -> None:
    roster.enter("alice", "Alice")
    roster.update_process("p2", {"alice": "Alice"}, whole=True)
    roster.update_process("p3", {"alice": "Alice"}, whole=True)
    assert roster.people == {"alice": "Alice"}
    roster.update_process("p2", {"alice": None}, whole=False)
    assert roster.people == {"alice": "Alice"}


def test_who_left_here_may_be_there_still(roster: Roster) -> None:
    roster.enter("alice", "Alice")
    roster.update_process("p2", {"alice": "Alice"}, whole=True)
    roster.close("alice")
    roster.forget("alice")
    assert roster.is_empty
    assert roster.people == {"alice": "Alice"}


def test_a_whole_replaces_what_a_process_said_before(roster: Roster) -> None:
    roster.update_process("p2", {"bob": "Bob", "carol": "Carol"}, whole=True)
    assert roster.update_process("p2", {"bob": "Bob"}, whole=True) is True
    assert roster.people == {"bob": "Bob"}
    assert roster.update_process("p2", {}, whole=True) is True
    assert roster.people == {}


def test_a_delta_adds_and_takes_away(roster: Roster) -> None:
    roster.update_process("p2", {"bob": "Bob", "carol": "Carol"}, whole=True)
    assert roster.update_process("p2", {"bob": None, "alice": "Alice"}, whole=False) is True
    assert roster.people == {"carol": "Carol", "alice": "Alice"}


def test_a_whole_leaves_other_processes_alone(roster: Roster) -> None:
    roster.update_process("p2", {"bob": "Bob"}, whole=True)
    roster.update_process("p3", {"carol": "Carol"}, whole=True)
    roster.update_process("p3", {}, whole=True)
    assert roster.people == {"bob": "Bob"}


@pytest.mark.parametrize("whole", [True, False])
def test_what_is_known_is_no_news(roster: Roster, whole: bool) -> None:
    roster.update_process("p2", {"bob": "Bob"}, whole=True)
    assert roster.update_process("p2", {"bob": "Bob"}, whole=whole) is False


def test_a_goodbye_of_somebody_unknown_is_no_news(roster: Roster) -> None:
    assert roster.update_process("p2", {"bob": None}, whole=False) is False


def test_a_process_that_goes_silent_takes_its_people_along(roster: Roster, clock: Clock) -> None:
    roster.enter("alice", "Alice")
    roster.update_process("p2", {"bob": "Bob"}, whole=True)
    clock.now += EXPIRE_SECONDS
    assert roster.expire() is False
    clock.now += 1
    assert roster.expire() is True
    assert roster.people == {"alice": "Alice"}
    assert roster.expire() is False


@pytest.mark.parametrize("whole", [True, False])
def test_any_word_keeps_a_process_alive(roster: Roster, clock: Clock, whole: bool) -> None:
    roster.update_process("p2", {"bob": "Bob"}, whole=True)
    clock.now += EXPIRE_SECONDS
    roster.update_process("p2", {"bob": "Bob"}, whole=whole)
    clock.now += EXPIRE_SECONDS
    assert roster.expire() is False
    assert roster.people == {"bob": "Bob"}


def test_a_silent_process_without_people_is_not_missed(roster: Roster, clock: Clock) -> None:
    roster.update_process("p2", {}, whole=True)
    clock.now += EXPIRE_SECONDS + 1
    assert roster.expire() is False


def test_our_own_people_never_fade(roster: Roster, clock: Clock) -> None:
    roster.enter("alice", "Alice")
    clock.now += 10 * EXPIRE_SECONDS
    assert roster.expire() is False
    assert roster.people == {"alice": "Alice"}


def test_a_new_name_is_taken_wherever_the_person_is(roster: Roster) -> None:
    roster.enter("alice", "Alice")
    roster.update_process("p2", {"alice": "Alice", "bob": "Bob"}, whole=True)
    assert roster.rename("alice", "Alicia") is True
    assert roster.rename("bob", "Bobby") is True
    assert roster.people == {"alice": "Alicia", "bob": "Bobby"}
    roster.close("alice")
    roster.forget("alice")
    assert roster.people["alice"] == "Alicia"


def test_a_name_that_is_none_new_or_of_nobody_is_no_news(roster: Roster) -> None:
    roster.enter("alice", "Alice")
    assert roster.rename("alice", "Alice") is False
    assert roster.rename("bob", "Bobby") is False
    assert roster.people == {"alice": "Alice"}


def test_the_people_of_a_crashed_process_are_gone_within_a_minute() -> None:
    """Whoever listens looks once a beat; and one beat may be lost without anybody seeming gone."""
    assert EXPIRE_SECONDS + HEARTBEAT_SECONDS < 60
    assert EXPIRE_SECONDS > 2 * HEARTBEAT_SECONDS


def test_a_clean_leave_is_seen_within_seconds() -> None:
    assert LEAVE_SECONDS + PUBLISH_SECONDS < 5
