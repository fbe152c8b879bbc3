"""Addresses as QR codes."""

from functools import lru_cache
from io import BytesIO

import segno

QUIET_MODULES = 4  # of white around a code: ISO/IEC 18004, 9.1


class TooLong(ValueError):
    """A text that no QR code holds."""


# One takes 3 ms, of a long address 100, and many come to a new room at once.
@lru_cache(maxsize=100)
def svg(address: str) -> bytes:
    """The code that opens `address`: dark on white, whatever is around it, and of any size."""
    try:
        code = segno.make_qr(address)
    except segno.DataOverflowError:
        raise TooLong from None
    image = BytesIO()
    code.save(
        image, kind="svg", border=QUIET_MODULES, dark="#000", light="#fff", omitsize=True, nl=False
    )
    return image.getvalue()
