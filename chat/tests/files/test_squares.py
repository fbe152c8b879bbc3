"""The squares that stand for people and rooms: the middle of a picture, made anew."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PIL import Image

from chat.files import pictures
from chat.files.pictures import UnusablePicture
from chat.picture_sizes import SQUARE_SIZES
from chat.tests.files import corpus
from chat.tests.files.conftest import UseWorker

TOLERANCE = 40  # of 255: WebP is lossy


Squares = Callable[[bytes], Awaitable[dict[int, Image.Image]]]


@pytest.fixture
def squares_of(source: Path, workspace: Path) -> Squares:
    async def squares_of(content: bytes) -> dict[int, Image.Image]:
        await asyncio.to_thread(source.write_bytes, content)
        made = await pictures.make_squares(source, workspace)
        return {size: _opened(path) for size, path in made.items()}

    return squares_of


def _names_in(folder: Path) -> list[str]:
    return [it.name for it in folder.iterdir()]


def _opened(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        picture.load()
        return picture


def striped(size: tuple[int, int], axis: int) -> Image.Image:
    """Red in the middle square, blue beside it."""
    picture = Image.new("RGB", size, "blue")
    side, offset = min(size), (max(size) - min(size)) // 2
    picture.paste(
        "red", (offset, 0, offset + side, side) if axis == 0 else (0, offset, side, offset + side)
    )
    return picture


@pytest.mark.parametrize(("size", "axis"), [((900, 300), 0), ((300, 900), 1)])
async def test_the_middle_is_kept(squares_of: Squares, size: tuple[int, int], axis: int) -> None:
    content = corpus.encoded(striped(size, axis), "image/jpeg", quality=95)
    made = await squares_of(content)
    assert {size: it.size for size, it in made.items()} == {it: (it, it) for it in SQUARE_SIZES}
    for square in made.values():
        last = square.width - 4
        for at in ((4, 4), (last, 4), (4, last), (last, last)):
            red, _, blue = square.convert("RGB").crop((*at, at[0] + 1, at[1] + 1)).tobytes()
            assert red > 255 - TOLERANCE
            assert blue < TOLERANCE


@pytest.mark.parametrize(
    "type", ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]
)
async def test_every_format_becomes_a_bare_webp(
    squares_of: Squares, workspace: Path, type: str
) -> None:
    made = await squares_of(corpus.full_of_metadata(type))
    for size, square in made.items():
        assert square.format == "WEBP"
        assert not set(square.info) & {"exif", "xmp", "icc_profile"}
        assert corpus.MARKER.encode() not in (workspace / f"{size}.webp").read_bytes()


async def test_a_small_picture_stays_small(squares_of: Squares) -> None:
    made = await squares_of(corpus.encoded(Image.new("RGB", (40, 30)), "image/png"))
    assert {it.size for it in made.values()} == {(30, 30)}


async def test_nothing_shines_through(squares_of: Squares) -> None:
    clear = corpus.encoded(Image.new("RGBA", (300, 300), (0, 0, 0, 0)), "image/png")
    for square in (await squares_of(clear)).values():
        assert square.mode == "RGB"
        assert min(square.convert("L").tobytes()) > 255 - TOLERANCE


@pytest.mark.parametrize("name", sorted(corpus.bombs()))
async def test_a_bomb_is_refused(squares_of: Squares, workspace: Path, name: str) -> None:
    with pytest.raises(UnusablePicture):
        await squares_of(corpus.bombs()[name])
    assert _names_in(workspace) == []


async def test_what_a_worker_did_not_make_is_not_taken(
    squares_of: Squares, use_worker: UseWorker
) -> None:
    use_worker("""print('{"answer": "cropped"}')""")
    with pytest.raises(UnusablePicture, match="could not process"):
        await squares_of(b"")
