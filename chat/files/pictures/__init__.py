"""Pictures made anew, and their previews, by a process of its own for each.

Nothing of a picture is decoded here: see `chat.files.picture_worker`.
"""

from chat.files.pictures.pictures import PREVIEW_SIZES, Picture, make_previews, remake
from chat.files.pictures.unusable import UnusablePicture

__all__ = ["PREVIEW_SIZES", "Picture", "UnusablePicture", "make_previews", "remake"]
