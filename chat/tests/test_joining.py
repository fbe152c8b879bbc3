"""Small files become whole ones: stylesheets and modules, as the pages ask for them."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.test import Client

from mysite.joining import in_order, join
from mysite.storage import ModuleStaticFilesStorage

CHAT = Path(settings.BASE_DIR) / "chat" / "static"
PAGES = ("/", "/chat/lobby/", "/chat/a/b/")
IMPORTED = re.compile(r'^(?:import|export|@import)\b[^;"]*"\./([\w.-]+)";', re.MULTILINE)


def imports() -> dict[str, list[str]]:
    """What each of our files imports, by its name."""
    return {
        path.relative_to(CHAT).as_posix(): [
            (path.parent / name).relative_to(CHAT).as_posix()
            for name in IMPORTED.findall(path.read_text())
        ]
        for suffix in ("css", "js")
        for path in CHAT.rglob(f"*.{suffix}")
    }


def served() -> dict[str, str]:
    """The names that files were collected under, by those they have where they are written."""
    storage = storages["staticfiles"]
    assert isinstance(storage, ModuleStaticFilesStorage)
    names: dict[str, str] = storage.hashed_files
    return names


def collected(name: str) -> str:
    return Path(settings.STATIC_ROOT, served()[name]).read_text()


def linked(page: str) -> Iterator[str]:
    """The static files a page asks for, by the names they have where they are written."""
    names = {f"/static/{stored}": name for name, stored in served().items()}
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        yield names[address]


def test_a_stylesheet_has_in_it_what_it_imports_in_order() -> None:
    parts = imports()["chat/css/room_page.css"]
    assert "chat/css/tokens.css" in parts
    written = [(CHAT / part).read_text() for part in parts]
    assert collected("chat/css/room_page.css").startswith("".join(written))
    assert "@import" not in collected("chat/css/room_page.css")


def test_a_room_has_each_module_that_it_needs_once_and_no_other() -> None:
    known = imports()
    needed = in_order("chat/js/room.js", known)
    script = collected("chat/js/room.js")
    assert re.findall(r"^// (chat/js/\w+\.js)$", script, re.MULTILINE) == needed[:-1]
    assert len(needed) > 10
    assert IMPORTED.search(script) is None


def test_every_file_is_a_part_of_a_page_or_one_that_pages_may_ask_for() -> None:
    known = imports()
    parts = {part for names in known.values() for part in names}
    assert set(known) - parts == set(known) & set(served())


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_what_a_page_asks_for_is_there_and_nothing_is_there_twice(
    client: Client, address: str
) -> None:
    client.raise_request_exception = False
    known = imports()
    files = list(linked(client.get(address).content.decode()))
    assert any(name.endswith("_page.css") for name in files)
    assert all(Path(settings.STATIC_ROOT, served()[name]).exists() for name in files)
    inside = [it for name in files if name in known for it in in_order(name, known)]
    assert sorted(inside) == sorted(set(inside))


def test_a_module_is_a_scope_of_its_own_run_after_those_it_imports() -> None:
    whole = join(
        {
            "page.js": 'import { tea as drink } from "./tea.js";\ndrink();\n',
            "tea.js": 'import "./pot.js";\nexport const tea = () => HEAT;\nconst HEAT = 90;\n',
            "pot.js": "export class Pot {}\nexport async function pour() {}\n",
        }
    )
    assert list(whole) == ["page.js"]
    assert whole["page.js"] == (
        "// pot.js\nconst $pot = (() => {\nclass Pot {}\nasync function pour() {}\n"
        "return { Pot, pour };\n})();\n\n"
        "// tea.js\nconst $tea = (() => {\n\nconst tea = () => HEAT;\nconst HEAT = 90;\n"
        "return { tea };\n})();\n\n"
        "const { tea: drink } = $tea;\ndrink();\n"
    )


def test_what_two_pages_share_is_in_both_and_what_imports_nothing_stays_as_it_is() -> None:
    files = {
        "room.css": '@import "./ink.css";\n@import "./log.css";\n',
        "index.css": '/* In. */\n@import "./ink.css";\n',
        "ink.css": "a {}\n",
        "log.css": "b {}\n",
        "admin.css": "c {}\n",
    }
    assert join(files) == {
        "room.css": "a {}\nb {}\n",
        "index.css": "a {}\n/* In. */\n",
        "admin.css": "c {}\n",
    }


def test_a_module_that_is_loaded_late_stays_by_itself_and_exports_as_before() -> None:
    whole = join(
        {
            "room.js": 'import { tea } from "./tea.js";\ntea(await import("./code.js"));\n',
            "code.js": 'import { tea } from "./tea.js";\nexport const code = tea;\n',
            "tea.js": "export const tea = 1;\n",
        }
    )
    assert set(whole) == {"room.js", "code.js"}
    assert whole["room.js"].endswith('tea(await import("./code.js"));\n')
    assert whole["code.js"].endswith("export const code = tea;\n")


@pytest.mark.parametrize(
    ("module", "complaint"),
    [
        ('import { a } from "./page.js";\n', "page.js imports itself, through page.js, part.js"),
        ('import { a } from "./gone.js";\n', "part.js imports gone.js, which is not there"),
        ('import { b } from "./b.js";\nimport("./b.js");\n', "part.js loads b.js late"),
        ("export default 1;\n", "part.js cannot be joined with others: export default 1;"),
        ("export { a };\n", "part.js cannot be joined with others"),
        ('import * as b from "./b.js";\n', "part.js cannot be joined with others"),
        ('export { b } from "./b.js";\n', "part.js cannot be joined with others"),
        ("await 1;\n", "part.js cannot be joined with others"),
    ],
)
def test_what_cannot_be_joined_says_why(module: str, complaint: str) -> None:
    files = {"page.js": 'import { a } from "./part.js";\n', "part.js": module, "b.js": ""}
    with pytest.raises(ValueError, match=complaint):
        join(files)


def test_what_a_phone_loads_for_a_room_is_small() -> None:
    """Once, and compressed."""
    sizes = {
        name: len(gzip.compress(collected(name).encode()))
        for name in ("chat/js/room.js", "chat/css/room_page.css")
    }
    assert sizes["chat/js/room.js"] < 44 * 1024
    assert sizes["chat/css/room_page.css"] < 16 * 1024
