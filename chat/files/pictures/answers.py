"""What a picture worker may answer. It has decoded hostile content, so it is not believed."""

from typing import Annotated, Literal

import msgspec

from chat.files.pictures.unusable import UnusablePicture
from chat.picture_sizes import PREVIEW_SIZES

ANSWER_MAX_BYTES = 4_096

PictureType = Literal["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]
Side = Annotated[int, msgspec.Meta(ge=1, le=65_535)]


class Remade(msgspec.Struct, tag_field="answer", tag="remade"):
    type: PictureType
    width: Side
    height: Side
    is_animated: bool


class Previewed(msgspec.Struct, tag_field="answer", tag="previewed"):
    sizes: list[int]  # of PREVIEW_SIZES


class Cropped(msgspec.Struct, tag_field="answer", tag="cropped"):
    pass


class Refused(msgspec.Struct, tag_field="answer", tag="refused"):
    code: Literal["unsupported", "bad_picture", "too_many_pixels", "too_complex", "no_space"]


class Failed(msgspec.Struct, tag_field="answer", tag="failed"):
    reason: str


class WorkerFailed(Exception):
    """The worker did not do its work. The text says why, to the operator."""


def remade(answer: bytes) -> Remade:
    """Read the answer. Raises UnusablePicture, WorkerFailed."""
    match _decoded(answer):
        case Remade() as done:
            return done
        case other:
            raise WorkerFailed(f"it answered {other!r}")


def previewed(answer: bytes) -> Previewed:
    """Read the answer. Raises UnusablePicture, WorkerFailed."""
    match _decoded(answer):
        case Previewed(sizes=sizes) as done if set(sizes) <= set(PREVIEW_SIZES):
            return done
        case other:
            raise WorkerFailed(f"it answered {other!r}")


def ensure_cropped(answer: bytes) -> None:
    """Read the answer. Raises UnusablePicture, WorkerFailed."""
    match _decoded(answer):
        case Cropped():
            return
        case other:
            raise WorkerFailed(f"it answered {other!r}")


def _decoded(answer: bytes) -> Remade | Previewed | Cropped:
    try:
        said = msgspec.json.decode(answer, type=Remade | Previewed | Cropped | Refused | Failed)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise WorkerFailed(f"its answer is no answer: {error}") from None
    match said:
        case Refused(code=code):
            raise UnusablePicture(code)
        case Failed(reason=reason):
            raise WorkerFailed(f"it said {reason!r}")
        case done:
            return done
