"""The messages of a room, read with hand-written SQL: they are read for every page and cursor.

The ORM takes longer to build such a query, and a model for each row, than a database to answer it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET

from chat.journal.entry import Entry, card_of, encode_state, files_of
from chat.journal.sql import as_datetime, as_uuid, fetch, placeholders, table
from chat.models import Member, Message
from chat.models.message import Kind
from chat.protocol import Author, MessageState, ReactionState

COLUMNS = {
    "seq": "message.seq",
    "version": "message.version",
    "id": "message.client_id",
    "author_id": "author.uid",
    "author_name": "author.name",
    "author_guest": "author.user_id IS NULL AND author.claimed_by_id IS NULL"
    " AND NOT author.is_former AND NOT author.is_bot",
    "author_bot": "author.is_bot",
    "author_former": "author.is_former",
    "author_picture": "author.picture_id",
    "text": "message.text",
    "sent_at": "message.sent_at",
    "edited_at": "message.edited_at",
    "deleted": "message.deleted_at IS NOT NULL",
    "reply_to": "message.reply_to",
    "reactions": "message.reactions",
    "html": "message.html",
    "kind": "message.kind",
    "event": "message.event",
    "mentions": "message.mentions",
    "deleted_by": "message.deleted_by",
    "files": "message.files",
    "card": "message.card",
}
NO_FILES = "[]"
SELECTED = ", ".join(f"{column} AS {name}" for name, column in COLUMNS.items())

Conditions = Mapping[str, Sequence[Any]]  # SQL on `message`, and the values in it


def read(room_id: int, conditions: Conditions, order: str, limit: int) -> list[Entry]:
    """Return the first messages of a room that meet all conditions, in an order."""
    met = {"message.room_id = %s": [room_id], **conditions}
    # SQLite does not reorder a CROSS JOIN, so it finds the messages in an index, in order.
    source = (
        f"FROM (SELECT {SELECTED} FROM {table(Message)} message"  # noqa: S608
        f" CROSS JOIN {table(Member)} author WHERE author.id = message.author_id"
        f" AND {' AND '.join(met)} ORDER BY {order} LIMIT %s) found"
    )
    values = [value for some in met.values() for value in some]
    return [_entry(*row) for row in fetch(list(COLUMNS), source, [*values, limit])]


def read_all(pks: Sequence[int]) -> dict[int, Entry]:
    """Return messages of any rooms, by primary key: those that there are."""
    if not pks:
        return {}
    source = (
        f"FROM (SELECT message.id AS pk, {SELECTED} FROM {table(Message)} message"  # noqa: S608
        f" JOIN {table(Member)} author ON author.id = message.author_id"
        f" WHERE message.id IN ({placeholders(pks)})) found"
    )
    return {pk: _entry(*row) for pk, *row in fetch(["pk", *COLUMNS], source, pks)}


def _entry(
    seq: int,
    version: int,
    id: UUID | str,
    author_id: UUID | str,
    author_name: str,
    author_guest: bool | int,
    author_bot: bool | int,
    author_former: bool | int,
    author_picture: UUID | str | None,
    text: str,
    sent_at: datetime | str,
    edited_at: datetime | str | None,
    deleted: bool | int,
    reply_to: int | None,
    reactions: str,
    html: str,
    kind: str,
    event: str | None,
    mentions: str,
    deleted_by: str,
    files: str,
    card: str | None,
) -> Entry:
    state = MessageState(
        seq=seq,
        version=version,
        id=as_uuid(id),
        author=Author(
            str(as_uuid(author_id)),
            author_name,
            guest=bool(author_guest),
            former=bool(author_former) or UNSET,
            picture=str(as_uuid(author_picture)) if author_picture else UNSET,
            bot=bool(author_bot) or UNSET,
        ),
        text=text,
        sent_at=as_datetime(sent_at),
        edited_at=as_datetime(edited_at) if edited_at else None,
        deleted=bool(deleted),
        reply_to=reply_to,
        reactions=msgspec.json.decode(reactions, type=list[ReactionState]),
        html=html or UNSET,
        kind=UNSET if kind == Kind.TEXT else kind,
        event=(msgspec.json.decode(event) if event else None) or UNSET,
        mentions=msgspec.json.decode(mentions) or UNSET,
        deleted_by=deleted_by or UNSET,
        files=files_of(msgspec.json.decode(files)) or UNSET if files != NO_FILES else UNSET,
        card=card_of(msgspec.json.decode(card)) if card else UNSET,
    )
    return encode_state(state)
