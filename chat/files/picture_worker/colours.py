"""Colours as every browser shows them: sRGB, with 8 bits."""

from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from PIL import ImageCms

PLAIN_MODES = ("1", "L", "LA", "P", "RGB", "RGBA")
PROFILED_MODES = ("L", "RGB", "RGBA", "CMYK")  # that LittleCMS takes
BITS_16_TO_8 = 1 / 256
OPAQUE_FROM = 128  # of 255; a GIF knows no more than opaque and transparent
TRANSPARENT_INDEX = 255
WHITE = (255, 255, 255)


def in_srgb(image: Image.Image) -> Image.Image:
    """Convert a decoded picture to one of PLAIN_MODES, and by its colour profile if it has one."""
    profile = image.info.get("icc_profile")
    image = _in_8_bits(image)
    if profile:
        image = _by_profile(image, profile)
    return image if image.mode in PLAIN_MODES else image.convert(_mode_of_colours(image))


def as_mode(image: Image.Image, modes: tuple[str, ...]) -> Image.Image:
    """Convert a picture in sRGB to what a format takes, if it does not take it as it is."""
    if image.mode in modes:
        return image
    if "P" in modes:
        return _with_palette(image)
    if image.mode == "1" and "L" in modes:
        return image.convert("L")
    if "RGBA" in modes:
        return image.convert(_mode_of_colours(image))
    return _on_white(image)


def _in_8_bits(image: Image.Image) -> Image.Image:
    """Pillow has 16 bits in grey pictures only, and would cut the values."""
    if not image.mode.startswith("I"):
        return image
    eight = image.point(lambda value: value * BITS_16_TO_8).convert("L")
    eight.info.pop("transparency", None)  # was a value of 16 bits
    return eight


def _by_profile(image: Image.Image, profile: bytes) -> Image.Image:
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if ImageCms.getProfileDescription(source).startswith("sRGB"):
            return image
        return _transformed(image, source)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # a broken profile, or one of other pixels: the colours are as they are


def _transformed(image: Image.Image, source: "ImageCms.ImageCmsProfile") -> Image.Image:
    from PIL import ImageCms

    srgb = ImageCms.createProfile("sRGB")
    if image.mode not in PROFILED_MODES or image.has_transparency_data:
        image = image.convert(_mode_of_colours(image))
    mode = _mode_of_colours(image)
    transformed = ImageCms.buildTransform(source, srgb, image.mode, mode).apply(image)
    return transformed.convert("L") if image.mode == "L" else transformed


def _mode_of_colours(image: Image.Image) -> str:
    return "RGBA" if image.has_transparency_data else "RGB"


def _with_palette(image: Image.Image) -> Image.Image:
    """Choose up to 255 colours, beside transparent."""
    if not image.has_transparency_data:
        return image.convert("RGB").quantize(256, dither=Image.Dither.FLOYDSTEINBERG)
    image = image.convert("RGBA")
    is_transparent = image.getchannel("A").point(lambda alpha: 255 * (alpha < OPAQUE_FROM))
    colours = image.convert("RGB")
    colours.paste(0, mask=is_transparent)  # or what nobody sees would take colours
    chosen = colours.quantize(TRANSPARENT_INDEX)
    chosen.paste(TRANSPARENT_INDEX, mask=is_transparent)
    chosen.info["transparency"] = TRANSPARENT_INDEX
    return chosen


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    page = Image.new("RGB", image.size, WHITE)
    page.paste(image, mask=image.getchannel("A"))
    return page
