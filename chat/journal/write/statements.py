"""Hand-written SQL for the statements that run for every message, to save the ORM's work for each.

Rarer statements go through the ORM.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, models, transaction

from accounts.models import User
from chat.journal.sql import as_datetime, database, fetch, placeholders, rows_of, table, to_database
from chat.models import Member, Message, Reaction, Room, Subscription

M = TypeVar("M", bound=models.Model)

REACTION_KEY = ["message_id", "member_id", "emoji"]
ReactionRow = tuple[int, int, str]  # primary keys of a message and a member, an emoji

USER_FIELDS = ["is_active", "is_staff", "is_superuser"]  # which decide what a user may do
HAS_CLAIMED = (
    f"EXISTS (SELECT 1 FROM {table(Member)} guest WHERE guest.claimed_by_id = member.user_id)"  # noqa: S608
)
# What changes of a room ask for, in the order of the model, which `from_db` keeps to.
ROOM_COLUMNS = ["id", "uid", "kind", "key", "people", "name", "version", "last_seq"]
ROOM_COLUMNS += ["locked_at", "slow_seconds", "is_filtered", "takes_guest_files", "needs_knock"]
ROOM_COLUMNS += [
    "is_followed",
    "kept_days",
    "expired_seq",
    "sanctioned_until",
    "archived_at",
    "deleted_at",
]
CHANGE_FIELDS = ["version"]  # of a room, when one of its messages changes
POST_FIELDS = ["version", "last_seq", "posted_at"]  # when a message is posted


def lock_rooms(pks: Collection[int]) -> dict[int, Room]:
    """Lock rooms until the end of the transaction, and return those that exist.

    All processes lock in the same order, or two of them could each hold what the other needs.
    """
    db = database()
    has_row_locks = db.features.has_select_for_update  # SQLite locks the database instead
    lock = "ORDER BY id " + db.ops.for_update_sql(no_key=True) if has_row_locks else ""
    source = f"FROM {table(Room)} WHERE id IN ({placeholders(pks)}) {lock}"
    rows = fetch(ROOM_COLUMNS, source, sorted(pks))
    return {room.pk: room for room in _from_rows(Room, ROOM_COLUMNS, rows)}


def members(
    active: Collection[tuple[int, int]], uids: Collection[UUID]
) -> tuple[list[Member], set[tuple[int, int]]]:
    """Return members, and those of the `active` pairs where the room is in the member's list.

    The pairs are of the primary keys of member and room. The members are those of the pairs and
    those with these uids, as far as they exist. Each has a user that knows USER_FIELDS alone.
    """
    columns = ["id", "uid", "name", "user_id", "claimed_by_id", "is_former", "is_bot", "picture_id"]
    rights = [f"account.{it}" for it in USER_FIELDS]
    others = ["member.banned_until", HAS_CLAIMED, *rights, "kept.room_id"]
    uid = Member._meta.get_field("uid")
    wanted = {"id": list({pk for pk, _ in active}), "uid": to_database(uid, list(uids), database())}
    where = [f"member.{key} IN ({placeholders(it)})" for key, it in wanted.items() if it]
    if not where:
        return [], set()
    pairs = active or [(0, 0)]
    rows = fetch(
        [*(f"member.{it}" for it in columns), *others],
        f"FROM {table(Member)} member LEFT JOIN {table(User)} account"
        " ON account.id = member.user_id LEFT JOIN kept ON kept.member_id = member.id"
        f" WHERE {' OR '.join(where)}",
        [*chain.from_iterable(pairs), *chain.from_iterable(wanted.values())],
        given=f"WITH active(member_id, room_id) AS (VALUES {rows_of(2, len(pairs))}), kept AS ("  # noqa: S608
        f" SELECT kept.member_id, kept.room_id FROM active CROSS JOIN {table(Subscription)} kept"
        " WHERE kept.member_id = active.member_id AND kept.room_id = active.room_id"
        " AND kept.kept_at IS NOT NULL)",
    )
    by_pk = {row[0]: row for row in rows}  # a member has a row for each kept room
    found = zip(_from_rows(Member, columns, by_pk.values()), by_pk.values(), strict=True)
    kept = {(row[0], row[-1]) for row in rows if row[-1] is not None}
    return [_with_others(member, *row[len(columns) : -1]) for member, row in found], kept


def _with_others(
    member: Member, banned_until: datetime | str | None, has_claimed: bool, *of_user: Any
) -> Member:
    member.banned_until = as_datetime(banned_until) if banned_until else None
    member.has_claimed = bool(has_claimed)
    if member.user_id is not None:
        rights = {name: bool(it) for name, it in zip(USER_FIELDS, of_user, strict=True)}
        member.user = User(pk=member.user_id, **rights)
    return member


def posted(keys: Collection[tuple[int, UUID]]) -> list[int]:
    """Return the primary keys of the messages that have these authors and client ids."""
    client_id = Message._meta.get_field("client_id")
    client_ids = to_database(client_id, [id for _, id in keys], database())
    sent = [(author, id) for (author, _), id in zip(keys, client_ids, strict=True)]
    return [pk for (pk,) in _look_up(Message, ["author_id", "client_id"], sent, ["id"])]


def primary_keys(keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Return the primary keys of messages, by their room's primary key and their seq."""
    key = ["room_id", "seq"]
    return {(room, seq): pk for room, seq, pk in _look_up(Message, key, keys, [*key, "id"])}


