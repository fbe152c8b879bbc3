"""The search index: words, and what else messages are found by. Written by hand.

SQLite: an FTS5 table, whose `rowid` is the primary key of the message. It keeps the tokens beside
the index, as it needs them to take a row out of it: what a message said before would have to be
made again by the tokeniser of that time.

PostgreSQL: a table beside the messages, with a GIN index. The list of what is not yet in the tree
is short, as each search reads it, and the post that finds it full empties it.
"""

from typing import Any

from django.db import migrations

PREFIXES = "2 3 4 5"  # of so many characters: longer ones begin no very common words

MADE_BY = {
    "sqlite": [
        "CREATE VIRTUAL TABLE chat_searchindex USING fts5("
        f"tokens, detail=none, columnsize=0, prefix='{PREFIXES}', tokenize='ascii')",
    ],
    "postgresql": [
        "CREATE TABLE chat_searchindex (message_id bigint PRIMARY KEY, tokens tsvector NOT NULL)",
        "CREATE INDEX chat_searchindex_tokens ON chat_searchindex USING gin (tokens)"
        " WITH (fastupdate = on, gin_pending_list_limit = 256)",
    ],
}
TAKEN_BACK_BY = ["DROP TABLE chat_searchindex"]


def make(apps: Any, schema_editor: Any) -> None:
    for statement in MADE_BY[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def take_back(apps: Any, schema_editor: Any) -> None:
    for statement in TAKEN_BACK_BY:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("chat", "0001_initial")]

    operations = [migrations.RunPython(make, take_back)]
