"""Makes the squares that stand for a person or a room: the middle of a picture, as WebP."""

from typing import Any, BinaryIO

from PIL import Image, WebPImagePlugin

from chat.files.picture_worker.decoding import frames, opened
from chat.picture_sizes import SQUARE_SIZES

OPAQUE = ("RGB",)  # nothing shines through: transparent pixels become white
OPTIONS = {"quality": 82, "method": 4}


def crop(source: BinaryIO) -> dict[str, Any]:
    """Write the middle of the first frame in each size. Raises Refused."""
    image, format = opened(source)
    largest = _covering(image, max(SQUARE_SIZES))
    image.draft(None, largest)  # a JPEG is decoded no larger than needed
    picture = next(frames(image, format)).in_mode(OPAQUE).pixels
    square = picture.crop(_middle(picture))
    for size in sorted(SQUARE_SIZES, reverse=True):
        side = min(size, square.width)  # never larger than the picture is
        square = square.resize((side, side), Image.Resampling.LANCZOS, reducing_gap=2)
        square.save(f"{size}.webp", WebPImagePlugin.WebPImageFile.format, **OPTIONS)
    return {"answer": "cropped"}


def _covering(image: Image.Image, size: int) -> tuple[int, int]:
    """Return the width and the height of the picture when its shorter side is `size`."""
    scale = min(1, size / min(image.size))
    return max(1, round(image.width * scale)), max(1, round(image.height * scale))


def _middle(image: Image.Image) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of the largest square in the middle."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return left, top, left + side, top + side
