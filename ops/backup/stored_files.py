"""The files that rows name: under which keys their bytes are."""

from collections.abc import Iterator
from typing import NamedTuple

from chat.files.storage import FilesStorage
from chat.models import CardPicture, File, Picture
from ops.backup.unusable import Unusable

ROWS_AT_ONCE = 500
MODELS = {"file": File, "picture": Picture, "card": CardPicture}


class Named(NamedTuple):
    """A key, and the row that names it."""

    kind: str  # of MODELS
    row: str
    key: str

    @property
    def is_named(self) -> bool:
        """Whether the row is still there."""
        return bool(MODELS[self.kind]._default_manager.filter(pk=self.row).exists())


def named(using: str) -> Iterator[Named]:
    """All keys that the rows of a database name."""
    for file in File.objects.using(using).order_by("pk").iterator(ROWS_AT_ONCE):
        yield from (Named("file", str(file.pk), key) for key in _keys(file))
    for picture in Picture.objects.using(using).order_by("pk").iterator(ROWS_AT_ONCE):
        yield from (Named("picture", picture.pk.hex, key) for key in picture.stored_keys)
    for card in CardPicture.objects.using(using).order_by("pk").iterator(ROWS_AT_ONCE):
        yield Named("card", str(card.pk), card.key)


def _keys(file: File) -> list[str]:
    if not file.is_ready:
        return [file.part_key(name) for _, name in file.parts]
    return [file.key, *(file.preview_key(int(size)) for size in file.previews)]


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
