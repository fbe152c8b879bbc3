"""Hand-written SQL for the statements that run for every message, to save the ORM's work for each.

Rarer statements go through the ORM.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models, transaction

from accounts.models import User
from chat.models import Member, Message, Room, Subscription

M = TypeVar("M", bound=models.Model)

CHANGE_FIELDS = ["version"]  # of a room, when one of its messages changes
POST_FIELDS = ["version", "last_seq", "posted_at"]  # when a message is posted


def lock_rooms(pks: Collection[int]) -> dict[int, Room]:
    """Lock rooms until the end of the transaction, and return those that exist.

    All processes lock in the same order, or two of them could each hold what the other needs.
    """
    lock = connection.ops.for_update_sql(no_key=True) if _has_row_locks() else ""
    columns = ["id", "uid", "key", "name", "version"]
    where = f"WHERE id IN ({_placeholders(pks)}) ORDER BY id {lock}"
    rows = _select(Room, columns, where, sorted(pks))
    return {row[0]: _from_row(Room, columns, row) for row in rows}


def members(pks: Collection[int], uids: Collection[UUID]) -> list[Member]:
    """Return the members that exist, by either key. Each has a user that knows only `is_active`."""
    columns = ["id", "uid", "name", "user_id"]
    uid = Member._meta.get_field("uid")
    wanted = {"id": list(pks), "uid": [_to_database(uid, it) for it in uids]}
    where = [f"member.{key} IN ({_placeholders(it)})" for key, it in wanted.items() if it]
    if not where:
        return []
    rows = _fetch(
        f"SELECT {', '.join(f'member.{it}' for it in columns)}, account.is_active"  # noqa: S608
        f" FROM {_table(Member)} member"
        f" LEFT JOIN {_table(User)} account ON account.id = member.user_id"
        f" WHERE {' OR '.join(where)}",
        [value for values in wanted.values() for value in values],
    )
    return [_with_user(_from_row(Member, columns, row), is_active=bool(row[-1])) for row in rows]


def _with_user(member: Member, *, is_active: bool) -> Member:
    if member.user_id is not None:
        member.user = User(pk=member.user_id, is_active=is_active)
    return member


def posted(keys: Collection[tuple[int, UUID]]) -> list[int]:
    """Return the primary keys of the messages that have these authors and client ids."""
    pairs = ", ".join(["(%s, %s)"] * len(keys))
    client_id = Message._meta.get_field("client_id")
    values = [it for author, id in keys for it in (author, _to_database(client_id, id))]
    # SQLite does not reorder a CROSS JOIN, so it looks each pair up in the index of messages.
    rows = _fetch(
        f"WITH sent(author_id, client_id) AS (VALUES {pairs})"  # noqa: S608
        f" SELECT message.id FROM sent CROSS JOIN {_table(Message)} message"
        " WHERE message.author_id = sent.author_id AND message.client_id = sent.client_id",
        values,
    )
    return [pk for (pk,) in rows]


def primary_keys(keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Return the primary keys of messages, by their room's primary key and their seq."""
    pairs = ", ".join(["(%s, %s)"] * len(keys))
    rows = _fetch(
        f"WITH wanted(room_id, seq) AS (VALUES {pairs})"  # noqa: S608
        f" SELECT message.room_id, message.seq, message.id"
        f" FROM wanted CROSS JOIN {_table(Message)} message"
        " WHERE message.room_id = wanted.room_id AND message.seq = wanted.seq",
        [value for key in keys for value in key],
    )
    return {(room, seq): pk for room, seq, pk in rows}


def insert_messages(messages: Sequence[Message]) -> None:
    """Insert new messages. They do not get to know their primary keys."""
    fields = [it for it in Message._meta.concrete_fields if not it.primary_key]
    columns = ", ".join(f'"{it.column}"' for it in fields)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {_table(Message)} ({columns}) VALUES ({_placeholders(fields)})",  # noqa: S608
            [_values(message, fields) for message in messages],
        )


def update_rooms(rooms: Iterable[Room], names: Sequence[str]) -> None:
    """Store the named fields of the rooms: CHANGE_FIELDS or POST_FIELDS."""
    fields = [it for it in Room._meta.concrete_fields if it.name in names]
    columns = ", ".join(f"{it.column} = %s" for it in fields)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {_table(Room)} SET {columns} WHERE id = %s",  # noqa: S608
            [[*_values(room, fields), room.pk] for room in rooms],
        )


def move_read_pointers(seqs: Mapping[tuple[int, int], int]) -> list[tuple[int, int]]:
    """Move read pointers forward to these seqs, given by the primary keys of member and room.

    Returns the keys of the pointers that moved: a pointer that is further on stays.
    """
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


def _placeholders(values: Collection[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _values(instance: models.Model, fields: Iterable[Any]) -> list[Any]:
    return [_to_database(it, getattr(instance, it.attname)) for it in fields]


def _to_database(field: Any, value: Any) -> Any:
    return field.get_db_prep_save(value, connection)


def _from_row(model: type[M], columns: Sequence[str], row: Sequence[Any]) -> M:
    """Make a model instance. SQLite has no type for UUIDs, so each value is converted."""
    fields: list[Any] = [model._meta.get_field(it.removesuffix("_id")) for it in columns]
    values = [field.to_python(value) for field, value in zip(fields, row, strict=False)]
    return model.from_db(connection.alias, columns, values)
