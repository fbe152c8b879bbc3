"""The statements that every message costs, written out: the ORM takes longer to compose them than a
database to run them. All that is rarer goes through the ORM.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models, transaction

from chat.models import Member, Message, Room, Subscription

M = TypeVar("M", bound=models.Model)

ADVANCING = ["version"]
POSTING = ["version", "last_seq", "posted_at"]


def lock_rooms(pks: Collection[int]) -> dict[int, Room]:
    """The rooms, held until the end of the transaction.

    In one order for every process, or two transactions could each hold what the other needs.
    """
    lock = connection.ops.for_update_sql(no_key=True) if _has_row_locks() else ""
    columns = ["id", "uid", "key", "name", "version"]
    rows = _select(Room, columns, f"WHERE id IN ({_marks(pks)}) ORDER BY id {lock}", sorted(pks))
    return {row[0]: _instance(Room, columns, row) for row in rows}


def authors(pks: Collection[int]) -> dict[int, Member]:
    columns = ["id", "uid", "name", "user_id"]
    rows = _select(Member, columns, f"WHERE id IN ({_marks(pks)})", list(pks))
    return {row[0]: _instance(Member, columns, row) for row in rows}


def posted(keys: Collection[tuple[int, UUID]]) -> list[int]:
    """Which messages were posted already under these authors' client ids; their primary keys."""
    pairs = ", ".join(["(%s, %s)"] * len(keys))
    client_id = Message._meta.get_field("client_id")
    values = [it for author, id in keys for it in (author, _prepared(client_id, id))]
    # CROSS: SQLite takes the tables in this order, and looks each pair up in the index.
    return [
        pk
        for (pk,) in _fetch(
            f"WITH sent(author_id, client_id) AS (VALUES {pairs})"  # noqa: S608
            f" SELECT message.id FROM sent CROSS JOIN {_table(Message)} message"
            " WHERE message.author_id = sent.author_id AND message.client_id = sent.client_id",
            values,
        )
    ]


def primary_keys(keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """The primary keys of the messages at these rooms' primary keys and seqs."""
    pairs = ", ".join(["(%s, %s)"] * len(keys))
    rows = _fetch(
        f"WITH wanted(room_id, seq) AS (VALUES {pairs})"  # noqa: S608
        f" SELECT message.room_id, message.seq, message.id"
        f" FROM wanted CROSS JOIN {_table(Message)} message"
        " WHERE message.room_id = wanted.room_id AND message.seq = wanted.seq",
        [value for key in keys for value in key],
    )
    return {(room, seq): pk for room, seq, pk in rows}


def insert(messages: Sequence[Message]) -> None:
    """New messages; their primary keys stay unknown."""
    fields = [it for it in Message._meta.concrete_fields if not it.primary_key]
    columns = ", ".join(f'"{it.column}"' for it in fields)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {_table(Message)} ({columns}) VALUES ({_marks(fields)})",  # noqa: S608
            [
                [_prepared(it, getattr(message, it.attname)) for it in fields]
                for message in messages
            ],
        )


def advance(rooms: Iterable[Room], names: Sequence[str]) -> None:
    """Store how far the rooms' journals have come: ADVANCING, or POSTING as well."""
    fields = [it for it in Room._meta.concrete_fields if it.name in names]
    columns = ", ".join(f"{it.column} = %s" for it in fields)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {_table(Room)} SET {columns} WHERE id = %s",  # noqa: S608
            [
                [*(_prepared(it, getattr(room, it.attname)) for it in fields), room.pk]
                for room in rooms
            ],
        )


def move_read_pointers(seqs: Mapping[tuple[int, int], int]) -> list[tuple[int, int]]:
    """Seqs, by members and rooms; none moves back. Returns whose did move."""
    moved = []
    with transaction.atomic(), connection.cursor() as cursor:
        for member, room in sorted(seqs):
            seq = seqs[member, room]
            cursor.execute(
                f"UPDATE {_table(Subscription)} SET read_seq = %s"  # noqa: S608
                " WHERE member_id = %s AND room_id = %s AND read_seq < %s",
                (seq, member, room, seq),
            )
            if cursor.rowcount:
                moved.append((member, room))
    return moved


def _has_row_locks() -> bool:
    return bool(connection.features.has_select_for_update)  # SQLite locks the database instead


def _select(
    model: type[models.Model], columns: Sequence[str], where: str, values: Sequence[Any]
) -> list[tuple[Any, ...]]:
    return _fetch(f"SELECT {', '.join(columns)} FROM {_table(model)} {where}", values)  # noqa: S608


def _fetch(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _table(model: type[models.Model]) -> str:
    return f'"{model._meta.db_table}"'


def _marks(values: Collection[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _prepared(field: Any, value: Any) -> Any:
    """As the database takes it."""
    return field.get_db_prep_save(value, connection)


def _instance(model: type[M], columns: Sequence[str], row: Sequence[Any]) -> M:
    """A model from a row, each value as Python knows it: SQLite has no type for UUIDs."""
    fields: list[Any] = [model._meta.get_field(it.removesuffix("_id")) for it in columns]
    values = [field.to_python(value) for field, value in zip(fields, row, strict=True)]
    return model.from_db(connection.alias, columns, values)
