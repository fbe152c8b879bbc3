"""docs/export_format.md names all that an export has, and nothing else."""

import re
from pathlib import Path

import msgspec
import pytest
from django.conf import settings

from chat.transfer import records

PAGE = Path(settings.BASE_DIR, "docs/export_format.md").read_text()
LINES: dict[str, type[msgspec.Struct]] = {
    "person": records.Person,
    "room": records.Room,
    "subscription": records.Subscription,
    "message": records.Message,
}
PARTS: dict[str, type[msgspec.Struct]] = {
    "account": records.Account,
    "people": records.RoomPerson,
    "reactions": records.Reaction,
    "files": records.File,
    "revisions": records.Revision,
}
VALUES = set("open members direct start joining true text action topic event room".split())
VALUES |= set("author moderator owner member all mentions nothing".split())


def fields(struct: type[msgspec.Struct]) -> set[str]:
    return {it.name for it in msgspec.structs.fields(struct)}


def section(name: str) -> str:
    return PAGE.split(f"### Line `{name}`\n")[1].split("###")[0]


@pytest.mark.parametrize("name", LINES)
def test_every_field_of_a_line_is_documented(name: str) -> None:
    named = set(re.findall(r"`(\w+)`", section(name)))
    assert fields(LINES[name]) - named == set()
    assert named - fields(LINES[name]) - VALUES == set()


@pytest.mark.parametrize("name", PARTS)
def test_every_field_of_a_part_is_documented(name: str) -> None:
    [row] = [it for it in PAGE.splitlines() if it.startswith(f"| `{name}` |")]
    named = set(re.findall(r"`(\w+)`", row)) - {name}
    assert named - VALUES == fields(PARTS[name]) - VALUES


def test_the_format_has_this_number() -> None:
    assert f'{{"type":"lobby","format":{records.FORMAT}}}' in PAGE
    assert records.encode(records.Header(records.FORMAT)).decode() in PAGE
