"""Where in the order of all messages a time is: their primary keys grow with when they were stored.

Nearly: what two processes store at once, or a clock that is set, can turn the order around. So
there is a margin, and the time of each message is asked itself.

A message is stored when it is sent, unless it was imported: then it was sent before that. What was
sent since a moment was stored since then all the same. What was sent until a moment may have been
imported later, which `ImportedMessages` says.
"""

from datetime import datetime, timedelta

from chat.journal.sql import database, fetch, table
from chat.models import ImportedMessages, Message

MARGIN = timedelta(days=1)

SPAN_MAX = 10_000  # primary keys between the first and the last message of one transaction

STORED_AT = (  # of a message: by the import that its primary key is in, if there is one
    f"COALESCE((SELECT max(stored_at) FROM {table(ImportedMessages)}"  # noqa: S608
    f" WHERE first_pk > message.id - {SPAN_MAX} AND first_pk <= message.id"
    " AND last_pk >= message.id), message.sent_at)"
)
IS_EARLY = (
    f"(SELECT {STORED_AT} FROM {table(Message)} message"  # noqa: S608
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
    return max(_first("<=", moment + MARGIN), ImportedMessages.objects.first_after(moment))


def _first(early: str, moment: datetime) -> int:
    value = database().ops.adapt_datetimefield_value(moment)
    source = "FROM (SELECT max(low) AS low FROM halves) found"
    [(first,)] = fetch(["low"], source, [value] * 2, given=HALVING.format(early=early))
    return int(first)
