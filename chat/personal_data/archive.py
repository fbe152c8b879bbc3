"""Everything of one person as a zip: JSON files, and the files that they sent.

It is made while it is sent. Rows are read in pages and files in pieces, so that the memory it takes
does not depend on how much there is. Nothing that others wrote is in it.
"""

import json
import zipfile
from collections.abc import AsyncIterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import User
from chat.journal import database
from chat.personal_data import archived_files
from chat.personal_data.archived_rows import FILES, Table, member_keys, profile


async def stream(user: User) -> AsyncIterator[bytes]:
    """The bytes of the archive. Raises `django.db.Error`, and OSError where the storage fails."""
    sink = _Sink()
    members = await database.read(member_keys, user)
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("profile.json", _json(await database.read(profile, user)))
        for name, table in FILES.items():
            with archive.open(f"{name}.json", "w", force_zip64=True) as file:
                async for part in _array(table, members):
                    file.write(part)
                    yield sink.take()
        async for _ in archived_files.add(archive, members):
            yield sink.take()
    yield sink.take()


class _Sink:
    """Takes what a zip writes; as it cannot seek, sizes follow the files in the zip."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


async def _array(table: Table, members: list[int]) -> AsyncIterator[bytes]:
    """The rows as one JSON array, in parts of a page."""
    before, last = "[", 0
    while page := await database.read(table.page, members, last):
        rows = ",\n".join(_json(row) for _, row in page)
        yield f"{before}\n{rows}".encode()
        before, last = ",", page[-1][0]
    yield b"\n]\n" if before == "," else b"[]\n"


def _json(content: Any) -> str:
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
