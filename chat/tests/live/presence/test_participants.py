"""Who is in a room, over connections and processes."""

import pytest

from chat.live.presence.participants import EXPIRE_SECONDS, Participants
from chat.live.presence.room_presence import HEARTBEAT_SECONDS, LEAVE_SECONDS, PUBLISH_SECONDS


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def participants(clock: Clock) -> Participants:
    return Participants(clock)


def test_nobody_is_in_an_empty_room(participants: Participants) -> None:
    assert participants.people == {}
    assert not participants.has_local_people
    assert participants.local_name("alice") is None


def test_several_connections_are_one_person(participants: Participants) -> None:
    assert participants.connect("alice", "Alice") is True
    assert participants.connect("alice", "Alice") is False
    assert participants.people == {"alice": "Alice"}


def test_guests_are_known_on_all_processes_until_they_have_an_account(
    participants: Participants,
) -> None:
    participants.connect("alice", "Alice", is_guest=True)
    people = {"bob": "Bob", "charlie": "Charlie"}
    participants.update_process("other", people, ["bob"], is_complete=True)
    assert participants.guests == {"alice", "bob"}
    assert participants.connect("alice", "Alice", is_guest=False)
    assert participants.update_process("other", {"bob": "Bob"}, is_complete=False)
    assert participants.guests == set()


def test_a_person_stays_until_the_last_connection_is_closed(participants: Participants) -> None:
    participants.connect("alice", "Alice")
    participants.connect("alice", "Alice")
    assert participants.disconnect("alice") is False
    assert participants.remove_disconnected("alice") is False
    assert participants.disconnect("alice") is True
    assert participants.people == {"alice": "Alice"}  # the person may be reloading the page
    assert participants.remove_disconnected("alice") is True
    assert not participants.has_local_people


def test_a_person_who_reconnects_in_time_is_not_removed(participants: Participants) -> None:
    participants.connect("alice", "Alice")
    participants.disconnect("alice")
    participants.connect("alice", "Alice")
    assert participants.remove_disconnected("alice") is False
    assert participants.people == {"alice": "Alice"}


def test_a_person_is_removed_only_once(participants: Participants) -> None:
    participants.connect("alice", "Alice")
    participants.disconnect("alice")
    assert participants.remove_disconnected("alice") is True
    assert participants.remove_disconnected("alice") is False


def test_a_person_who_reconnects_under_a_new_name_is_renamed(participants: Participants) -> None:
    participants.connect("alice", "Alice")
    participants.disconnect("alice")
    assert participants.connect("alice", "Alicia") is True
    assert participants.people == {"alice": "Alicia"}


def test_a_new_name_on_another_connection_is_a_change(participants: Participants) -> None:
    participants.connect("alice", "Alice")
    assert participants.connect("alice", "Alicia") is True
    assert participants.people == {"alice": "Alicia"}
    participants.disconnect("alice")
    assert participants.people == {"alice": "Alicia"}


def test_people_of_this_process_come_before_those_of_other_processes(
    participants: Participants,
) -> None:
    participants.update_process("p2", {"bob": "Bob"}, is_complete=True)
    participants.connect("alice", "Alice")
    assert list(participants.people.items()) == [("alice", "Alice"), ("bob", "Bob")]
    assert participants.local_people == {"alice": "Alice"}


def test_a_person_on_two_processes_is_one_person(participants: Participants) -> None:
    participants.connect("alice", "Alice")
    participants.update_process("p2", {"alice": "Alice"}, is_complete=True)
    participants.update_process("p3", {"alice": "Alice"}, is_complete=True)
    assert participants.people == {"alice": "Alice"}
    participants.update_process("p2", {"alice": None}, is_complete=False)
    assert participants.people == {"alice": "Alice"}


def test_a_person_who_left_this_process_may_be_on_another(participants: Participants) -> None:
    participants.connect("alice", "Alice")
    participants.update_process("p2", {"alice": "Alice"}, is_complete=True)
    participants.disconnect("alice")
    participants.remove_disconnected("alice")
    assert not participants.has_local_people
    assert participants.people == {"alice": "Alice"}


def test_a_complete_report_replaces_the_earlier_reports_of_a_process(
    participants: Participants,
) -> None:
    participants.update_process("p2", {"bob": "Bob", "carol": "Carol"}, is_complete=True)
    assert participants.update_process("p2", {"bob": "Bob"}, is_complete=True) is True
    assert participants.people == {"bob": "Bob"}
    assert participants.update_process("p2", {}, is_complete=True) is True
    assert participants.people == {}


def test_a_partial_report_adds_and_removes_people(participants: Participants) -> None:
    participants.update_process("p2", {"bob": "Bob", "carol": "Carol"}, is_complete=True)
    assert (
        participants.update_process("p2", {"bob": None, "alice": "Alice"}, is_complete=False)
        is True
    )
    assert participants.people == {"carol": "Carol", "alice": "Alice"}


