"""QR codes of addresses, as SVG."""

from functools import lru_cache
from io import BytesIO

import segno

QUIET_MODULES = 4  # the white margin (ISO/IEC 18004, 9.1)
MAX_CHARACTERS = 1_000
BEST_MASK_CHARACTERS = 100  # for a longer address, to try all eight masks takes 4/5 of the time


class TooLong(ValueError):
    """The text is too long for a QR code."""


def draw(address: str) -> bytes:
    """A QR code of `address`: black on white in every theme, scalable. Raises TooLong."""
    if len(address) > MAX_CHARACTERS:
        raise TooLong
    code = segno.make_qr(address, mask=None if len(address) <= BEST_MASK_CHARACTERS else 0)
    image = BytesIO()
    code.save(
        image, kind="svg", border=QUIET_MODULES, dark="#000", light="#fff", omitsize=True, nl=False
    )
    return image.getvalue()


# One takes 3 ms, or 10 ms for a long address, and many people ask for that of a new room.
svg = lru_cache(maxsize=100)(draw)
