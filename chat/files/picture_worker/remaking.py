"""Makes a picture anew: only its pixels, frames and their times come over."""

from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from PIL import Image

from chat.files.picture_worker.decoding import Frame, frames, opened
from chat.files.picture_worker.formats import NAMES, Options

REMADE = "picture"  # its name in the working folder
DISPOSE_TO_BACKGROUND = 2


def remake(source: BinaryIO) -> dict[str, Any]:
    """Write the picture anew, and answer what it is. Raises Refused."""
    image, format = opened(source)
    options = {**format.options(image, source), **_loop(image)}
    remade = [frame.in_mode(format.modes) for frame in frames(image, format)]
    _write(remade, NAMES[format.written_as], options)
    return {
        "answer": "remade",
        "type": format.written_as,
        "width": remade[0].pixels.width,
        "height": remade[0].pixels.height,
        "is_animated": len(remade) > 1,
    }


def _loop(image: Image.Image) -> Options:
    return {"loop": image.info["loop"]} if "loop" in image.info else {}


def _write(remade: list[Frame], name: str, options: Options) -> None:
    first, *others = (frame.pixels for frame in remade)
    if others:
        durations = [frame.milliseconds for frame in remade]
        options = {**options, "save_all": True, "append_images": others, "duration": durations}
    if name == "GIF" and any("transparency" in frame.pixels.info for frame in remade):
        options = {**options, "disposal": DISPOSE_TO_BACKGROUND}  # what was opaque may be no more
    # Into memory first: to files, Pillow overlooks that a full disk takes a part only.
    encoded = BytesIO()
    first.save(encoded, name, **options)
    Path(REMADE).write_bytes(encoded.getbuffer())
