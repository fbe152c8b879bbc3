"""Flow control: how much of the journal a client may be sent before it acknowledges."""

from chat.journal.read.slices import Slice
from chat.journal.read.window import WINDOW_BYTES, WINDOW_CHANGES, Window
from chat.tests.journal.support import entries


def slice_of(count: int, size: int = 100, after: int = 0) -> Slice:
    return Slice(entries(count, size, after), after + count)


def test_a_window_takes_no_more_changes_than_fit() -> None:
    window = Window()
    assert window.cut(slice_of(WINDOW_CHANGES + 1)).count == WINDOW_CHANGES
    window.add(slice_of(WINDOW_CHANGES, size=0))
    assert window.cut(slice_of(1)).count == 0


def test_a_window_takes_no_more_bytes_than_fit() -> None:
    window = Window()
    cut = window.cut(slice_of(3, size=WINDOW_BYTES // 2))
    assert (cut.count, cut.version) == (2, 2)


def test_an_acknowledgement_frees_what_it_covers() -> None:
    window = Window()
    window.add(slice_of(10))
    window.add(slice_of(10, after=10))
    assert not window.acknowledge(9)
    assert window.acknowledge(10)
    assert (window.changes, window.bytes) == (10, 1_000)
    assert window.acknowledge(99)
    assert (window.changes, window.bytes) == (0, 0)


def test_a_window_needs_an_acknowledgement_after_a_hundred_changes() -> None:
    window = Window()
    window.add(slice_of(99))
    assert not window.needs_ack
    window.add(slice_of(1, after=99))
    assert window.needs_ack


def test_a_window_needs_an_acknowledgement_after_many_bytes() -> None:
    window = Window()
    window.add(slice_of(1, size=WINDOW_BYTES))
    assert window.needs_ack
