"""The paths and links in the documents lead to files and headings that exist."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
NOT_SOURCE = {"var", "node_modules", "__pycache__"}

FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"[\w.*-][\w./*-]*/(?:[\w.*-]+\.(?:py|md|js|css))?")
LINK = re.compile(r"\]\(([^)#\s]+)|<img src=\"([^\"]+)")
ANCHOR = re.compile(r"\]\(([^):#\s]*)#([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def paths(text: str) -> Iterator[str]:
    """The code spans that are paths of this repository: a folder, or a file in a folder."""
    return (span for span in CODE.findall(FENCE.sub("", text)) if PATH.fullmatch(span))


def links(text: str) -> Iterator[str]:
    """The targets of links and images in this repository."""
    targets = (link or image for link, image in LINK.findall(text))
    return (target for target in targets if "://" not in target)


def anchors(document: Path) -> set[str]:
    """The names under which the headings of a document can be linked to."""
    headings = HEADING.findall(FENCE.sub("", document.read_text()))
    return {re.sub(r"[^\w\s-]", "", it.lower()).strip().replace(" ", "-") for it in headings}


def exists(path: str) -> bool:
    """A document may leave out the beginning of a path: `journal/` for `chat/journal/`."""
    pattern = re.escape(path).replace(r"\*", "[^/]*")
    wanted = re.compile(f"/{pattern}" if path.endswith("/") else f"/{pattern}$")
    return any(wanted.search(file) for file in _files())


@cache
def _files() -> list[str]:
    folders = [it for it in ROOT.iterdir() if it.is_dir() and it.name[0] != "."]
    files = [it.relative_to(ROOT) for folder in folders for it in folder.rglob("*") if it.is_file()]
    return [f"/{it.as_posix()}" for it in files if not NOT_SOURCE & set(it.parts)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda it: it.name)
def test_every_path_in_a_document_exists(document: Path) -> None:
    assert [path for path in paths(document.read_text()) if not exists(path)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda it: it.name)
def test_every_link_in_a_document_leads_to_a_file(document: Path) -> None:
    targets = links(document.read_text())
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_links_lead_from_the_readme_to_every_document() -> None:
    found: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        document = waiting.pop()
        found.add(document)
        leads_to = {(document.parent / it).resolve() for it in links(document.read_text())}
        waiting += [it for it in leads_to - found if it.suffix == ".md"]
    assert set(DOCUMENTS) <= found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda it: it.name)
def test_every_link_in_a_document_leads_to_a_heading(document: Path) -> None:
    targets = ANCHOR.findall(FENCE.sub("", document.read_text()))
    assert [
        f"{file}#{anchor}"
        for file, anchor in targets
        if anchor not in anchors(document.parent / file if file else document)
    ] == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("See `chat/consumers.py`.", "chat/consumers.py"),
        ("`write/batch.py` applies the changes.", "write/batch.py"),
        ("`journal/` stores changes.", "journal/"),
        ("`sockets/*.py` are the sessions.", "sockets/*.py"),
    ],
)
def test_a_path_is_recognised(text: str, path: str) -> None:
    assert list(paths(text)) == [path]
    assert exists(path)


@pytest.mark.parametrize(
    "text",
    ["`/chat/<room>/`", "`/admin/`", "`outbox.js`", "`20/10s`", "```sh\ncat `a/b.py`\n```"],
)
def test_an_address_or_a_command_is_no_path(text: str) -> None:
    assert not list(paths(text))


@pytest.mark.parametrize(
    "path",
    ["chat/nowhere.py", "chat/nowhere/", "consumers/", "hat/consumers.py", "nowhere/*.py"],
)
def test_a_wrong_path_is_noticed(path: str) -> None:
    assert list(paths(f"See `{path}`.")) == [path]
    assert not exists(path)
