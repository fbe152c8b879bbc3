"""Reads JSON Lines and JSON arrays piece by piece, bounded, and says in which line a fault is."""

import codecs
import json
import re
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from typing import IO, Any, NamedTuple

from chat.transfer.faults import TransferError, at
from chat.transfer.packages import Package

LINE_MAX_BYTES = 4 * 1024 * 1024
ITEM_MAX_CHARACTERS = 4 * 1024 * 1024  # of an array
WHOLE_MAX_BYTES = 256 * 1024 * 1024  # of a file that is read at once: lists of people and rooms
CHUNK_BYTES = 64 * 1024
SPACE = " \t\r\n"

Object = dict[str, Any]


class Located(NamedTuple):
    """A JSON object, and where it is: `general/2023-01-01.json, line 7`."""

    place: str
    value: Object


def lines(package: Package, name: str) -> Iterator[tuple[str, bytes]]:
    """The lines of a file that are not blank, with their places. Raises TransferError."""
    with package.open(name) as file:
        number = 0
        while line := file.readline(LINE_MAX_BYTES + 1):
            number += 1
            place = f"{name}, line {number}"
            if len(line) > LINE_MAX_BYTES:
                raise at(place, f"a line has more than {LINE_MAX_BYTES} bytes")
            if line.strip():
                yield place, line.strip()


def json_lines(package: Package, name: str) -> Iterator[Located]:
    """The objects of a file of JSON Lines. Raises TransferError."""
    for place, line in lines(package, name):
        yield Located(place, _object(place, line))


def _object(place: str, text: bytes) -> Object:
    try:
        value = json.loads(text.decode())
    except UnicodeDecodeError:
        raise at(place, "this is not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise at(place, f"this is no JSON: {_reason(error)}") from None
    if not isinstance(value, dict):
        raise at(place, "this is no JSON object")
    return value


def whole(package: Package, name: str) -> Any:
    """A JSON file that is read at once. Raises TransferError."""
    if (package.size(name) or 0) > WHOLE_MAX_BYTES:
        raise at(name, f"the file has more than {WHOLE_MAX_BYTES} bytes")
    with package.open(name) as file:
        content = file.read(WHOLE_MAX_BYTES + 1)
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise at(name, "this is not UTF-8") from None
    except (ValueError, RecursionError) as error:
        line = f", line {error.lineno}" if isinstance(error, JSONDecodeError) else ""
        raise at(f"{name}{line}", f"this is no JSON: {_reason(error)}") from None


def objects(package: Package, name: str) -> list[Located]:
    """The objects in a JSON array that is read at once. Raises TransferError."""
    value = whole(package, name)
    if not isinstance(value, list) or not all(isinstance(it, dict) for it in value):
        raise at(name, "this is no list of JSON objects")
    return [Located(f"{name}, item {number}", it) for number, it in enumerate(value, 1)]


def head_of(package: Package, name: str, key: str) -> Object:
    """What a JSON object has before the array `key`. Raises TransferError."""
    with package.open(name) as file:
        text = _Text(file, name)
        before = text.up_to_key(key)
    try:
        head = json.loads(f"{before.rstrip().rstrip(',')}}}")
    except (ValueError, RecursionError) as error:
        raise at(name, f"this is no JSON: {_reason(error)}") from None
    return head if isinstance(head, dict) else {}


def items(package: Package, name: str, key: str | None = None) -> Iterator[Located]:
    """The objects of an array, one after the other: of the file, or of its `key`.

    Raises TransferError.
    """
    with package.open(name) as file:
        text = _Text(file, name)
        if key is not None:
            text.up_to_key(key)
        text.skip(SPACE)
        text.take("[")
        while not text.skip_to_end_of_array():
            yield Located(f"{name}, line {text.line}", text.item())


class _Text:
    """A text that is read on as it is needed."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file, self._name = file, name
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._json = JSONDecoder()
        self._text, self._is_whole = "", False
        self.line = 1

    def up_to_key(self, key: str) -> str:
        """Go behind a key, and not behind a text that is the same. Returns what was before it."""
        mark = re.compile(rf'"{key}"\s*:')
        while (found := mark.search(self._text)) is None:
            if not self._read_on():
                raise at(self._name, f'there is no "{key}"')
        return self._advance(found.end())[: found.start()]

    def skip(self, characters: str) -> None:
        while True:
            kept = self._text.lstrip(characters)
            self._advance(len(self._text) - len(kept))
            if self._text or not self._read_on():
                return

    def take(self, character: str) -> None:
        if not self._text.startswith(character):
            raise self._fault(f"expected {character}")
        self._advance(1)

    def skip_to_end_of_array(self) -> bool:
        self.skip(SPACE + ",")
        if not self._text:
            raise self._fault("the file ends in the middle")
        return self._text.startswith("]")

    def item(self) -> Object:
        """The object that begins here."""
        while True:
            try:
                value, end = self._json.raw_decode(self._text)
            except RecursionError:
                raise self._fault("this nests too deep") from None
            except ValueError as error:
                if not self._text.startswith("{") or not self._read_on():
                    raise self._fault(f"this is no JSON: {_reason(error)}") from None
                continue
            if not isinstance(value, dict):
                raise self._fault("this is no JSON object")
            self._advance(end)
            return value

    def _read_on(self) -> bool:
        """Read at least as much again, so that a long item is not tried too often."""
        if self._is_whole:
            return False
        if len(self._text) > ITEM_MAX_CHARACTERS:
            raise self._fault(f"an item has more than {ITEM_MAX_CHARACTERS} characters")
        chunk = self._file.read(max(CHUNK_BYTES, len(self._text)))
        self._is_whole = not chunk
        try:
            self._text += self._decoder.decode(chunk, final=self._is_whole)
        except UnicodeDecodeError:
            raise self._fault("this is not UTF-8, here or soon after") from None
        return not self._is_whole

    def _advance(self, count: int) -> str:
        gone, self._text = self._text[:count], self._text[count:]
        self.line += gone.count("\n")
        return gone

    def _fault(self, what: str) -> TransferError:
        return at(f"{self._name}, line {self.line}", what)


def _reason(error: Exception) -> str:
    return error.msg if isinstance(error, JSONDecodeError) else str(error)
