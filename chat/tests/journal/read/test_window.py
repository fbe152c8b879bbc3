"""Flow control: how much of the journal a client may be sent before it acknowledges."""

from chat.journal import Cursor, Entry, Feed
from chat.journal.read.slices import Slice
from chat.journal.read.window import WINDOW_BYTES, WINDOW_CHANGES, Window
from chat.models import Room
from chat.tests.journal.support import entries, entry


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


# --- Changes of messages ------------------------------------------------------------------------


def change(seq: int, version: int, base: int) -> Entry:
    """A large entry, and the change since `base` that it is short for."""
    return Entry(seq, version, "whole", 10_000, base, Entry(seq, version, "change", 100))


def sent(*entries: Entry, after: int) -> list[str]:
    slice = Slice(entries, entries[-1].version, after)
    return [it.json for it in slice.as_changes.entries]


def test_a_change_is_sent_to_whom_the_earlier_state_was_sent() -> None:
    assert sent(change(1, 5, base=3), after=3) == ["change"]
    assert sent(change(1, 5, base=3), after=4) == ["change"]
    assert sent(entry(3), change(1, 5, base=3), change(1, 6, base=5), after=2) == [
        "",
        "change",
        "change",
    ]


def test_a_message_is_sent_whole_to_whom_the_earlier_state_was_not_sent() -> None:
    assert sent(change(1, 5, base=3), after=2) == ["whole"]
    assert sent(change(1, 5, base=3), change(1, 6, base=5), after=2) == ["whole", "change"]


def test_a_client_takes_changes_once_it_has_all_messages_of_its_first_page() -> None:
    cursor = Cursor(Feed(Room()), version=3, changes_from=5)
    assert cursor._as_sent(Slice([change(1, 5, base=3)], 5, 3)).frame == "[whole]"
    cursor.version = 5
    assert cursor._as_sent(Slice([change(1, 6, base=5)], 6, 5)).frame == "[change]"


def test_a_window_counts_the_bytes_of_changes_and_not_of_their_messages() -> None:
    window = Window()
    window.add(Slice([change(1, 5, base=3)], 5, 4).as_changes)
    assert window.bytes == 100
