"""System checks of the installation: `manage.py check` prints their warnings."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, register
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
def networks_are_known(**kwargs: Any) -> list[CheckMessage]:
    """chat.W004: https suggests a proxy, from whose address everybody seems to come."""
    if not settings.HTTPS or settings.TRUSTED_PROXIES or not settings.RATES:
        return []
    return [
        CheckWarning(
            "Without TRUSTED_PROXIES, all people behind a proxy share the rates of one network.",
            hint="Set TRUSTED_PROXIES to the address of the proxy that ends TLS.",
            id="chat.W004",
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
