"""Decodes pictures of a few formats: upright, in sRGB, with nothing but their pixels."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple

from PIL import ExifTags, Image

from chat.files.picture_worker.colours import as_mode, in_srgb
from chat.files.picture_worker.formats import FORMATS, Format
from chat.files.picture_worker.refused import Refused
from chat.files.signatures import HEAD_BYTES, type_of

PIXELS_MAX = 50_000_000  # in a frame
ANIMATION_PIXELS_MAX = 200_000_000  # in all frames: they are held at once, with 4 bytes each
FRAMES_MAX = 2_000
DURATION_MAX_MS = 60_000
SIDE_MAX = 65_535  # of JPEG, which HEIC becomes

TURNS = {  # by the EXIF tag Orientation
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

Image.MAX_IMAGE_PIXELS = PIXELS_MAX
warnings.simplefilter("error", Image.DecompressionBombWarning)


class Frame(NamedTuple):
    """A decoded picture, and how long an animation shows it."""

    pixels: Image.Image
    milliseconds: int

    def in_mode(self, modes: tuple[str, ...]) -> "Frame":
        """Convert the pixels to one of these modes of Pillow."""
        return Frame(as_mode(self.pixels, modes), self.milliseconds)


def opened(source: BinaryIO) -> tuple[Image.Image, Format]:
    """Read the header of a picture. Raises Refused."""
    format = FORMATS.get(type_of(source.read(HEAD_BYTES)) or "")
    if format is None:
        raise Refused("unsupported")
    format.load()
    with _reading():
        image = Image.open(source, formats=[format.name])
        _check_size(image, format)
    return image, format


def frame_count(image: Image.Image, format: Format) -> int:
    """Return 1 for stills, also those in a file with further pictures, as phones make."""
    return getattr(image, "n_frames", 1) if format.is_animatable else 1


def frames(image: Image.Image, format: Format) -> Iterator[Frame]:
    """Decode each frame. Of its `info`, only `transparency` is left."""
    for number in range(frame_count(image, format)):
        with _reading():
            image.seek(number)
            image.load()
            _check_size(image, format)
            pixels = _bare(_upright(in_srgb(image), _orientation(image)))
            frame = Frame(pixels, _duration(image))
        yield frame


@contextmanager
def _reading() -> Iterator[None]:
    """Refuse what cannot be decoded: hostile content raises nearly any exception in Pillow."""
    try:
        yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("too_many_pixels") from None
    except (Refused, MemoryError):
        raise
    except Exception:
        raise Refused("bad_picture") from None


def _check_size(image: Image.Image, format: Format) -> None:
    count = frame_count(image, format)
    pixels = image.width * image.height
    is_within = (
        pixels <= PIXELS_MAX
        and max(image.size) <= SIDE_MAX
        and count <= FRAMES_MAX
        and (count == 1 or count * pixels <= ANIMATION_PIXELS_MAX)
    )
    if not is_within:
        raise Refused("too_many_pixels")


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # broken metadata; the picture may be fine
        return 1


def _duration(image: Image.Image) -> int:
    """A hostile one may be negative, or too long to be written."""
    return min(max(int(image.info.get("duration", 0)), 0), DURATION_MAX_MS)


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    return image.transpose(TURNS[orientation]) if orientation in TURNS else image


def _bare(image: Image.Image) -> Image.Image:
    """Copy the pixels, without the metadata that Pillow's writers would take over."""
    bare = image.copy()
    transparency = image.info.get("transparency")
    bare.info = {} if transparency is None else {"transparency": transparency}
    return bare
