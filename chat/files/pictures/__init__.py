"""Pictures made anew, their previews and their squares, by a process of its own for each.

Nothing of a picture is decoded here: see `chat.files.picture_worker`.
"""

from chat.files.pictures.pictures import (
    PREVIEW_SIZES,
    SQUARE_SIZES,
    Picture,
    make_previews,
    make_squares,
    remake,
)
from chat.files.pictures.unusable import UnusablePicture

__all__ = [
    "PREVIEW_SIZES",
    "SQUARE_SIZES",
    "Picture",
    "UnusablePicture",
    "make_previews",
    "make_squares",
    "remake",
]
