"""The files that rows name: under which keys their bytes are."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from chat.files.storage import FilesStorage
from chat.models import CardPicture, File, Picture
from ops.backup.unusable import Unusable

ROWS_AT_ONCE = 500
MODELS: dict[str, Any] = {"file": File, "picture": Picture, "card": CardPicture}


class Named(NamedTuple):
    """A key, and the row that names it."""

    kind: str  # of MODELS
    row: str
    key: str

    @property
    def is_named(self) -> bool:
        """Whether the row is still there, and names the key: an upload that ends has others."""
        row = MODELS[self.kind]._default_manager.filter(pk=self.row).first()
        return row is not None and self.key in _keys(row)


def named(using: str) -> Iterator[Named]:
    """All keys that the rows of a database name."""
    for kind, model in MODELS.items():
        rows = model._default_manager.using(using).order_by("pk")
        for row in rows.iterator(ROWS_AT_ONCE):
            yield from (Named(kind, str(row.pk), key) for key in _keys(row))


def _keys(row: File | Picture | CardPicture) -> list[str]:
    match row:
        case Picture():
            return row.stored_keys
        case CardPicture():
            return [row.key]
    if not row.is_ready:
        return [row.part_key(name) for _, name in row.parts]
    return [row.key, *(row.preview_key(int(size)) for size in row.previews)]


def opened(storage: FilesStorage, key: str) -> tuple[int, Iterator[bytes]]:
    """The size and the bytes of a file. Raises FileNotFoundError, and other OSErrors."""
    size = storage.size(key)
    pieces = storage.read(key, 0, size)
    first = next(pieces, b"")  # opens it: one that goes from now on is read all the same
    return size, _with_first(first, pieces, key)


def _with_first(first: bytes, pieces: Iterator[bytes], key: str) -> Iterator[bytes]:
    yield first
    try:
        yield from pieces
    except FileNotFoundError:
        raise Unusable(f"{key} was removed while it was read: begin anew.") from None
