"""The time zones that this machine knows."""

from datetime import tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils import timezone


@cache
def known_zones() -> frozenset[str]:
    """The names of all zones. They are read from hundreds of files, once."""
    return frozenset(available_timezones())


def zone_or_default(name: str) -> tzinfo:
    """The zone of this name; the installation's, if there is none."""
    return ZoneInfo(name) if name in known_zones() else timezone.get_default_timezone()
