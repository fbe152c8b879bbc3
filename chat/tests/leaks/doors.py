"""Every address of the installation, and how a hostile person asks there.

A new address needs a line: a function that makes requests from a Target. What takes no room is
asked as it is; the answers are compared with those of an installation without the room.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from chat.tests.leaks.admin_doors import admin_doors
from chat.tests.leaks.api_doors import OF_API
from chat.tests.leaks.asks import Asks, as_is, post
from chat.tests.leaks.room_doors import OF_ROOMS
from chat.tests.web.test_doors import ACCOUNTS, CHAT

WITHOUT_ROOM: dict[str, Asks] = {
    **{name: as_is(address) for name, (address, _) in (CHAT | ACCOUNTS).items()},
    "setup": as_is("/setup/never/"),
    "set_language": lambda it: [post("/i18n/setlang/", language="de", next="/")],
}
for name in OF_ROOMS.keys() & WITHOUT_ROOM.keys():
    del WITHOUT_ROOM[name]
# Not compared. The archive is of one person, and made by other threads: leaks/test_accounts.py. A
# link for another device is made by chance: web/test_devices.py. Operators read what was done in
# all rooms, without their names: web/test_moderation_log.py. An installation's key for pushes is
# made by chance: web/test_pushes.py.
ELSEWHERE = {"account_data_download", "device", "moderation_log", "push_key"}


def all_names() -> set[str]:
    """The names of all addresses."""
    return set(_names(get_resolver().url_patterns, ""))


def _names(patterns: Iterable[Any], namespace: str) -> Iterator[str]:
    for it in patterns:
        if isinstance(it, URLResolver):
            inner = f"{namespace}{it.namespace}:" if it.namespace else namespace
            yield from _names(it.url_patterns, inner)
        elif isinstance(it, URLPattern) and it.name:
            yield f"{namespace}{it.name}"


DOORS: dict[str, Asks] = {**WITHOUT_ROOM, **admin_doors(), **OF_API, **OF_ROOMS}
