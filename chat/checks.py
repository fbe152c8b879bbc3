"""System checks of the installation: `manage.py check` prints their warnings."""

import sqlite3
import stat
from contextlib import closing
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import connection

OTHERS = stat.S_IRWXG | stat.S_IRWXO


@register
def channel_layer_serves_one_process(**kwargs: Any) -> list[CheckMessage]:
    """chat.W001: the in-memory layer. A process cannot tell whether it is the only one."""
    if settings.DEBUG or settings.CHANNEL_LAYER != "memory":
        return []
    return [
        CheckWarning(
            "The in-memory channel layer reaches one process only: people on different ones see"
            f" each other's messages up to {settings.RECONCILE_SECONDS:g} s late.",
            hint="Set REDIS_URL before you start more than one process.",
            id="chat.W001",
        )
    ]


@register
def database_serves_one_machine(**kwargs: Any) -> list[CheckMessage]:
    """chat.W002: Redis suggests several processes; with SQLite they must share a machine."""
    if settings.CHANNEL_LAYER == "memory" or connection.vendor != "sqlite":
        return []
    return [
        CheckWarning(
            "Processes share this SQLite file only while they run on the same machine.",
            hint="Set DATABASE_URL to a PostgreSQL database before you start a second machine.",
            id="chat.W002",
        )
    ]


@register(Tags.security, deploy=True)
def rates_are_on(**kwargs: Any) -> list[CheckMessage]:
    """chat.W003: RATES=off is for tests and benchmarks, which come from one address."""
    if settings.RATES:
        return []
    return [
        CheckWarning(
            "RATES=off: anybody may write as much, and open as many connections, as they can.",
            hint="Unset RATES. Each rate has a variable of its own: docs/rates.md.",
            id="chat.W003",
        )
    ]


@register(Tags.security, deploy=True)
def proxies_are_named(**kwargs: Any) -> list[CheckMessage]:
    """chat.W004: without TRUSTED_PROXIES no request counts as https. A start warns as well."""
    if not settings.HTTPS or settings.TRUSTED_PROXIES:
        return []
    return [
        CheckWarning(
            "CSRF_TRUSTED_ORIGINS is https, and TRUSTED_PROXIES names no proxy: shared links are"
            " http, browsers are not told to stay with https (HSTS), and all people share the"
            " proxy's address and the rates of one network.",
            hint="Set TRUSTED_PROXIES to your proxy's address: 127.0.0.1 on the same machine.",
            id="chat.W004",
        )
    ]


@register
def data_dir_is_closed(**kwargs: Any) -> list[CheckMessage]:
    """chat.W005: other users of the machine can enter the folder. A start warns as well."""
    mode = stat.S_IMODE(settings.DATA_DIR.stat().st_mode)
    if not mode & OTHERS:
        return []
    return [
        CheckWarning(
            f"Other users can enter the folder {settings.DATA_DIR}: its mode is {mode:o}.",
            hint="Its files are closed to them; `chmod 700` closes the folder as well.",
            id="chat.W005",
        )
    ]


@register(Tags.security, deploy=True)
def hosts_are_named(**kwargs: Any) -> list[CheckMessage]:
    """chat.W006: with any Host header, whoever sends one decides where shared links lead."""
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    return [
        CheckWarning(
            "ALLOWED_HOSTS has *: pages of any host name are ours, and may open WebSockets.",
            hint="Set ALLOWED_HOSTS to your host names.",
            id="chat.W006",
        )
    ]


@register(Tags.database)
def database_has_full_text_search(**kwargs: Any) -> list[CheckMessage]:
    """chat.E001: a SQLite without FTS5, which the search index is. A start, and migrate, stop."""
    if connection.vendor != "sqlite" or _has_module("fts5"):
        return []
    return [
        Error(
            "This Python's SQLite has no FTS5, the full-text search that messages are found by.",
            hint="Use a Python whose SQLite has it (ENABLE_FTS5), or PostgreSQL: DATABASE_URL.",
            id="chat.E001",
        )
    ]


def _has_module(name: str) -> bool:
    """Asked of a database in memory: that of the installation may not answer."""
    with closing(sqlite3.connect(":memory:")) as database:
        found = database.execute("SELECT 1 FROM pragma_module_list WHERE name = ?", [name])
        return found.fetchone() is not None
