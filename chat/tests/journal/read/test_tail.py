"""The tail: the latest entries of a room, in memory, within bounds."""

import pytest

from chat.journal.read.tail import Tail
from chat.tests.journal.support import entries, entry, tombstone


def versions(tail: Tail, after: int) -> list[int]:
    return [entry.version for entry in tail.after(after).entries]


def test_a_tail_holds_no_more_entries_than_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.journal.read.tail.TAIL_ENTRIES", 4)
    tail = Tail()
    tail.extend(entries(10))
    assert not tail.holds(5)
    assert tail.holds(6)
    assert versions(tail, 6) == [7, 8, 9, 10]


def test_a_tail_holds_no_more_bytes_than_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.journal.read.tail.TAIL_BYTES", 300)
    tail = Tail()
    tail.extend(entries(10, size=100))
    assert not tail.holds(6)
    assert tail.holds(7)


def test_a_deletion_drops_what_the_message_said() -> None:
    tail = Tail()
    tail.extend(entries(3))
    tail.extend([tombstone(seq=2, version=4)])
    assert versions(tail, 0) == [1, 3, 4]
    assert tail.last_deletion == 4


def test_what_was_said_stays_dropped_when_the_tail_is_extended_back() -> None:
    tail = Tail()
    tail.start(head=3)
    tail.extend([tombstone(seq=2, version=4)])
    tail.extend_back(entries(3), version=0)
    assert versions(tail, 0) == [1, 3, 4]


def test_a_tail_that_is_extended_back_is_not_complete_there() -> None:
    tail = Tail()
    tail.start(head=3)
    tail.extend([entry(4)])
    tail.extend_back(entries(3), version=0)
    assert tail.holds(0)
    assert not tail.is_complete_after(2)
    assert tail.is_complete_after(3)


def test_a_tail_is_not_extended_back_beyond_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.journal.read.tail.TAIL_BYTES", 300)
    tail = Tail()
    tail.start(head=3)
    tail.extend([entry(4, size=100)])
    tail.extend_back(entries(3, size=100), version=0)
    assert not tail.holds(2)


def test_cursors_at_one_version_share_a_slice_and_its_frame() -> None:
    tail = Tail()
    tail.extend(entries(3))
    assert tail.after(1) is tail.after(1)
    assert tail.after(1).frame is tail.after(1).frame
    tail.extend([entry(4)])
    assert versions(tail, 1) == [2, 3, 4]
