"""What documents quote of the pages stands there: a word that changed is changed here, too."""

import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from chat.tests.test_docs import CODE, DOCUMENTS, FENCE

ROOT = Path(settings.BASE_DIR)
QUOTED = re.compile(r"“([A-Z][^”]+)”|(?<![\w*])\*([A-Z][^*\n]{2,60})\*(?!\*)")
OF_DJANGO = {"staff status", "superuser status"}  # in the admin
EXAMPLES = {"highly restrictive"}  # of a standard


@cache
def sources() -> str:
    """All that pages and commands may say, in lower case."""
    catalogs = "".join(it.read_text() for it in (ROOT / "chat/locale").rglob("*.po"))
    folders = [ROOT / it for it in ("chat", "ops", "accounts", "templates")]
    code = [it for folder in folders for it in folder.rglob("*") if it.suffix in {".py", ".html"}]
    texts = [catalogs.replace('"\n"', ""), *(it.read_text() for it in code if not _is_test(it))]
    return " ".join(texts).lower()


def _is_test(path: Path) -> bool:
    return "tests" in path.parts


def quotes(text: str) -> list[str]:
    """The labels and sentences in quotation marks or italics; of a path through pages, each."""
    plain = CODE.sub("", FENCE.sub("", text))
    found = [one or other for one, other in QUOTED.findall(plain)]
    return [part.strip(" .…,\n") for it in found for part in it.replace("\n", " ").split("→")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda it: it.name)
def test_what_a_document_quotes_stands_in_the_pages(document: Path) -> None:
    said = {it.lower() for it in quotes(document.read_text())} - OF_DJANGO - EXAMPLES
    assert {it for it in said if it not in sources()} == set()