def stored_reactions(keys: Collection[ReactionRow]) -> set[ReactionRow]:
    """Return those of the reactions that are stored."""
    return {
        (message, member, emoji)
        for message, member, emoji in _look_up(Reaction, REACTION_KEY, keys, REACTION_KEY)
    }


def delete_reactions(keys: Collection[ReactionRow]) -> None:
    """Delete reactions."""
    with database().cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table(Reaction)} WHERE ({', '.join(REACTION_KEY)})"  # noqa: S608
            f" IN (VALUES {rows_of(len(REACTION_KEY), len(keys))})",
            list(chain.from_iterable(keys)),
        )


def update_rooms(rooms: Collection[Room], names: Sequence[str]) -> None:
    """Store the named fields of the rooms: CHANGE_FIELDS or POST_FIELDS."""
    columns = ["id", *names]
    fields = [Room._meta.get_field(it) for it in columns]
    db = database()
    prepared = [to_database(it, [getattr(room, it.name) for room in rooms], db) for it in fields]
    with db.cursor() as cursor:
        cursor.execute(
            f"WITH new({', '.join(columns)}) AS (VALUES {rows_of(len(columns), len(rooms))})"  # noqa: S608
            f" UPDATE {table(Room)} SET {', '.join(f'{it} = new.{it}' for it in names)}"
            f" FROM new WHERE {table(Room)}.id = new.id",
            list(chain.from_iterable(zip(*prepared, strict=True))),
        )


def is_kept(keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bool]:
    """Return whether each room is in the member's list, by the primary keys of member and room.

    Members without a subscription are missing.
    """
    key = ["member_id", "room_id"]
    rows = _look_up(Subscription, key, keys, [*key, "kept_at IS NOT NULL"])
    return {(member, room): bool(is_kept) for member, room, is_kept in rows}


def move_read_pointers(
    pointers: Mapping[tuple[int, int], tuple[int, int]],
) -> list[tuple[int, int]]:
    """Move read pointers forward, given by the primary keys of member and room.

    A pointer is a seq, and the version of the room that the member had seen then. Returns the keys
    of the pointers that moved: a pointer that is further on stays.
    """
    moved = []
    with transaction.atomic(), database().cursor() as cursor:
        for member, room in sorted(pointers):
            seq, version = pointers[member, room]
            cursor.execute(
                f"UPDATE {table(Subscription)} SET read_seq = %s, seen_version ="  # noqa: S608
                " CASE WHEN seen_version < %s THEN %s ELSE seen_version END"
                " WHERE member_id = %s AND room_id = %s AND read_seq < %s",
                (seq, version, version, member, room, seq),
            )
            if cursor.rowcount:
                moved.append((member, room))
    return moved


def _look_up(
    model: type[models.Model],
    key: Sequence[str],
    keys: Collection[tuple[Any, ...]],
    columns: Sequence[str],
) -> list[Sequence[Any]]:
    """Return columns of the rows that have these keys, of which `key` names the columns.

    SQLite does not reorder a CROSS JOIN, so it looks each key up in an index.
    """
    row = model._meta.model_name
    is_wanted = " AND ".join(f"{row}.{it} = wanted.{it}" for it in key)
    return fetch(
        [f"{row}.{it}" for it in columns],
        f"FROM wanted CROSS JOIN {table(model)} {row} WHERE {is_wanted}",
        list(chain.from_iterable(keys)),
        given=f"WITH wanted({', '.join(key)}) AS (VALUES {rows_of(len(key), len(keys))})",
    )


def _from_rows(
    model: type[M], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> Iterator[M]:
    """Make model instances. SQLite has no type for UUIDs, so each value is converted."""
    fields: list[Any] = [model._meta.get_field(it.removesuffix("_id")) for it in columns]
    for row in rows:
        values = [_to_python(field, value) for field, value in zip(fields, row, strict=False)]
        yield model.from_db(DEFAULT_DB_ALIAS, columns, values)


def _to_python(field: Any, value: Any) -> Any:
    is_time = isinstance(field, models.DateTimeField) and value is not None
    return as_datetime(value) if is_time else field.to_python(value)
