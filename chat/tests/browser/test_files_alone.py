"""Files that are opened in a tab of their own."""

import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat.tests.browser.room_page import NewPage
from chat.tests.support.servers import Server, serving

SECONDS = 2
STORED = "3f/sound"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = "chat.tests.support.stored_files_settings"
    with serving(
        "daphne", tmp_path_factory.mktemp("lobby"), DJANGO_SETTINGS_MODULE=settings
    ) as server:
        write_sound(server.data_dir / "files" / STORED)
        yield server


def write_sound(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 8_000, 0, "NONE", ""))
        sound.writeframes(bytes(2 * 8_000 * SECONDS))


def test_a_sound_plays_in_a_tab_of_its_own(new_page: NewPage, server: Server) -> None:
    """Its page may load nothing but itself."""
    page = new_page("Alice")
    page.goto(f"{server.url}/stored/{STORED}?type=audio/wav")
    page.wait_for_function("document.querySelector('video').readyState === 4")
    assert page.evaluate("document.querySelector('video').duration") == SECONDS