def test_a_complete_report_does_not_change_other_processes(participants: Participants) -> None:
    participants.update_process("p2", {"bob": "Bob"}, is_complete=True)
    participants.update_process("p3", {"carol": "Carol"}, is_complete=True)
    participants.update_process("p3", {}, is_complete=True)
    assert participants.people == {"bob": "Bob"}


@pytest.mark.parametrize("is_complete", [True, False])
def test_a_report_of_known_people_is_no_change(
    participants: Participants, is_complete: bool
) -> None:
    participants.update_process("p2", {"bob": "Bob"}, is_complete=True)
    assert participants.update_process("p2", {"bob": "Bob"}, is_complete=is_complete) is False


def test_a_departure_of_an_unknown_person_is_no_change(participants: Participants) -> None:
    assert participants.update_process("p2", {"bob": None}, is_complete=False) is False


def test_the_people_of_a_silent_process_expire(participants: Participants, clock: Clock) -> None:
    participants.connect("alice", "Alice")
    participants.update_process("p2", {"bob": "Bob"}, is_complete=True)
    clock.now += EXPIRE_SECONDS
    assert participants.expire_processes() is False
    clock.now += 1
    assert participants.expire_processes() is True
    assert participants.people == {"alice": "Alice"}
    assert participants.expire_processes() is False


@pytest.mark.parametrize("is_complete", [True, False])
def test_every_report_delays_the_expiry_of_a_process(
    participants: Participants, clock: Clock, is_complete: bool
) -> None:
    participants.update_process("p2", {"bob": "Bob"}, is_complete=True)
    clock.now += EXPIRE_SECONDS
    participants.update_process("p2", {"bob": "Bob"}, is_complete=is_complete)
    clock.now += EXPIRE_SECONDS
    assert participants.expire_processes() is False
    assert participants.people == {"bob": "Bob"}


def test_the_expiry_of_a_process_without_people_is_no_change(
    participants: Participants, clock: Clock
) -> None:
    participants.update_process("p2", {}, is_complete=True)
    clock.now += EXPIRE_SECONDS + 1
    assert participants.expire_processes() is False


def test_people_of_this_process_do_not_expire(participants: Participants, clock: Clock) -> None:
    participants.connect("alice", "Alice")
    clock.now += 10 * EXPIRE_SECONDS
    assert participants.expire_processes() is False
    assert participants.people == {"alice": "Alice"}


def test_a_rename_applies_on_every_process(participants: Participants) -> None:
    participants.connect("alice", "Alice")
    participants.update_process("p2", {"alice": "Alice", "bob": "Bob"}, is_complete=True)
    assert participants.rename("alice", "Alicia") is True
    assert participants.rename("bob", "Bobby") is True
    assert participants.people == {"alice": "Alicia", "bob": "Bobby"}
    participants.disconnect("alice")
    participants.remove_disconnected("alice")
    assert participants.people["alice"] == "Alicia"


def test_a_rename_to_the_same_name_or_of_an_unknown_person_is_no_change(
    participants: Participants,
) -> None:
    participants.connect("alice", "Alice")
    assert participants.rename("alice", "Alice") is False
    assert participants.rename("bob", "Bobby") is False
    assert participants.people == {"alice": "Alice"}


def test_the_people_of_a_crashed_process_expire_within_a_minute() -> None:
    """Processes expire at a heartbeat; and one heartbeat may be lost without anybody expiring."""
    assert EXPIRE_SECONDS + HEARTBEAT_SECONDS < 60
    assert EXPIRE_SECONDS > 2 * HEARTBEAT_SECONDS


def test_a_departure_is_published_within_seconds() -> None:
    assert LEAVE_SECONDS + PUBLISH_SECONDS < 5


def test_a_picture_comes_and_goes(participants: Participants) -> None:
    assert participants.connect("alice", "Alice", picture="p1") is True
    assert participants.connect("alice", "Alice", picture="p1") is False
    assert participants.pictures == participants.local_pictures == {"alice": "p1"}
    assert participants.rename("alice", "Alice", "p2") is True
    assert participants.pictures == {"alice": "p2"}
    assert participants.rename("alice", "Alice") is True
    assert participants.pictures == {}


def test_other_processes_report_pictures(participants: Participants) -> None:
    people = {"bob": "Bob", "cem": "Cem"}
    assert participants.update_process("other", people, (), {"bob": "p1"}, is_complete=True)
    assert participants.pictures == {"bob": "p1"}
    assert not participants.update_process("other", people, (), {"bob": "p1"}, is_complete=True)
    assert participants.update_process("other", {"bob": "Bob"}, is_complete=False)
    assert participants.pictures == {}
    assert participants.rename("bob", "Bob", "p2")
    assert participants.pictures == {"bob": "p2"}
    participants.update_process("other", {"bob": None}, is_complete=False)
    assert participants.pictures == {}
