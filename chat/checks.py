"""System checks of the installation: `manage.py check` prints their warnings."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, register
from django.core.checks import Warning as CheckWarning
from django.db import connection


@register
def channel_layer_serves_one_process(**kwargs: Any) -> list[CheckMessage]:
    """chat.W001: the in-memory layer. A process cannot tell whether it is the only one."""
    if settings.DEBUG or settings.CHANNEL_LAYER != "memory":
        return []
    return [
        CheckWarning(
            "The in-memory channel layer reaches one process only: with several, people on"
            f" different ones see each other's messages {settings.RECONCILE_SECONDS:g} s late.",
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
