"""Where in the order of all messages a time is: their primary keys grow with it.

Nearly: what two processes post at once, or a clock that is set, can turn the order around. So there
is a margin, and the time of each message is asked itself.
"""

from datetime import datetime, timedelta

from chat.journal.sql import database, fetch, table
from chat.models import Message

MARGIN = timedelta(days=1)

IS_EARLY = (
    f"(SELECT sent_at FROM {table(Message)} message"  # noqa: S608
    " WHERE message.id >= (low + high) / 2 ORDER BY message.id LIMIT 1) {early} %s"
)
# Halves what may be the first message that is not early: 20 steps for a million messages.
HALVING = (
    "WITH RECURSIVE halves(low, high) AS ("  # noqa: S608
    f"SELECT CAST(0 AS bigint), (SELECT COALESCE(max(id), 0) + 1 FROM {table(Message)})"
    f" UNION ALL SELECT CASE WHEN {IS_EARLY} THEN (low + high) / 2 + 1 ELSE low END,"
    f" CASE WHEN {IS_EARLY} THEN high ELSE (low + high) / 2 END FROM halves WHERE low < high)"
)


def first_since(moment: datetime) -> int:
    """A primary key before which all messages were sent before `moment`."""
    return _first("<", moment - MARGIN)


def first_after(moment: datetime) -> int:
    """A primary key from which on all messages were sent after `moment`."""
    return _first("<=", moment + MARGIN)


def _first(early: str, moment: datetime) -> int:
    value = database().ops.adapt_datetimefield_value(moment)
    source = "FROM (SELECT max(low) AS low FROM halves) found"
    [(first,)] = fetch(["low"], source, [value] * 2, given=HALVING.format(early=early))
    return int(first)
