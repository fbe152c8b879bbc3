"""Pictures made anew: upright, in sRGB, without anything that tells on the sender."""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageChops, JpegImagePlugin

from chat.files import pictures
from chat.files.pictures import Picture, UnusablePicture
from chat.files.pictures.pictures import SUFFIXES
from chat.tests.files import corpus
from chat.tests.files.conftest import Preview, Remake, refusal_of

WITHIN = 24  # of 255: what formats with loss change in an even area
Colour = tuple[int, ...]


def corners(picture: Image.Image) -> list[Colour]:
    """The colours within each quarter."""
    picture = picture.convert("RGB")
    xs, ys = (
        (picture.width // 4, picture.width * 3 // 4),
        (picture.height // 4, picture.height * 3 // 4),
    )
    return [pixel(picture, x, y) for y in ys for x in xs]


def pixel(picture: Image.Image, x: int, y: int) -> Colour:
    colour = picture.getpixel((x, y))
    assert isinstance(colour, tuple)
    return colour


def are_alike(first: Sequence[Colour], second: Sequence[Colour]) -> bool:
    pairs = zip(first, second, strict=True)
    return all(
        abs(a - b) <= WITHIN for one, other in pairs for a, b in zip(one, other, strict=True)
    )


def show_the_same(first: Image.Image, second: Image.Image) -> bool:
    both = (picture.convert("RGBA") for picture in (first, second))
    seen = [picture.convert("RGBa").convert("RGBA") for picture in both]  # transparent is alike
    return ImageChops.difference(*seen).getbbox(alpha_only=False) is None


def frames_of(path: Path) -> list[Image.Image]:
    with Image.open(path) as picture:
        frames = []
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            frames.append(picture.convert("RGBA"))
        return frames


def durations_of(path: Path) -> list[int]:
    with Image.open(path) as picture:
        durations = []
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            picture.load()
            durations.append(int(picture.info["duration"]))
        return durations


@pytest.mark.parametrize("type", corpus.FORMATS)
async def test_a_picture_keeps_its_format_size_and_colours(remake: Remake, type: str) -> None:
    made = await remake(corpus.plain(type))
    expected = "image/jpeg" if type == "image/heic" else type
    assert (made.type, made.suffix, made.path.suffix) == (expected, *2 * [SUFFIXES[expected]])
    assert (made.width, made.height, made.is_animated) == (*corpus.SIZE, False)
    with Image.open(made.path) as picture:
        assert (picture.size, picture.get_format_mimetype()) == (corpus.SIZE, expected)
        assert are_alike(corners(picture), corpus.CORNERS)


@pytest.mark.parametrize("type", corpus.WITH_ORIENTATION)
@pytest.mark.parametrize("orientation", corpus.ORIENTATIONS)
async def test_a_picture_is_turned_upright(remake: Remake, type: str, orientation: int) -> None:
    made = await remake(corpus.oriented(type, orientation))
    red, green, blue, white = corpus.CORNERS
    expected = {
        1: [red, green, blue, white],
        2: [green, red, white, blue],
        3: [white, blue, green, red],
        4: [blue, white, red, green],
        5: [red, blue, green, white],
        6: [blue, red, white, green],
        7: [white, green, blue, red],
        8: [green, white, red, blue],
    }[orientation]
    size = corpus.SIZE if orientation < 5 else corpus.SIZE[::-1]
    with Image.open(made.path) as picture:
        assert picture.size == (made.width, made.height) == size
        assert are_alike(corners(picture), expected)


@pytest.mark.parametrize("type", corpus.FORMATS)
async def test_nothing_that_is_served_tells_on_the_sender(
    remake: Remake, workspace: Path, type: str
) -> None:
    sent = corpus.full_of_metadata(type)
    assert corpus.MARKER.encode() in sent
    made = await remake(sent)
    previews = await pictures.make_previews(made.path, workspace)
    for path in (made.path, *previews.values()):
        assert_is_bare(path)


def assert_is_bare(path: Path) -> None:
    served = path.read_bytes()
    for encoding in ("ascii", "utf-16-le", "utf-16-be"):
        assert corpus.MARKER.encode(encoding) not in served
    with Image.open(path) as picture:
        picture.load()
        assert not dict(picture.getexif())
        told = {"exif", "xmp", "icc_profile", "comment", "photoshop", "Comment", "Author", "Title"}
        assert told.isdisjoint(picture.info)


@pytest.mark.parametrize("type", corpus.FORMATS)
async def test_previews_of_what_was_sent_are_bare_too(preview: Preview, type: str) -> None:
    previews = await preview(corpus.full_of_metadata(type))
    assert_is_bare(previews[320])


@pytest.mark.parametrize("type", corpus.ANIMATED)
async def test_an_animation_keeps_frames_and_times(remake: Remake, source: Path, type: str) -> None:
    made = await remake(corpus.animated(type))
    assert made.is_animated
    assert durations_of(made.path) == corpus.DURATIONS
    with Image.open(made.path) as picture:
        assert type == "image/avif" or picture.info["loop"] == corpus.LOOPS
    before, after = frames_of(source), frames_of(made.path)
    assert len(before) == len(after) == len(corpus.DURATIONS)
    assert all(
        are_alike(corners(one), corners(other)) for one, other in zip(before, after, strict=True)
    )


async def test_what_moves_in_a_transparent_gif_leaves_nothing_behind(
    remake: Remake, source: Path
) -> None:
    made = await remake(corpus.animated_with_holes())
    pairs = zip(frames_of(source), frames_of(made.path), strict=True)
    assert all(show_the_same(before, after) for before, after in pairs)


async def test_a_gif_with_a_palette_for_each_frame_keeps_its_colours(
    remake: Remake, source: Path
) -> None:
    frames = [
        corpus.drawn().point(lambda value, step=step: value - step) for step in range(0, 20, 5)
    ]
    sent = corpus.encoded(frames[0], "image/gif", save_all=True, append_images=frames[1:])
    made = await remake(sent)
    pairs = zip(frames_of(source), frames_of(made.path), strict=True)
    assert all(show_the_same(before, after) for before, after in pairs)


@pytest.mark.parametrize(
    "content",
    [
        corpus.plain("image/png"),
        corpus.with_palette_and_hole(),
        corpus.grey_with_alpha(),
        corpus.rgb_16_bits(),
        corpus.encoded(corpus.drawn().convert("1"), "image/png"),
        corpus.encoded(corpus.photo((90, 60)), "image/webp", lossless=True),
    ],
    ids=["RGB", "palette", "alpha", "16 bits", "black and white", "WebP"],
)
async def test_what_was_lossless_stays_so(remake: Remake, source: Path, content: bytes) -> None:
    made = await remake(content)
    with Image.open(source) as before, Image.open(made.path) as after:
        assert show_the_same(before, after)


async def test_a_png_with_a_palette_stays_small(remake: Remake) -> None:
    made = await remake(corpus.with_palette_and_hole())
    with Image.open(made.path) as picture:
        assert picture.mode == "P"


async def test_grey_of_16_bits_keeps_its_shades(remake: Remake) -> None:
    made = await remake(corpus.grey_16_bits())
    with Image.open(made.path) as picture:
        assert picture.mode == "L"
        assert [picture.getpixel((x, 0)) for x in (0, 16, 32, 63)] == [0, 64, 128, 252]


async def test_cmyk_becomes_rgb(remake: Remake) -> None:
    made = await remake(corpus.cmyk())
    with Image.open(made.path) as picture:
        assert picture.mode == "RGB"
        assert are_alike(corners(picture), corpus.CORNERS)


async def test_colours_follow_the_profile_before_it_is_dropped(remake: Remake) -> None:
    made = await remake(corpus.in_other_colours())
    with Image.open(made.path) as picture:
        assert are_alike(corners(picture), corpus.CORNERS)
        assert "icc_profile" not in picture.info


async def test_a_broken_profile_does_not_break_a_picture(remake: Remake) -> None:
    made = await remake(corpus.encoded(corpus.drawn(), "image/png", icc_profile=b"broken"))
    with Image.open(made.path) as picture:
        assert are_alike(corners(picture), corpus.CORNERS)


async def test_broken_exif_does_not_break_a_picture(remake: Remake) -> None:
    broken = b"Exif\0\0MM\0*\xff\xff\xff\xff"
    made = await remake(corpus.encoded(corpus.drawn(), "image/jpeg", exif=broken))
    assert (made.width, made.height) == corpus.SIZE


async def test_a_heic_with_transparency_lies_on_white(remake: Remake) -> None:
    made = await remake(corpus.encoded(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "image/heic"))
    with Image.open(made.path) as picture:
        assert are_alike([pixel(picture, 32, 32)], [(255, 255, 255)])


async def test_of_a_jpeg_with_further_pictures_the_first_is_kept(remake: Remake) -> None:
    made = await remake(corpus.with_further_picture())
    assert not made.is_animated
    with Image.open(made.path) as picture:
        assert picture.format == "JPEG"
        assert are_alike(corners(picture), corpus.CORNERS)


async def test_a_jpeg_does_not_grow_by_being_made_anew(remake: Remake) -> None:
    sent = corpus.encoded(corpus.photo((600, 400)), "image/jpeg", quality=50)
    made = await remake(sent)
    assert made.path.stat().st_size <= len(sent) * 1.05
    with Image.open(made.path) as picture:
        assert isinstance(picture, JpegImagePlugin.JpegImageFile)
        assert picture.info["progressive"]
        assert JpegImagePlugin.get_sampling(picture) == 2  # 4:2:0


@pytest.mark.parametrize("content", corpus.bombs().values(), ids=corpus.bombs())
async def test_a_bomb_is_refused(
    remake: Remake, workspace: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    assert await refusal_of(remake(content)) == "too_many_pixels"
    assert_left_nothing(workspace, caplog)


def assert_left_nothing(workspace: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert list(workspace.iterdir()) == []
    assert [it for it in caplog.records if it.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("type", corpus.FORMATS)
async def test_a_truncated_picture_is_refused(
    remake: Remake, workspace: Path, caplog: pytest.LogCaptureFixture, type: str
) -> None:
    assert await refusal_of(remake(corpus.truncated(type))) == "bad_picture"
    assert_left_nothing(workspace, caplog)


@pytest.mark.parametrize("content", corpus.liars().values(), ids=corpus.liars())
async def test_what_only_begins_as_a_picture_is_refused(
    remake: Remake, workspace: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    assert await refusal_of(remake(content)) == "bad_picture"
    assert_left_nothing(workspace, caplog)


@pytest.mark.parametrize(
    "content",
    [b"", b"words", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.4", b"II*\0", b"%!PS"],
)
async def test_no_other_format_is_decoded(remake: Remake, content: bytes) -> None:
    with pytest.raises(UnusablePicture) as refused:
        await remake(content)
    assert refused.value.code == "unsupported"
    assert "HEIC" in str(refused.value.detail)


@pytest.mark.parametrize(("type", "content"), corpus.polyglots().values(), ids=corpus.polyglots())
async def test_nothing_of_a_polyglot_is_left(remake: Remake, type: str, content: bytes) -> None:
    made = await remake(content)
    served = made.path.read_bytes()
    assert made.type == type
    for foreign in (b"lobby-secret", b"alert", b"<script", b"%PDF", b"PK\x03\x04", b"<?php"):
        assert foreign not in served


async def test_huge_metadata_is_refused(remake: Remake) -> None:
    assert await refusal_of(remake(corpus.huge_text_in_png())) == "bad_picture"


@pytest.mark.parametrize(
    ("size", "sizes"),
    [
        ((200, 100), {320: (200, 100)}),
        ((320, 240), {320: (320, 240)}),
        ((960, 480), {320: (320, 160)}),
        ((480, 961), {320: (160, 320), 960: (480, 960)}),
        ((4_000, 3_000), {320: (320, 240), 960: (960, 720), 1_920: (1_920, 1_440)}),
        ((9_000, 1), {320: (320, 1), 960: (960, 1), 1_920: (1_920, 1)}),
    ],
)
@pytest.mark.parametrize("type", ["image/jpeg", "image/png"])
async def test_previews_are_made_where_the_picture_is_larger(
    preview: Preview,
    workspace: Path,
    type: str,
    size: tuple[int, int],
    sizes: dict[int, tuple[int, int]],
) -> None:
    made = await preview(corpus.plain(type, size))
    assert made == {it: workspace / f"{it}.webp" for it in sizes}
    for side, path in made.items():
        with Image.open(path) as picture:
            assert (picture.format, picture.size) == ("WEBP", sizes[side])
            assert min(size) == 1 or are_alike(corners(picture), corpus.CORNERS)


async def test_a_preview_of_an_animation_is_its_first_frame(preview: Preview) -> None:
    made = await preview(corpus.animated("image/gif"))
    with Image.open(made[320]) as picture:
        assert not getattr(picture, "is_animated", False)
        assert are_alike(corners(picture), corpus.CORNERS)


async def test_a_preview_keeps_transparency(preview: Preview) -> None:
    made = await preview(corpus.with_palette_and_hole())
    with Image.open(made[320]) as picture:
        assert picture.mode == "RGBA"
        assert pixel(picture, 10, 10)[3] == 0


async def test_many_pictures_at_once_do_not_meet(tmp_path: Path) -> None:
    async def made(type: str) -> Picture:
        folder = tmp_path / type.replace("/", "-")
        folder.mkdir()
        (folder / "sent").write_bytes(corpus.plain(type))
        return await pictures.remake(folder / "sent", folder)

    types = list(SUFFIXES)
    assert [it.type for it in await asyncio.gather(*map(made, types))] == types
