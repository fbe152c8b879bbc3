"""docs/dependencies.md has each library, and its licence as the installed package says it."""

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from django.conf import settings
from packaging.requirements import Requirement

ROOT = Path(settings.BASE_DIR)
TEXT = (ROOT / "docs/dependencies.md").read_text()
FAMILIES = ("LGPL", "GPL", "MPL", "Apache", "BSD", "MIT")  # the first that is named counts
ROW = re.compile(r"^\| (\w+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
TITLE_CHARACTERS = 500  # of the text of a licence, where the package says no more


def required(file: str) -> list[Requirement]:
    lines = (ROOT / file).read_text().splitlines()
    return [Requirement(it) for it in lines if it and it[0] not in "#-"]


RUNNING = required("requirements.txt")
TESTING = required("requirements-dev.txt")
MEASURING = required("requirements-bench.txt")


def listed(column: int) -> dict[str, str]:
    """The library in a column of the table, and under which licence it is."""
    _, _, table = TEXT.partition("## Licences")
    rows = [it for it in ROW.findall(table) if it[0] != "Licence"]
    names = [(name, row[0]) for row in rows for name in row[column].split(", ")]
    return {name: family for name, family in names if name != "–"}


def said(package: Distribution) -> str:
    """What a package says of its licence."""
    fields = ("License-Expression", "License", "Classifier")
    values = [value for it in fields for value in package.metadata.get_all(it) or []]
    licences = [it for it in values if " :: " not in it or it.startswith("License")]
    return " ".join(licences) or _beginning_of_the_licence(package)


def _beginning_of_the_licence(package: Distribution) -> str:
    files = [it for it in package.files or [] if it.name.startswith("LICEN")]
    return files[0].read_text()[:TITLE_CHARACTERS] if files else ""


def family(package: Distribution) -> str:
    return next(it for it in FAMILIES if re.search(rf"\b{it}", said(package)))


def needed(requirements: list[Requirement], seen: set[str] | None = None) -> Iterator[Distribution]:
    """What these need, and what that needs."""
    seen = set() if seen is None else seen
    for it in requirements:
        if it.name.lower() in seen:
            continue
        seen.add(it.name.lower())
        package = distribution(it.name)
        yield package
        further = [Requirement(text) for text in package.requires or []]
        yield from needed([sub for sub in further if _applies(sub, it.extras)], seen)


def _applies(requirement: Requirement, extras: set[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": it}) for it in (extras or {""}))


@pytest.mark.parametrize("it", [*RUNNING, *TESTING, *MEASURING], ids=lambda it: it.name)
def test_each_library_has_a_reason(it: Requirement) -> None:
    reasons, _, development = TEXT.partition("## Licences")
    told = reasons + development.partition("## For development")[2]
    name = it.name.removesuffix("-bin").removesuffix("-wheel").removesuffix("-py")
    assert re.search(rf"\b{re.escape(name)}\b", told, re.IGNORECASE)


def test_each_library_that_runs_has_its_licence() -> None:
    assert listed(1) == {it.name: family(distribution(it.name)) for it in RUNNING}


def test_each_library_that_tests_has_its_licence() -> None:
    measuring = {it.name for it in MEASURING}
    others = {name: it for name, it in listed(2).items() if name not in measuring}
    assert others == {it.name: family(distribution(it.name)) for it in TESTING}
    assert measuring <= listed(2).keys()


def test_nothing_that_runs_asks_to_publish_what_uses_it() -> None:
    strict = re.compile(r"(?<!L)(?<!Lesser )\b(A?GPL|GNU General|GNU Affero)")
    assert [it.name for it in needed(RUNNING) if strict.search(said(it))] == []
