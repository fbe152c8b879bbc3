"""System checks of the installation: `manage.py check` prints their warnings."""

import stat
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, register
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


@register
def data_dir_is_closed(**kwargs: Any) -> list[CheckMessage]:
    """chat.W003: other users of the machine can enter the folder. A start warns as well."""
    mode = stat.S_IMODE(settings.DATA_DIR.stat().st_mode)
    if not mode & OTHERS:
        return []
    return [
        CheckWarning(
            f"Other users can enter the folder {settings.DATA_DIR}: its mode is {mode:o}.",
            hint="Its files are closed to them; `chmod 700` closes the folder as well.",
            id="chat.W003",
        )
    ]


@register(deploy=True)
def https_knows_its_proxies(**kwargs: Any) -> list[CheckMessage]:
    """chat.W004: without TRUSTED_PROXIES no request counts as https. A start warns as well."""
    if not settings.HTTPS or settings.TRUSTED_PROXIES:
        return []
    return [
        CheckWarning(
            "CSRF_TRUSTED_ORIGINS is https, and TRUSTED_PROXIES names no proxy: shared links are"
            " http, browsers are not told to stay with https (HSTS), and all people seem to have"
            " the proxy's address.",
            hint="Set TRUSTED_PROXIES to your proxy's address: 127.0.0.1 on the same machine.",
            id="chat.W004",
        )
    ]


@register(deploy=True)
def hosts_are_named(**kwargs: Any) -> list[CheckMessage]:
    """chat.W005: with any Host header, whoever sends one decides where shared links lead."""
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    return [
        CheckWarning(
            "ALLOWED_HOSTS has *: pages of any host name are ours, and may open WebSockets.",
            hint="Set ALLOWED_HOSTS to your host names.",
            id="chat.W005",
        )
    ]
