"""Writes the table of rights, `chat.policy.TABLE`, into docs/rooms.md.

`python -m chat.tests.support.rights_table`; a test says when the document differs.
"""

from collections.abc import Iterator
from pathlib import Path

import django

DOCUMENT = Path(__file__).parents[3] / "docs" / "rooms.md"
BEGIN = "<!-- from chat/policy.py, by python -m chat.tests.support.rights_table -->\n"
END = "<!-- end -->\n"
HEAD = """\
| Action | Open room | Members room | Direct room | When archived | When locked | When muted |
|---|---|---|---|---|---|---|
"""


def written(text: str) -> str:
    """The table in a document."""
    return text.partition(BEGIN)[2].partition(END)[0]


def replaced(text: str) -> str:
    """The document with the table as it is in the code."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}{table()}{END}{rest.partition(END)[2]}"


def table() -> str:
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in _rows())


def _rows() -> Iterator[list[str]]:
    from chat.models import RoomKind
    from chat.policy import ALL, TABLE

    for action, row in TABLE.items():
        kinds = [_who(row.of(kind)) for kind in RoomKind]
        locked = "yes" if row.when_locked == ALL else _who(row.when_locked)
        yield [action.value, *kinds, _yes(row.in_archive), locked, _yes(row.when_muted)]


def _who(positions: frozenset[str]) -> str:
    from chat.policy import ALL, IN_IT, Position

    if positions == ALL:
        return "everybody"
    if positions == IN_IT:
        return "who is in it"
    named = [f"{it.value}s" for it in Position if it in positions]
    return ", ".join(named) or "–"


def _yes(holds: bool) -> str:
    return "yes" if holds else "–"


if __name__ == "__main__":
    django.setup()
    DOCUMENT.write_text(replaced(DOCUMENT.read_text()))
