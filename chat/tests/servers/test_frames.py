"""Frames that are built once for all their receivers."""

from mysite.servers.frames import FRAMES, text_frame


def test_receivers_of_one_text_share_one_frame() -> None:
    assert text_frame("tea") is text_frame("tea")
    assert text_frame("tea") == b"\x81\x03tea"


def test_few_frames_are_kept() -> None:
    for number in range(FRAMES + 5):
        text_frame(f"tea {number}")
    assert text_frame.cache_info().currsize == FRAMES
