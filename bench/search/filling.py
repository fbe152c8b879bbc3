"""Stores many messages at once, as Lobby would have stored them one by one."""

import random
from datetime import UTC, datetime
from itertools import accumulate, islice
from uuid import UUID

from django.db import connection, transaction

from bench.search.corpus import Corpus
from chat.formatting import is_plain_text, render
from chat.journal import sql
from chat.journal.search_fields import fields_of
from chat.journal.write import search_index
from chat.journal.write.search_index import INDEX
from chat.models import Member, Membership, Message, Room, RoomKind, Subscription
from chat.words.tokens import tokens

BATCH = 2_000
AUTHORS = 3_000
SINCE = datetime(2024, 1, 1, tzinfo=UTC)
UNTIL = datetime(2026, 11, 1, tzinfo=UTC)
SEARCHERS = {"one room": 1, "20 rooms": 20, "500 rooms": 500}


def fill(messages: int, rooms: int) -> None:
    """Fill the empty database with rooms, some large and most small, and people who search."""
    chance = random.Random(19)
    places = _new_rooms(rooms)
    authors = _new_members(AUTHORS)
    weights = list(accumulate(1 / (10 + rank) for rank in range(rooms)))
    step = (UNTIL - SINCE) / messages
    corpus = Corpus()
    texts = corpus.texts(messages)
    number = 0
    with _IndexMadeAfterwards():
        while batch := list(islice(texts, BATCH)):
            rows = []
            for text in batch:
                room = chance.choices(places, cum_weights=weights)[0]
                room.version = room.last_seq = room.last_seq + 1
                rows.append(
                    _message(room, chance.choice(authors), text, SINCE + number * step, chance)
                )
                number += 1
            _store(rows)
        Room.objects.bulk_update(places, ["version", "last_seq"], batch_size=500)
        _new_searchers(places, chance)
    _settle()


def _message(room: Room, author: Member, text: str, at: datetime, chance: random.Random) -> Message:
    return Message(
        room=room,
        author=author,
        seq=room.last_seq,
        version=room.last_seq,
        client_id=UUID(int=chance.getrandbits(128)),
        text=text,
        html="" if is_plain_text(text) else render(text, {}, {}).html,
        sent_at=at,
    )


def _store(rows: list[Message]) -> None:
    with transaction.atomic():
        sql.insert(rows)
        search_index.store(
            [(it.room_id, it.seq, tokens(it.text) | fields_of(it, ())) for it in rows]
        )


def _new_rooms(count: int) -> list[Room]:
    kinds = [RoomKind.OPEN, RoomKind.MEMBERS]
    new = []
    for number in range(count):
        kind = kinds[number % 2]
        if kind == RoomKind.OPEN:
            new.append(Room(key=f"room-{number}", name=f"Room-{number}"))
        else:
            new.append(Room.new_private(RoomKind.MEMBERS, name=f"Room {number}"))
    Room.objects.bulk_create(new)
    return list(Room.objects.order_by("pk"))


def _new_members(count: int) -> list[Member]:
    Member.objects.ensure_saved(
        [Member(uid=UUID(int=number + 1), name=f"Person {number}") for number in range(count)]
    )
    return list(Member.objects.order_by("pk"))


def _new_searchers(places: list[Room], chance: random.Random) -> None:
    """One is in one room, the others in several of all sizes, which are in their lists."""
    for name, count in SEARCHERS.items():
        member = Member.objects.create(name=name)
        rooms = [places[len(places) // 10]] if count == 1 else chance.sample(places, count)
        now = UNTIL
        Subscription.objects.bulk_create(
            [Subscription(member=member, room=it, kept_at=now, visited_at=now) for it in rooms]
        )
        Membership.objects.bulk_create(
            [Membership(member=member, room=it) for it in rooms if not it.is_open]
        )


class _IndexMadeAfterwards:
    """PostgreSQL makes an index of what is there much faster than one row after the other."""

    def __enter__(self) -> None:
        self._made_by = ""
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT indexdef FROM pg_indexes WHERE indexname = 'chat_searchindex_tokens'"
                )
                self._made_by = cursor.fetchone()[0]
                cursor.execute("DROP INDEX chat_searchindex_tokens")

    def __exit__(self, *_: object) -> None:
        if self._made_by:
            with connection.cursor() as cursor:
                cursor.execute("SET maintenance_work_mem = '1GB'")
                cursor.execute(self._made_by)


def _settle() -> None:
    """What the database does by itself in a while, or is told to."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def sizes() -> dict[str, int]:
    """The bytes of the messages, and of what they are found by."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            tables = {"messages": Message._meta.db_table, "search index": INDEX}
            cursor.execute(
                f"SELECT {', '.join('pg_total_relation_size(%s)' for _ in tables)}",
                list(tables.values()),
            )
            return dict(zip(tables, cursor.fetchone(), strict=True))
        cursor.execute(
            "SELECT CASE WHEN name LIKE %s THEN 'search index' ELSE 'messages' END, sum(pgsize)"
            " FROM dbstat WHERE name LIKE %s OR name LIKE %s OR name LIKE %s GROUP BY 1",
            [f"{INDEX}%", f"{INDEX}%", "chat_message%", "%chat_message_%"],
        )
        return dict(cursor.fetchall())
