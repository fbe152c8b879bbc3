"""How the page's JavaScript is laid out."""

import re
from pathlib import Path

import pytest

from chat.picture_sizes import PREVIEW_SIZES, SQUARE_SIZES

JS = Path(__file__).parents[1] / "static" / "chat" / "js"
PREVIEWS = re.compile(r"const SIZES = \[(.*)\];")
WRITTEN_SIZE = re.compile(r"(\d+)\.webp")
ELEMENTS = re.compile(r"querySelector|getElementById|createElement|\binnerHTML\b|\.append\(")
FOLDERS = sorted(it for it in JS.iterdir() if it.is_dir())
FILES_AT_A_GLANCE = 15


@pytest.mark.parametrize("folder", ["net", "lib"])
def test_the_network_core_touches_no_elements(folder: str) -> None:
    files = list((JS / folder).glob("*.js"))
    assert len(files) > 3
    assert [it.name for it in files if ELEMENTS.search(it.read_text())] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda it: it.name)
def test_a_folder_is_read_at_a_glance(folder: Path) -> None:
    assert len(list(folder.iterdir())) <= FILES_AT_A_GLANCE


def test_entry_points_are_at_the_top_and_nothing_else() -> None:
    names = {it.name for it in JS.glob("*.js")}
    assert names == {
        "account.js",
        "attachments.js",
        "away.js",
        "before_paint.js",
        "completion.js",
        "composer_tools.js",
        "direct.js",
        "files.js",
        "help.js",
        "index.js",
        "lightbox.js",
        "link_cards.js",
        "moderation.js",
        "knock.js",
        "offline.js",
        "notifications_page.js",
        "on_demand.js",
        "push.js",
        "reading.js",
        "room.js",
        "room_not_found.js",
        "roster.js",
        "search.js",
        "search_page.js",
        "settings.js",
        "touch.js",
    }


def test_the_page_asks_for_the_sizes_of_pictures_that_are_made() -> None:
    chosen = PREVIEWS.search((JS / "files" / "previews.js").read_text())
    assert chosen is not None
    assert chosen[1] == ", ".join(map(str, PREVIEW_SIZES))
    scripts = [it.read_text() for it in JS.rglob("*.js")]
    written = {int(size) for script in scripts for size in WRITTEN_SIZE.findall(script)}
    assert written
    assert written <= {*PREVIEW_SIZES, *SQUARE_SIZES}
