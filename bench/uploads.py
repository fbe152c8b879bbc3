"""Scenario: people talk while others send files."""

import os
from io import BytesIO
from typing import Any

from PIL import Image

from bench.load import LoadGenerator, load_generator
from bench.scenarios import ROOM, Rows, Scale
from bench.targets import Running
from bench.uploaders import sending_files

SENDERS = 10  # of messages, each with one in flight
FILE_BYTES = 1_000_000
PHOTO_SIZE = (4_000, 3_000)  # 2.1 MB


async def uploads(running: Running, scale: Scale) -> Rows:
    """The same load three times: without uploads, beside files on their way, and beside photos."""
    async with load_generator(running) as load:
        await load.join(ROOM, scale.clients)
        await load.send_concurrently([ROOM], SENDERS, scale.warm_up_seconds)
        await load.wait_until_delivered()
        yield "no uploads", await _measure(load, scale)
        for kind, content in (("files", os.urandom(FILE_BYTES)), ("photos", _photo())):
            async with sending_files(running, ROOM, content, scale.uploads) as sent:
                figures = await _measure(load, scale)
            yield f"{scale.uploads} uploads of {kind}", figures | sent


async def _measure(load: LoadGenerator, scale: Scale) -> dict[str, Any]:
    async with load.measured() as measurements:
        await load.send_concurrently([ROOM], SENDERS, 2 * scale.seconds)
    return measurements[0].as_dict()


def _photo() -> bytes:
    """A JPEG with as much detail as those of phones."""
    width, height = PHOTO_SIZE
    noise = Image.effect_noise((width // 3, height // 3), 60).resize(PHOTO_SIZE)
    jpeg = BytesIO()
    noise.convert("RGB").save(jpeg, "JPEG", quality=90)
    return jpeg.getvalue()
