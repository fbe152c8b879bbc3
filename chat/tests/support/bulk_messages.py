"""Many stored messages, inserted by one SQL statement."""

AUTHOR_COLUMNS = (
    "uid, name, name_key, lookalike, caseless_lookalike, status, time_zone, is_former, is_bot,"
    " created_at"
)


def bulk_message_sql(vendor: str, room: str, length: int) -> list[str]:
    """SQL statements that fill the empty room with the key `room`, as Lobby would store messages.

    `vendor` is Django's name for the database: sqlite or postgresql.
    """
    uid, now, numbers = {
        "sqlite": (
            "lower(hex(randomblob(16)))",
            "datetime('now')",
            f"""WITH RECURSIVE numbers(n) AS
                (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {length})
                SELECT {{}} FROM numbers""",
        ),
        "postgresql": (
            "gen_random_uuid()",
            "now()",
            f"SELECT {{}} FROM generate_series(1, {length}) n",
        ),
    }[vendor]
    values = (
        f"(SELECT id FROM chat_room WHERE key = '{room}'), n, n,"
        f" (SELECT max(id) FROM chat_member), {uid}, n || ' of the past', {now},"
        " 'text', '', '[]', '[]', '[]', ''"
    )
    # PostgreSQL's autovacuum would do this later; SQLite has nothing like it.
    statistics = ["ANALYZE"] if vendor == "postgresql" else []
    author = f"{uid}, 'Old', 'old', '', '', '', '', FALSE, FALSE"
    head = f"version = {length}, last_seq = {length}, posted_at = {now}"
    return [
        f"INSERT INTO chat_member ({AUTHOR_COLUMNS}) VALUES ({author}, {now})",
        "INSERT INTO chat_message (room_id, seq, version, author_id, client_id, text, sent_at,"
        " kind, html, mentions, reactions, files, deleted_by) " + numbers.format(values),
        f"UPDATE chat_room SET {head} WHERE key = '{room}'",
        *statistics,
    ]
