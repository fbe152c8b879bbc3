"""The formats of pictures: how each is read and how it is written anew."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from io import BytesIO
from typing import Any, BinaryIO

from PIL import Image

JPEG_QUALITY = 88
WEBP_QUALITY = 85
PNG_COMPRESSION = 4  # of a photo, 6 takes three times as long for 9 % less
AVIF_QUALITY = 75  # about what 88 is in JPEG
LUMINANCE, CHROMINANCE = 0, 1  # the tables of JPEG
SUBSAMPLING_444, SUBSAMPLING_420 = 0, 2
RIFF_HEADER_BYTES, CHUNK_HEADER_BYTES = 12, 8
ANIMATION_FRAME_BYTES = 16  # before the chunks of a frame

Options = dict[str, Any]


@dataclass(frozen=True)
class Format:
    """`options` tells how Pillow writes a picture anew that was opened from a file.

    `load` imports the plugin of Pillow: it would load those of all formats. `modes` are Pillow's
    modes of pixels that the written format takes.
    """

    name: str
    load: Callable[[], object]
    written_as: str
    options: Callable[[Image.Image, BinaryIO], Options]
    modes: tuple[str, ...]
    is_animatable: bool


def _jpeg_options(image: Image.Image, _: BinaryIO) -> Options:
    """Spend no more bytes than the sender did: keep tables that are coarser than ours."""
    from PIL import JpegImagePlugin

    subsampling = JpegImagePlugin.get_sampling(image)
    is_full = subsampling == SUBSAMPLING_444 and image.mode == "RGB"
    options: Options = {
        "progressive": True,
        "subsampling": SUBSAMPLING_444 if is_full else SUBSAMPLING_420,
    }
    tables = getattr(image, "quantization", {})
    if sum(tables.get(LUMINANCE, ())) > sum(_our_jpeg_tables()[LUMINANCE]):
        chrominance = tables.get(CHROMINANCE, tables[LUMINANCE])
        return {**options, "qtables": [_valid(tables[LUMINANCE]), _valid(chrominance)]}
    return {**options, "quality": JPEG_QUALITY}


def _our_jpeg_tables() -> dict[int, list[int]]:
    written = BytesIO()
    Image.new("RGB", (8, 8)).save(written, "JPEG", quality=JPEG_QUALITY)
    tables: dict[int, list[int]] = Image.open(written, formats=["JPEG"]).quantization  # type: ignore[attr-defined]
    return tables


def _valid(table: list[int]) -> list[int]:
    return [min(max(value, 1), 255) for value in table]


def _heic_options(image: Image.Image, _: BinaryIO) -> Options:
    return {"progressive": True, "quality": JPEG_QUALITY, "subsampling": SUBSAMPLING_420}


def _png_options(image: Image.Image, _: BinaryIO) -> Options:
    """A first picture that is no frame of the animation stays so."""
    options: Options = {"compress_level": PNG_COMPRESSION}
    return {**options, "default_image": True} if getattr(image, "default_image", False) else options


def _gif_options(image: Image.Image, _: BinaryIO) -> Options:
    return {"optimize": False}  # which would renumber colours


def _webp_options(image: Image.Image, source: BinaryIO) -> Options:
    if _is_lossless(source):
        return {"lossless": True, "method": 2, "quality": 50}  # of lossless, quality is effort
    return {"method": 2, "quality": WEBP_QUALITY}


def _is_lossless(source: BinaryIO) -> bool:
    """Whether the first pixels in a WebP are in a lossless chunk (RFC 9649)."""
    source.seek(RIFF_HEADER_BYTES)
    while len(header := source.read(CHUNK_HEADER_BYTES)) == CHUNK_HEADER_BYTES:
        name, size = header[:4], int.from_bytes(header[4:], "little")
        if name in (b"VP8L", b"VP8 "):
            return name == b"VP8L"
        inner = ANIMATION_FRAME_BYTES if name == b"ANMF" else size + size % 2
        source.seek(inner, 1)
    return False


def _avif_options(image: Image.Image, _: BinaryIO) -> Options:
    return {"quality": AVIF_QUALITY, "speed": 9, "max_threads": 1}


def _load_heic() -> None:
    import pillow_heif

    pillow_heif.register_heif_opener(
        decode_threads=1, thumbnails=False, depth_images=False, aux_images=False
    )


def _load_avif() -> None:
    from PIL import AvifImagePlugin

    AvifImagePlugin.DEFAULT_MAX_THREADS = 1


def _load_gif() -> None:
    from PIL import GifImagePlugin

    exact = GifImagePlugin.LoadingStrategy.RGB_AFTER_DIFFERENT_PALETTE_ONLY
    GifImagePlugin.LOADING_STRATEGY = exact


def _loads(plugin: str) -> Callable[[], object]:
    return partial(import_module, f"PIL.{plugin}ImagePlugin")


PNG_MODES = ("1", "L", "LA", "P", "RGB", "RGBA")
JPEG_MODES = ("L", "RGB")
GIF_MODES = ("L", "P")
MODES = ("RGB", "RGBA")

FORMATS = {
    "image/png": Format("PNG", _loads("Png"), "image/png", _png_options, PNG_MODES, True),
    "image/jpeg": Format("JPEG", _loads("Jpeg"), "image/jpeg", _jpeg_options, JPEG_MODES, False),
    "image/gif": Format("GIF", _load_gif, "image/gif", _gif_options, GIF_MODES, True),
    "image/webp": Format("WEBP", _loads("WebP"), "image/webp", _webp_options, MODES, True),
    "image/avif": Format("AVIF", _load_avif, "image/avif", _avif_options, MODES, True),
    "image/heic": Format("HEIF", _load_heic, "image/jpeg", _heic_options, JPEG_MODES, False),
}
NAMES = {type: format.name for type, format in FORMATS.items()}  # Pillow's, of what is written
