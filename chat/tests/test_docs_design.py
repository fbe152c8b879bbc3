"""docs/design.md is a map of the whole tree, and has the layers of pyproject.toml."""

import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEXT = (ROOT / "docs/design.md").read_text()
# What Django puts there and tools leave; of the two whose parts are in the map, the folder itself.
SELF_EVIDENT = {"var", "__pycache__", "__init__.py", "manage.py", "chat", "mysite"}


def parts(folder: str) -> list[str]:
    """The folders in a folder, and its modules, as the map names them."""
    entries = [it for it in (ROOT / folder).iterdir() if it.name not in SELF_EVIDENT]
    folders = [f"{it.name}/" for it in entries if it.is_dir() and it.name[0] != "."]
    return sorted([*folders, *(it.name for it in entries if it.suffix == ".py")])


@pytest.mark.parametrize("folder", ["", "chat", "mysite", "ops"])
def test_the_map_has_each_part(folder: str) -> None:
    missing = [it for it in parts(folder) if not re.search(rf"[`/]{re.escape(it)}`", TEXT)]
    assert missing == []


def test_the_document_has_the_layers_that_are_enforced() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    [layers] = (it for it in tools["importlinter"]["contracts"] if it["name"] == "Layers")
    assert "```\n" + "\n".join(layers["layers"]) + "\n```" in TEXT


def test_the_eight_files_to_read_first_are_as_many() -> None:
    _, _, rest = TEXT.partition("Eight files, an hour.")
    steps, _, _ = rest.partition("\n\nAfter these")
    assert len(re.findall(r"^\d\. `", steps, re.MULTILINE)) == 8
