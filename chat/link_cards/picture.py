"""The small picture of a card: made anew in a process of its own, as all pictures are."""

import asyncio
import hashlib
from pathlib import Path
from typing import NamedTuple

from chat.files import pictures
from chat.files.temporary import temporary_folder
from chat.link_cards.no_card import NoCard
from chat.picture_sizes import PREVIEW_SIZES

SIZE = min(PREVIEW_SIZES)
SIDE_MIN = 32  # smaller ones count visitors, or are icons
PREVIEW_MAX_BYTES = 200 * 1024
SECONDS = 15


class Preview(NamedTuple):
    """A small WebP picture."""

    bytes: bytes
    width: int
    height: int

    @property
    def etag(self) -> str:
        return hashlib.sha256(self.bytes).hexdigest()


async def preview_of(body: bytes) -> Preview:
    """Make a preview of what somebody says is a picture. Raises NoCard."""
    try:
        with temporary_folder() as folder:
            async with asyncio.timeout(SECONDS):
                return await _preview_of(body, folder)
    except (pictures.UnusablePicture, TimeoutError) as error:
        raise NoCard(f"no usable picture: {error!r}") from None


async def _preview_of(body: bytes, folder: Path) -> Preview:
    source = folder / "source"
    await asyncio.to_thread(source.write_bytes, body)
    whole = await pictures.remake(source, folder)
    made = await pictures.make_previews(whole.path, folder)
    scale = min(1.0, SIZE / max(whole.width, whole.height))
    width, height = (max(1, round(it * scale)) for it in (whole.width, whole.height))
    preview = await asyncio.to_thread(made[SIZE].read_bytes)
    if min(width, height) < SIDE_MIN or len(preview) > PREVIEW_MAX_BYTES:
        raise NoCard("too small a picture, or too large a preview")
    return Preview(preview, width, height)
