"""How much of the disk each room takes: counted by index for the rooms of a page.

What texts and the search index take is estimated from the latest messages: to add all up would
read them all.
"""

from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Avg, Count, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Length

from chat.journal.write.search_index import INDEX, KEY
from chat.models import File, Message, Room

SAMPLED = 200  # messages
ROW_BYTES = 400  # of a message, beside its text: its columns, and its rows in indexes
INDEX_FACTOR = 1.8  # the index with the tokens beside it, by these: docs/performance.md
TOKENS = {
    "sqlite": f"SELECT avg(length(c0)) FROM {INDEX}_content WHERE id IN ({{pks}})",  # noqa: S608
    "postgresql": f"SELECT avg(pg_column_size(tokens)) FROM {INDEX}"  # noqa: S608
    f" WHERE {KEY['postgresql']} IN ({{pks}})",
}


class DiskUse(NamedTuple):
    """Bytes, about."""

    of_texts: int
    of_index: int
    of_files: int


def with_counts(rooms: "QuerySet[Any]") -> "QuerySet[Any]":
    """The rooms with `message_count` and `file_bytes`. Only rooms that are shown are counted."""
    messages = Message.objects.filter(room=OuterRef("pk")).order_by().values("room")
    files = File.objects.filter(room=OuterRef("pk")).order_by().values("room")
    sizes = files.annotate(total=Sum(F("size") + F("previews_size")))
    counted: QuerySet[Any] = rooms.annotate(
        message_count=Coalesce(Subquery(messages.annotate(n=Count("pk")).values("n")), 0),
        file_bytes=Coalesce(Subquery(sizes.values("total")), 0),
    )
    return counted


def disk_use(room: Room) -> DiskUse:
    """About how much the room takes. Four queries, however much was said in it."""
    count = Message.objects.filter(room=room).count()
    latest = Message.objects.filter(room=room).order_by("-seq").values_list("pk", flat=True)
    sampled = Message.objects.filter(pk__in=list(latest[:SAMPLED]))
    length = sampled.aggregate(it=Avg(Length("text") + Length("html")))["it"] or 0
    sizes = File.objects.filter(room=room).aggregate(it=Sum(F("size") + F("previews_size")))
    return DiskUse(
        of_texts=int(count * (ROW_BYTES + length)),
        of_index=int(count * INDEX_FACTOR * _token_bytes(list(latest[:SAMPLED]))),
        of_files=int(sizes["it"] or 0),
    )


def _token_bytes(pks: list[int]) -> float:
    """The bytes of a message's tokens, on average."""
    if not pks:
        return 0
    places = ", ".join(["%s"] * len(pks))
    with connection.cursor() as cursor:
        cursor.execute(TOKENS[connection.vendor].format(pks=places), pks)
        return float(cursor.fetchone()[0] or 0)
