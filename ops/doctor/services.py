"""The database, Redis and the mail server."""

import sqlite3
import time
from smtplib import SMTPException
from typing import Any
from uuid import uuid4

import redis
from django.conf import settings
from django.core import mail
from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from redis.exceptions import RedisError

from ops.doctor.findings import Finding, Findings, redis_url
from ops.errors import in_a_line

SECONDS = 5
POSTGRESQL_MIN = 14  # the oldest that Django supports
POLICIES = ("noeviction", "volatile-")  # of maxmemory: what has no end is never thrown away


class _RolledBack(Exception):
    """Takes back what was written to try it."""


def database() -> Findings:
    """Reachable, of a version that works, migrated, writable; SQLite with its write-ahead log."""
    variable = "DATABASE_URL" if connection.vendor == "postgresql" else "DATABASE_URL or DATA_DIR"
    try:
        connection.ensure_connection()
        yield _version()
        yield from _migrations()
        yield _writing()
        if connection.vendor == "sqlite":
            yield from _sqlite()
    except (Error, OSError) as error:
        advice = f"{variable}: is the server up, and are host, user, password and name right?"
        if connection.vendor == "sqlite":
            advice = f"{variable}: the file and its folder must be of Lobby's user."
        yield Finding("database", f"does not answer: {in_a_line(error)}", advice)


def _version() -> Finding:
    if connection.vendor == "sqlite":
        return Finding("database", f"SQLite {sqlite3.sqlite_version}")
    major = connection.get_database_version()[0]
    if major < POSTGRESQL_MIN:
        advice = f"Use PostgreSQL {POSTGRESQL_MIN} or later."
        return Finding("database", f"PostgreSQL {major} is too old", advice)
    return Finding("database", f"PostgreSQL {major}")


def _migrations() -> Findings:
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        yield Finding("database", f"lacks {len(pending)} migrations", "Run `manage.py migrate`.")
    else:
        yield Finding("database", "has all migrations")


def _writing() -> Finding:
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("CREATE TABLE lobby_doctor (id integer)")
            raise _RolledBack
    except _RolledBack:
        return Finding("database", "can be written")
    except Error as error:
        advice = "The file and its folder must be of Lobby's user; the disk must have room."
        if connection.vendor == "postgresql":
            advice = "DATABASE_URL: a user that owns the database, on a server that is no replica."
        return Finding("database", f"cannot be written: {in_a_line(error)}", advice)


def _sqlite() -> Findings:
    if _pragma("journal_mode") != "wal":
        advice = "DATA_DIR must be on a local disk: network file systems have no shared memory."
        yield Finding("database", "has no write-ahead log", advice)
    else:
        yield Finding("database", "has a write-ahead log")
    if _pragma("auto_vacuum") != 2:
        advice = "Stop Lobby and run once: `sqlite3 FILE 'PRAGMA auto_vacuum=2; VACUUM;'`."
        yield Finding("database", "keeps the room of what is deleted", advice)


def _pragma(name: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return cursor.fetchone()[0]


# --- Redis --------------------------------------------------------------------------------------


def redis_server() -> Findings:
    """Reachable, throws nothing away that it should keep, and passes messages on."""
    if not (url := redis_url()):
        yield Finding("Redis", "not used: one process")
        return
    try:
        with redis.Redis.from_url(
            url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS
        ) as it:
            yield Finding("Redis", f"version {_info(it, 'server').get('redis_version', 'unknown')}")
            yield _memory(it)
            yield _round_trip(it)
    except (RedisError, OSError) as error:
        advice = "REDIS_URL: is the server up, and are host, port and password right?"
        yield Finding("Redis", f"does not answer: {in_a_line(error)}", advice)


def _info(client: Any, section: str) -> dict[str, Any]:
    return dict(client.info(section))


def _memory(client: Any) -> Finding:
    memory = _info(client, "memory")
    policy = str(memory.get("maxmemory_policy", "noeviction"))
    if memory.get("maxmemory") and not policy.startswith(POLICIES):
        advice = (
            "`maxmemory-policy noeviction` in redis.conf: rates and groups are not thrown away."
        )
        return Finding("Redis", f"may throw away anything ({policy})", advice)
    return Finding("Redis", f"throws nothing away that it should keep ({policy})")


def _round_trip(client: Any) -> Finding:
    channel = f"lobby-doctor-{uuid4()}"
    with client.pubsub(ignore_subscribe_messages=True) as listening:
        listening.subscribe(channel)
        began = time.monotonic()
        while time.monotonic() - began < SECONDS:
            client.publish(channel, "hi")
            if listening.get_message(timeout=0.5):
                return Finding("Redis", "passes messages on")
    advice = "Let Lobby's Redis user use channels: `ACL SETUSER lobby allchannels`."
    return Finding("Redis", "does not pass messages on", advice)


# --- mail ---------------------------------------------------------------------------------------


def mail_server(send_to: str = "") -> Findings:
    """Takes the connection, the user and the password; and a mail, if it is said to whom."""
    if not settings.MAIL_IS_ON:
        yield Finding("mail", "not used: nothing that needs mail is offered")
        return
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        with mail.get_connection(fail_silently=False):
            yield Finding("mail", f"{server} lets Lobby in")
        if send_to:
            text = "If you read this, Lobby can send mail."
            mail.send_mail("Lobby can send mail", text, None, [send_to])
            yield Finding("mail", f"{server} took a mail to {send_to}")
    except (SMTPException, OSError) as error:
        advice = (
            "EMAIL_URL: host, port, user and password; `submission://` for STARTTLS on port 587,"
            " `?ssl=on` for port 465. The sender is `?_default_from_email=`."
        )
        yield Finding("mail", f"{server} refuses: {in_a_line(error)}", advice)
