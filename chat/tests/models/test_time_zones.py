"""Which time zones there are."""

import zoneinfo
from collections.abc import Iterator
from typing import NoReturn

import pytest

from chat.models import time_zones
from chat.models.time_zones import zone_or_default


@pytest.fixture(autouse=True)
def read_anew() -> Iterator[None]:
    time_zones.known_zones.cache_clear()
    yield
    time_zones.known_zones.cache_clear()


@pytest.mark.parametrize(
    ("name", "shown"), [("Asia/Kathmandu", "Asia/Kathmandu"), ("", "UTC"), ("Moon/Crater", "UTC")]
)
def test_what_is_no_zone_is_that_of_the_installation(name: str, shown: str) -> None:
    assert str(zone_or_default(name)) == shown


def test_the_names_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are in hundreds of files, and each search asks."""
    zone_or_default("Europe/Berlin")

    def read_again() -> NoReturn:
        raise AssertionError("the files of all zones are read again")

    monkeypatch.setattr(time_zones, "available_timezones", read_again)
    assert isinstance(zone_or_default("Asia/Tokyo"), zoneinfo.ZoneInfo)
