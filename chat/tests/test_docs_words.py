"""What documents quote of the pages stands there: a word that changed is changed here, too."""

import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from chat.tests.test_docs import CODE, DOCUMENTS, FENCE

ROOT = Path(settings.BASE_DIR)
QUOTED = re.compile(r"“([A-Z][^”]+)”|(?<![\w*])\*([A-Z][^*\n]{2,60})\*(?!\*)")
TEXT = re.compile(r'^msgid(?:_plural)? "(.*)"$', re.MULTILINE)
TAG = re.compile(r"<[^>]*>")
OF_DJANGO = {"staff status", "superuser status", "users"}  # in the admin
OF_COMMANDS = {"stored that belong to no file", "files without bytes"}  # in English alone
EXAMPLES = {"highly restrictive"}  # of a standard


@cache
def catalogs() -> str:
    found = "".join(it.read_text() for it in (ROOT / "chat/locale").rglob("*.po"))
    return found.replace('"\n"', "")


@cache
def texts() -> set[str]:
    """All that pages say, in lower case."""
    return {_bare(TAG.sub("", it)) for it in TEXT.findall(catalogs())}


@cache
def sources() -> str:
    """All that pages and commands may say, in lower case."""
    folders = [ROOT / it for it in ("chat", "ops", "accounts", "templates")]
    code = [it for folder in folders for it in folder.rglob("*") if it.suffix in {".py", ".html"}]
    said = [catalogs(), *(it.read_text() for it in code if not _is_test(it))]
    return " ".join(said).lower()


def _is_test(path: Path) -> bool:
    return "tests" in path.parts


def _bare(text: str) -> str:
    return text.strip(" .…,\n").lower()


def quotes(text: str, *, labels: bool = False) -> set[str]:
    """What is in quotation marks or italics, or the `labels` in italics alone, in lower case.

    Of a path through pages, each part.
    """
    plain = CODE.sub("", FENCE.sub("", text))
    found = [label if labels else said or label for said, label in QUOTED.findall(plain)]
    return {_bare(part) for it in found for part in it.replace("\n", " ").split("→")} - {""}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda it: it.name)
def test_what_a_document_quotes_stands_in_the_pages(document: Path) -> None:
    said = quotes(document.read_text()) - OF_DJANGO - EXAMPLES
    assert {it for it in said if it not in sources()} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda it: it.name)
def test_a_label_is_the_whole_of_what_a_page_says_there(document: Path) -> None:
    labels = quotes(document.read_text(), labels=True)
    assert labels - OF_DJANGO - OF_COMMANDS - texts() == set()
