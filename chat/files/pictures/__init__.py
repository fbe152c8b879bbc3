"""Pictures made anew, their previews and their squares, by a process of its own for each.

Nothing of a picture is decoded here: see `chat.files.picture_worker`.
"""

from chat.files.pictures.pictures import (
    Picture,
    make_previews,
    make_squares,
    remake,
)
from chat.files.pictures.unusable import UnusablePicture

__all__ = [
    "Picture",
    "UnusablePicture",
    "make_previews",
    "make_squares",
    "remake",
]
