"""What jobs do with files: remove bytes, forget what was never sent, make previews."""

import asyncio
import logging
from pathlib import Path
from typing import Any

from chat.files import pictures, uploads
from chat.files.storage import files_storage
from chat.files.temporary import temporary_folder
from chat.journal import database
from chat.models import File, Job
from chat.models.file import EXPIRE, UNSENT_KEPT

REMOVED_AT_ONCE = 20  # keys in a step

logger = logging.getLogger(__name__)

State = dict[str, Any]  # of a job


async def remove(state: State) -> State | None:
    """Remove some bytes. Raises OSError where the storage does not work."""
    keys = state["keys"]
    await asyncio.to_thread(_delete, keys[:REMOVED_AT_ONCE])
    left = keys[REMOVED_AT_ONCE:]
    return {"keys": left} if left else None


def _delete(keys: list[str]) -> None:
    for key in keys:
        files_storage().delete(key)


async def expire(state: State) -> State | None:
    """Remove a file that no message has by now. One that waits with its message stays."""
    await database.write(_expire, state["file"])
    return None


def _expire(pk: int) -> None:
    is_removed = File.objects.filter(pk=pk, message=None, held=None).remove()
    if not is_removed and File.objects.filter(pk=pk, message=None).exists():
        Job.objects.add_later(EXPIRE, UNSENT_KEPT, file=pk)


async def make_previews(state: State) -> State | None:
    """Make the previews of a picture, unless it has gone meanwhile."""
    file = await database.read(File.objects.filter(pk=state["file"]).first)
    if file is not None:
        try:
            await _make_previews(file)
        except (FileNotFoundError, pictures.UnusablePicture) as error:
            logger.warning("file %s has no previews: %r", file.pk, error)
    return None


async def _make_previews(file: File) -> None:
    with temporary_folder() as folder:
        source = await asyncio.to_thread(_fetch, file, folder / "picture")
        made = await pictures.make_previews(source, folder)
        await asyncio.to_thread(uploads.store_previews, file, made)
        uploads.note_previews(file, made)
    if not await database.write(_note, file):
        await asyncio.to_thread(_delete, file.stored_keys)


def _fetch(file: File, path: Path) -> Path:
    with path.open("wb") as copy:
        for piece in files_storage().read(file.key, 0, file.size):
            copy.write(piece)
    return path


def _note(file: File) -> int:
    """Store which previews there are. Returns 0 where the file was removed meanwhile."""
    return File.objects.filter(pk=file.pk).update(
        previews=file.previews, previews_size=file.previews_size
    )
