"""Hand-written SQL for the statements that run for every message, to save the ORM's work for each.

Rarer statements go through the ORM.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models, transaction

from accounts.models import User
from chat.journal.write.sql import fetch, placeholders, rows_of, table, to_database, to_row
from chat.models import Member, Message, Reaction, Room, Subscription

M = TypeVar("M", bound=models.Model)

ReactionRow = tuple[int, int, str]  # primary keys of a message and a member, an emoji

CHANGE_FIELDS = ["version"]  # of a room, when one of its messages changes
POST_FIELDS = ["version", "last_seq", "posted_at"]  # when a message is posted


def lock_rooms(pks: Collection[int]) -> dict[int, Room]:
    """Lock rooms until the end of the transaction, and return those that exist.

    All processes lock in the same order, or two of them could each hold what the other needs.
    """
    lock = "ORDER BY id " + connection.ops.for_update_sql(no_key=True) if _has_row_locks() else ""
    columns = ["id", "uid", "key", "name", "version"]
    source = f"FROM {table(Room)} WHERE id IN ({placeholders(pks)}) {lock}"
    rows = fetch(columns, source, sorted(pks))
    return {row[0]: _from_row(Room, columns, row) for row in rows}


def members(pks: Collection[int], uids: Collection[UUID]) -> list[Member]:
    """Return the members that exist, by either key. Each has a user that knows only `is_active`."""
    columns = ["id", "uid", "name", "user_id"]
    uid = Member._meta.get_field("uid")
    wanted = {"id": list(pks), "uid": [to_database(uid, it) for it in uids]}
    where = [f"member.{key} IN ({placeholders(it)})" for key, it in wanted.items() if it]
    if not where:
        return []
    rows = fetch(
        [*(f"member.{it}" for it in columns), "account.is_active"],
        f"FROM {table(Member)} member LEFT JOIN {table(User)} account"
        f" ON account.id = member.user_id WHERE {' OR '.join(where)}",
        [value for values in wanted.values() for value in values],
    )
    return [_with_user(_from_row(Member, columns, row), is_active=bool(row[-1])) for row in rows]


def _with_user(member: Member, *, is_active: bool) -> Member:
    if member.user_id is not None:
        member.user = User(pk=member.user_id, is_active=is_active)
    return member


# SQLite does not reorder a CROSS JOIN, so it looks each row of the first up in an index.


def posted(keys: Collection[tuple[int, UUID]]) -> list[int]:
    """Return the primary keys of the messages that have these authors and client ids."""
    client_id = Message._meta.get_field("client_id")
    rows = fetch(
        ["message.id"],
        f"FROM sent CROSS JOIN {table(Message)} message"
        " WHERE message.author_id = sent.author_id AND message.client_id = sent.client_id",
        [it for author, id in keys for it in (author, to_database(client_id, id))],
        given=f"WITH sent(author_id, client_id) AS (VALUES {rows_of(2, len(keys))})",
    )
    return [pk for (pk,) in rows]


def primary_keys(keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Return the primary keys of messages, by their room's primary key and their seq."""
    rows = fetch(
        ["message.room_id", "message.seq", "message.id"],
        f"FROM wanted CROSS JOIN {table(Message)} message"
        " WHERE message.room_id = wanted.room_id AND message.seq = wanted.seq",
        [value for key in keys for value in key],
        given=f"WITH wanted(room_id, seq) AS (VALUES {rows_of(2, len(keys))})",
    )
    return {(room, seq): pk for room, seq, pk in rows}


def stored_reactions(keys: Collection[ReactionRow]) -> set[ReactionRow]:
    """Return those of the reactions that are stored."""
    rows = fetch(
        ["reaction.message_id", "reaction.member_id", "reaction.emoji"],
        f"FROM wanted CROSS JOIN {table(Reaction)} reaction"
        " WHERE reaction.message_id = wanted.message_id"
        " AND reaction.member_id = wanted.member_id AND reaction.emoji = wanted.emoji",
        [value for key in keys for value in key],
        given=f"WITH wanted(message_id, member_id, emoji) AS (VALUES {rows_of(3, len(keys))})",
    )
    return {(message, member, emoji) for message, member, emoji in rows}


def delete_reactions(keys: Collection[ReactionRow]) -> None:
    """Delete reactions."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table(Reaction)} WHERE (message_id, member_id, emoji)"  # noqa: S608
            f" IN (VALUES {rows_of(3, len(keys))})",
            [value for key in keys for value in key],
        )


def update_rooms(rooms: Iterable[Room], names: Sequence[str]) -> None:
    """Store the named fields of the rooms: CHANGE_FIELDS or POST_FIELDS."""
    fields = [it for it in Room._meta.concrete_fields if it.name in names]
    columns = ", ".join(f"{it.column} = %s" for it in fields)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table(Room)} SET {columns} WHERE id = %s",  # noqa: S608
            [[*to_row(room, fields), room.pk] for room in rooms],
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
                f"UPDATE {table(Subscription)} SET read_seq = %s"  # noqa: S608
                " WHERE member_id = %s AND room_id = %s AND read_seq < %s",
                (seq, member, room, seq),
            )
            if cursor.rowcount:
                moved.append((member, room))
    return moved


def _has_row_locks() -> bool:
    return bool(connection.features.has_select_for_update)  # SQLite locks the database instead


def _from_row(model: type[M], columns: Sequence[str], row: Sequence[Any]) -> M:
    """Make a model instance. SQLite has no type for UUIDs, so each value is converted."""
    fields: list[Any] = [model._meta.get_field(it.removesuffix("_id")) for it in columns]
    values = [field.to_python(value) for field, value in zip(fields, row, strict=False)]
    return model.from_db(connection.alias, columns, values)
