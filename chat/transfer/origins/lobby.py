"""Lobby's own export: docs/export_format.md."""

from collections.abc import Iterator
from typing import Any

import msgspec

from chat.models.event import event_text
from chat.transfer import reading, records
from chat.transfer.export import LINES
from chat.transfer.faults import at
from chat.transfer.origins.options import Options
from chat.transfer.packages import Package
from chat.transfer.records import FORMAT, Header, Line, Message
from chat.transfer.report import Report
from chat.transfer.staging import Placed


def is_export(package: Package) -> bool:
    return package.size(LINES) is not None


def read(package: Package, options: Options, report: Report) -> Iterator[Placed]:
    """The records of an export. Raises TransferError."""
    found = ((place, _decoded(place, line)) for place, line in reading.lines(package, LINES))
    place, header = next(found, (LINES, None))
    if not isinstance(header, Header):
        raise at(place, 'the first line is not {"type":"lobby", …}')
    if header.format != FORMAT:
        raise at(place, f"this is format {header.format}, and this Lobby reads {FORMAT}")
    for place, record in found:
        if isinstance(record, Header):
            raise at(place, "a second first line")
        if isinstance(record, Message):
            _check_shapes(place, record)
        yield place, record


def _decoded(place: str, line: bytes) -> Line:
    try:
        return records.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise at(place, str(error)) from None


def _check_shapes(place: str, message: Message) -> None:
    """What is kept as JSON has what the code relies on, and of a card no more."""
    try:
        if message.event is not None:
            msgspec.convert(message.event, records.EventShape)
            event_text(message.event)  # names all that an event of its type has
        if message.card:
            message.card = msgspec.to_builtins(msgspec.convert(message.card, records.CardShape))
    except msgspec.ValidationError as error:
        raise at(place, str(error)) from None
    except (KeyError, TypeError, IndexError, AttributeError, ValueError):
        raise at(place, "the event does not have what one of its type has") from None
    if _has_nul(message.event):
        raise at(place, "the event has a NUL, which PostgreSQL does not take")
    if message.card and not message.card["url"].startswith(("http://", "https://")):
        raise at(place, "a card is of a web address")


def _has_nul(value: Any) -> bool:
    """Whether a text in a JSON value has one."""
    if isinstance(value, dict):
        return any(_has_nul(it) for it in (*value, *value.values()))
    if isinstance(value, list):
        return any(map(_has_nul, value))
    return isinstance(value, str) and "\0" in value
