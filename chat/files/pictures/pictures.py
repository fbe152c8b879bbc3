"""Makes pictures anew, and their previews."""

import logging
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from chat.files import signatures
from chat.files.pictures import answers, process
from chat.files.pictures.answers import WorkerFailed
from chat.files.pictures.unusable import UnusablePicture
from chat.picture_sizes import SQUARE_SIZES

PREVIEW_TYPE = "image/webp"
SUFFIXES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/avif": ".avif",
}

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Picture:
    """A picture made anew: in sRGB, upright, without metadata."""

    path: Path
    type: str
    suffix: str
    width: int
    height: int
    is_animated: bool


async def remake(source: Path, folder: Path) -> Picture:
    """Write a picture anew into `folder`, which is for this picture alone. Raises UnusablePicture.

    HEIC becomes JPEG; other formats, frames and their times stay.
    """
    with _workspace(folder) as workspace:
        remade = answers.remade(await process.run("remake", source, workspace))
        suffix = SUFFIXES[remade.type]
        path = _taken(workspace / "picture", folder / f"picture{suffix}", remade.type)
    return Picture(path, remade.type, suffix, remade.width, remade.height, remade.is_animated)


async def make_previews(source: Path, folder: Path) -> dict[int, Path]:
    """Write WebP previews of a picture into `folder`, by size. Raises UnusablePicture.

    Those of PREVIEW_SIZES that are smaller than the picture, and always the smallest.
    """
    with _workspace(folder) as workspace:
        sizes = answers.previewed(await process.run("preview", source, workspace)).sizes
        names = {size: f"{size}.webp" for size in sorted(sizes)}
        return {
            size: _taken(workspace / name, folder / name, PREVIEW_TYPE)
            for size, name in names.items()
        }


async def make_squares(source: Path, folder: Path) -> dict[int, Path]:
    """Write the middle of a picture into `folder`, as WebP in SQUARE_SIZES. Raises UnusablePicture.

    A picture that is smaller than a size stays as small.
    """
    with _workspace(folder) as workspace:
        answers.ensure_cropped(await process.run("crop", source, workspace))
        names = {size: f"{size}.webp" for size in SQUARE_SIZES}
        return {
            size: _taken(workspace / name, folder / name, PREVIEW_TYPE)
            for size, name in names.items()
        }


@contextmanager
def _workspace(folder: Path) -> Iterator[Path]:
    """A folder for the worker, removed with all that it leaves there; logs its failure."""
    try:
        with TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as workspace:
            yield Path(workspace)
    except WorkerFailed as failure:
        logger.warning("a picture worker failed: %s", failure)
        raise UnusablePicture("failed") from None


def _taken(made: Path, to: Path, type: str) -> Path:
    """Move what the worker made, if it is a file of this type and no link to another."""
    try:
        is_file = stat.S_ISREG(made.lstat().st_mode)
    except FileNotFoundError:
        is_file = False
    if not is_file or _type_of(made) != type:
        raise WorkerFailed(f"what it made is no {type}")
    return made.replace(to)


def _type_of(path: Path) -> str | None:
    with path.open("rb") as file:
        return signatures.type_of(file.read(signatures.HEAD_BYTES))
