"""Flow control, as arithmetic."""

from chat.journal.entry import Entry
from chat.journal.read.cursor import WINDOW_BYTES, WINDOW_CHANGES, Window
from chat.journal.read.feed import Slice


def entries(count: int, size: int = 100, after: int = 0) -> Slice:
    last = after + count
    return Slice([Entry(v, v, "", size) for v in range(after + 1, last + 1)], last)


def test_a_window_takes_no_more_changes_than_it_has_room_for() -> None:
    window = Window()
    assert window.room_for(entries(WINDOW_CHANGES + 1)).count == WINDOW_CHANGES
    window.sent(entries(WINDOW_CHANGES, size=0))
    assert window.room_for(entries(1)).count == 0


def test_a_window_takes_no_more_bytes_than_it_has_room_for() -> None:
    window = Window()
    cut = window.room_for(entries(3, size=WINDOW_BYTES // 2))
    assert (cut.count, cut.version) == (2, 2)


def test_an_acknowledgement_frees_what_it_covers() -> None:
    window = Window()
    window.sent(entries(10))
    window.sent(entries(10, after=10))
    assert not window.acknowledge(9)
    assert window.acknowledge(10)
    assert (window.changes, window.bytes) == (10, 1_000)
    assert window.acknowledge(99)
    assert (window.changes, window.bytes) == (0, 0)


def test_an_acknowledgement_is_owed_after_a_hundred_changes() -> None:
    window = Window()
    window.sent(entries(99))
    assert not window.is_owed
    window.sent(entries(1, after=99))
    assert window.is_owed


def test_an_acknowledgement_is_owed_for_many_bytes() -> None:
    window = Window()
    window.sent(entries(1, size=WINDOW_BYTES))
    assert window.is_owed
