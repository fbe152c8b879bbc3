"""The search index, as the write door keeps it: in the transaction that stores the message.

A message is found by its words, and those of its files, as soon as it is stored; after an edit by
its new words only; deleted by nothing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import chain

from django.utils import timezone

from chat.journal.changes import Change, Edit, Post
from chat.journal.search_fields import LARGE, SMALL, fields_of, in_part
from chat.journal.sql import database, placeholders, rows_of, table
from chat.journal.write.related_rows import MessageKey, message_key
from chat.models import Job, Message
from chat.models.file import SentFile
from chat.models.job import LEASE
from chat.models.message import Kind
from chat.words.tokens import tokens

INDEX = "chat_searchindex"
PURGE = "purge search index"  # the kind of the job
PURGED_AFTER = timedelta(hours=18)  # it takes minutes, and what is said in a day goes together

Row = tuple[int, int, Collection[str]]  # the primary key of a room, a seq in it, tokens
TokensOfTexts = Mapping[str, Collection[str]]

GIVEN = "WITH new(room_id, seq, tokens) AS (VALUES {rows})"
OF_MESSAGES = (
    f"FROM new CROSS JOIN {table(Message)} message"
    " WHERE message.room_id = new.room_id AND message.seq = new.seq"
)
# GIN has no order: these find the newest messages among very many.
PARTS = ", ".join(f"'{in_part(it)}' || (message.id >> {it})" for it in (SMALL, LARGE))
STORE = {
    "sqlite": f"{GIVEN} INSERT OR REPLACE INTO {INDEX} (rowid, tokens)"
    f" SELECT message.id, new.tokens {OF_MESSAGES}",
    "postgresql": f"{GIVEN} INSERT INTO {INDEX} (message_id, tokens)"
    f" SELECT message.id, array_to_tsvector(new.tokens || ARRAY[{PARTS}]) {OF_MESSAGES}"
    " ON CONFLICT (message_id) DO UPDATE SET tokens = EXCLUDED.tokens",
}
KEY = {"sqlite": "rowid", "postgresql": "message_id"}
TYPED = "(%s::bigint, %s::bigint, %s::text[])"  # the first row says which types PostgreSQL takes


def tokens_of_changes(changes: Iterable[Change]) -> TokensOfTexts:
    """What the texts of changes are found by. Made before rooms are locked: that takes a while."""
    texts = {}
    for it in changes:
        if isinstance(it, Post | Edit) and it.text not in texts:
            texts[it.text] = tokens(it.text) if it.markup.tokens is None else it.markup.tokens
    return texts


class SearchIndex:
    """The rows of one transaction: collected while changes apply, then stored together."""

    def __init__(self, texts: TokensOfTexts) -> None:
        """`texts` are those of the transaction with their tokens, as far as they are known."""
        self._texts = texts
        self._messages: dict[MessageKey, Message] = {}  # that are new, or say something new
        self._removed: set[int] = set()  # primary keys
        self._leaves_words = False  # of stored messages, in the pages

    def add(self, message: Message) -> None:
        """The message is found by what it says now. What happened in a room is not found."""
        self._leaves_words |= message.pk is not None
        if message.kind != Kind.EVENT:
            self._messages[message_key(message)] = message

    def remove(self, message: Message) -> None:
        """The message is found by nothing any more."""
        self._messages.pop(message_key(message), None)
        if message.pk:
            self._leaves_words = True
            self._removed.add(message.pk)

    def store(self, mentioned: Mapping[MessageKey, Collection[int | None]]) -> None:
        """Store the rows, once their messages are stored, whose mentions are `mentioned`."""
        if self._leaves_words:
            ask_to_purge()
        remove(self._removed)
        store(
            [
                (*key, self._tokens(it) | fields_of(it, mentioned.get(key, ())))
                for key, it in self._messages.items()
            ]
        )

    def _tokens(self, message: Message) -> set[str]:
        of_text = self._texts.get(message.text)
        return set(tokens(message.text) if of_text is None else of_text).union(
            *map(tokens, words_of_files(message.files))
        )


def words_of_files(files: Sequence[SentFile]) -> list[str]:
    """The texts that files are found by."""
    return [text for it in files for text in (it["name"], it.get("alt", "")) if text]


def ask_to_purge() -> None:
    """Add the job that takes old words out of the pages, unless one has yet to begin."""
    begins_later = Job.objects.filter(kind=PURGE, state={}, due_at__gt=timezone.now() + LEASE)
    if not begins_later.exists():
        Job.objects.add_later(PURGE, PURGED_AFTER)


def store(rows: Sequence[Row]) -> None:
    """Store what messages are found by, in place of what they were found by. One statement."""
    if not rows:
        return
    db = database()
    is_sqlite = db.vendor == "sqlite"
    places = rows_of(3, len(rows))
    if not is_sqlite:
        places = places.replace(rows_of(3, 1), TYPED, 1)
    values = [(room, seq, " ".join(it) if is_sqlite else list(it)) for room, seq, it in rows]
    with db.cursor() as cursor:
        cursor.execute(STORE[db.vendor].format(rows=places), list(chain.from_iterable(values)))


def remove(messages: Collection[int]) -> None:
    """Take messages out of the index, by primary key."""
    if not messages:
        return
    db = database()
    with db.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {INDEX} WHERE {KEY[db.vendor]} IN ({placeholders(messages)})",  # noqa: S608
            list(messages),
        )
