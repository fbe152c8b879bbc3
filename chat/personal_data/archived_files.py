"""The bytes of the files that a person sent, for their archive."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from zipfile import ZipFile, ZipInfo

from django.utils.timezone import localtime

from chat.files.storage import files_storage
from chat.journal import database
from chat.models import File

PAGE_FILES = 50  # rows that are read at once

EARLIEST = 1980  # that a zip can say


def path_of(file: File) -> str:
    """Where the file is in the archive."""
    return f"files/{file.uid}/{file.name}"


async def add(archive: ZipFile, members: list[int]) -> AsyncIterator[None]:
    """Write the files one after the other. Yields after each piece, so memory has one.

    A file whose bytes have gone is left out. Raises OSError where the storage does not work.
    """
    last = 0
    while page := await database.read(_page, members, last):
        for file in page:
            async for _ in _add(archive, file):
                yield
        last = page[-1].pk


def _page(members: list[int], after: int) -> list[File]:
    rows = File.objects.ready().filter(member__in=members, pk__gt=after)
    return list(rows.order_by("pk")[:PAGE_FILES])


async def _add(archive: ZipFile, file: File) -> AsyncIterator[None]:
    pieces = files_storage().read(file.key, 0, file.size)
    try:
        piece = await _next(pieces)
    except FileNotFoundError:  # removed meanwhile
        return
    with archive.open(_entry(file), "w", force_zip64=True) as entry:
        while piece:
            entry.write(piece)
            yield
            piece = await _next(pieces)


async def _next(pieces: Iterator[bytes]) -> bytes:
    return await asyncio.to_thread(next, pieces, b"")


def _entry(file: File) -> ZipInfo:
    """Not compressed: pictures and videos are already, and the event loop has other work."""
    at = localtime(file.created_at)
    return ZipInfo(path_of(file), (max(at.year, EARLIEST), *at.timetuple()[1:6]))
