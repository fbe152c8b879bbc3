"""Parses multipart forms (RFC 7578) as they come: the file goes to disk, the fields to memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http.multipartparser import MultiPartParser as DjangoParser
from django.utils.http import parse_header_parameters
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, MultipartState

from mysite.servers.received import ReceivedFile, ReceivedForm
from mysite.servers.uploads.temporary_files import TemporaryFile
from mysite.servers.uploads.unacceptable import Unacceptable, bad_form

FIELDS_MAX = 20
FIELD_MAX_BYTES = 4 * 1024
HEADERS_MAX = 8  # of a part
HEADER_MAX_BYTES = 4 * 1024
PREAMBLE_MAX_BYTES = 1024  # before the first part

UNREADABLE = "This form cannot be read: it is not what multipart/form-data looks like."
TRUNCATED = "This form is not complete: its end is missing."
TOO_MUCH_TEXT = f"A form has {FIELDS_MAX} fields at most, of {FIELD_MAX_BYTES} bytes each."


@dataclass
class Part:
    """A part of a form, up to where it has arrived."""

    headers: dict[str, str] = field(default_factory=dict)
    name: str = ""
    file_name: str | None = None  # empty for an input in which no file was chosen
    file: TemporaryFile | None = None
    text: bytearray = field(default_factory=bytearray)


class FormBody:
    """The body of a request that is a form. Threads write it."""

    def __init__(self, boundary: bytes) -> None:
        self._delimiter = b"\r\n--" + boundary
        self._delimiters = self._received = 0
        self._is_complete = False
        self._parts: list[Part] = []
        self._header_name = bytearray()
        self._header_value = bytearray()
        self._callbacks: dict[str, Any] = {
            "on_part_begin": self._begin_part,
            "on_header_field": self._take_header_name,
            "on_header_value": self._take_header_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._end_headers,
            "on_part_data": self._take_data,
            "on_end": self._end,
        }
        with _told_when_unreadable():
            self._parser = MultipartParser(
                boundary,
                cast(Any, self._callbacks),
                max_header_count=HEADERS_MAX,
                max_header_size=HEADER_MAX_BYTES,
            )

    def write(self, data: bytes) -> None:
        """Parse what has arrived. Raises Unacceptable."""
        self._received += len(data)
        self._delimiters += data.count(self._delimiter)
        if self._delimiters > FIELDS_MAX + 2:
            raise bad_form(TOO_MUCH_TEXT)
        try:
            self._parser.write(data)
        except FormParserError:
            raise bad_form(UNREADABLE) from None
        if self._is_costly():
            raise bad_form(UNREADABLE)

    def finish(self) -> ReceivedForm:
        """The form, of which all has arrived. Raises Unacceptable."""
        if not self._is_complete:
            raise bad_form(TRUNCATED)
        texts = [it for it in self._parts if it.file_name is None]
        return ReceivedForm(
            fields=[(it.name, it.text.decode(errors="replace")) for it in texts],
            files=[(it.name, _received_file(it, it.file)) for it in self._parts if it.file],
        )

    def close(self) -> None:
        self._callbacks.clear()  # they refer to this object
        for file in self._files():
            file.close()

    def abandon(self) -> None:
        self._callbacks.clear()
        for file in self._files():
            file.abandon()

    def _is_costly(self) -> bool:
        """Whether the parser is busy with what is no data: it looks at each byte of that."""
        is_before_first = not self._parts and self._received > PREAMBLE_MAX_BYTES
        return is_before_first or self._parser.state == MultipartState.BOUNDARY_PADDING

    def _files(self) -> list[TemporaryFile]:
        return [it.file for it in self._parts if it.file]

    # --- what the parser found ------------------------------------------------------------------

    def _begin_part(self) -> None:
        self._parts.append(Part())
        if len(self._parts) > FIELDS_MAX + 1:
            raise bad_form(TOO_MUCH_TEXT)

    def _take_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _take_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _end_header(self) -> None:
        with _told_when_unreadable():
            name = self._header_name.decode("ascii").lower()
            self._parts[-1].headers[name] = self._header_value.decode()
        self._header_name.clear()
        self._header_value.clear()

    def _end_headers(self) -> None:
        part = self._parts[-1]
        disposition, values = parse_parameters(part.headers.get("content-disposition", ""))
        part.name = values.get("name", "")
        if disposition != "form-data" or not part.name:
            raise bad_form(UNREADABLE)
        if "filename" in values:
            part.file_name = _base_name(values["filename"])
        if part.file_name and self._files():
            raise Unacceptable(422, "bad_form", "Send one file at a time.")
        if part.file_name:
            part.file = TemporaryFile()

    def _take_data(self, data: bytes, start: int, end: int) -> None:
        part = self._parts[-1]
        if part.file:
            _add_to_file(part.file, memoryview(data)[start:end])
        elif len(part.text) + end - start > FIELD_MAX_BYTES:
            raise bad_form(TOO_MUCH_TEXT)
        else:
            part.text += data[start:end]

    def _end(self) -> None:
        self._is_complete = True


def boundary_of(content_type: str) -> bytes | None:
    """The boundary that a Content-Type names; None if it is that of no form with files.

    Raises Unacceptable.
    """
    type, values = parse_parameters(content_type)
    if type != "multipart/form-data":
        return None
    boundary = values.get("boundary", "")
    if not boundary or not boundary.isascii():
        raise bad_form("This form cannot be read: its boundary is missing.")
    return boundary.encode()


def parse_parameters(header: str) -> tuple[str, dict[str, str]]:
    """A header's value, and its parameters. Raises Unacceptable."""
    with _told_when_unreadable():
        return parse_header_parameters(header)


def _add_to_file(file: TemporaryFile, data: memoryview) -> None:
    if file.size + len(data) > settings.FILE_MAX_BYTES:
        detail = f"A file may have {settings.FILE_MAX_BYTES:,} bytes at most."
        raise Unacceptable(413, "too_large", detail)
    file.write(data)


def _received_file(part: Part, file: TemporaryFile) -> ReceivedFile:
    file.file.seek(0)
    content_type = part.headers.get("content-type", "application/octet-stream")
    try:
        return ReceivedFile(file.file, part.file_name or "", content_type, file.size)
    except SuspiciousFileOperation:
        raise Unacceptable(422, "bad_name", "This file has no name that can be kept.") from None


def _base_name(name: str) -> str:
    """The name without folders; empty if nothing is left, as of an input without a file."""
    return DjangoParser.sanitize_file_name(None, name) or ""  # type: ignore[arg-type]


@contextmanager
def _told_when_unreadable() -> Iterator[None]:
    """Tells the sender what is wrong with a form. Raises Unacceptable."""
    try:
        yield
    except (FormParserError, LookupError, TypeError, ValueError):  # also an odd charset (RFC 2231)
        raise bad_form(UNREADABLE) from None
