"""The time zones to choose from, and that of a reader."""

from datetime import tzinfo
from functools import cache

from django.utils.translation import gettext_lazy

from chat.models import Member
from chat.models.member import NOT_SHOWN
from chat.models.time_zones import known_zones, zone_or_default

REGIONS = {
    "Africa": gettext_lazy("Africa"),
    "America": gettext_lazy("America"),
    "Antarctica": gettext_lazy("Antarctica"),
    "Arctic": gettext_lazy("Arctic"),
    "Asia": gettext_lazy("Asia"),
    "Atlantic": gettext_lazy("Atlantic"),
    "Australia": gettext_lazy("Australia"),
    "Europe": gettext_lazy("Europe"),
    "Indian": gettext_lazy("Indian Ocean"),
    "Pacific": gettext_lazy("Pacific"),
}
UTC = "UTC"


def choices() -> list[tuple[object, object]]:
    """For a select: that none is shown, the places of each region, and UTC."""
    return [(NOT_SHOWN, gettext_lazy("Not shown")), *places()]


def places() -> list[tuple[object, object]]:
    """For a select: the places of each region, and UTC."""
    regions = [(label, _places(region)) for region, label in REGIONS.items()]
    return [*((label, found) for label, found in regions if found), (UTC, UTC)]


def zone_of(member: Member) -> tzinfo:
    """The time zone that the member has chosen, or the installation's."""
    return zone_or_default(member.time_zone)


@cache
def _places(region: str) -> list[tuple[str, str]]:
    keys = sorted(it for it in known_zones() if it.startswith(f"{region}/"))
    return [(it, it.partition("/")[2].replace("_", " ").replace("/", ", ")) for it in keys]
