"""The variables in docs/settings.md and docs/rates.md, and the commands in all documents, exist."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from chat.tests.test_docs import CODE, DOCUMENTS, FENCE
from mysite.environment import parse_rate

ROOT = Path(settings.BASE_DIR)
READERS = {"read", "bound", "data_dir"}
VARIABLE = re.compile(r"[A-Z][A-Z\d_]+")
ROW = re.compile(r"^\| (`[^|]+) \|", re.MULTILINE)
RATE = re.compile(r"`(\w+_RATE)` \| `([^`]+)`")
COMMAND = re.compile(r"manage\.py\s+([a-z_]+)")
TARGET = re.compile(r"^make ([a-z][a-z-]*)", re.MULTILINE)


def read_by_the_settings() -> set[str]:
    """The names of the environment variables that `mysite/settings/` reads, without rates."""
    modules = (ast.parse(it.read_text()) for it in (ROOT / "mysite/settings").glob("*.py"))
    return {name for module in modules for name in names_in(module)} | {"RATES"}


def names_in(module: ast.Module) -> Iterator[str]:
    for call in ast.walk(module):
        if isinstance(call, ast.Call) and called(call.func) in READERS:
            arguments = (it.value for it in call.args if isinstance(it, ast.Constant))
            texts = (it for it in arguments if isinstance(it, str))
            yield from (it for it in list(texts)[:1] if VARIABLE.fullmatch(it))


def called(function: ast.expr) -> str:
    return str(getattr(function, "attr", None) or getattr(function, "id", ""))


def variables_in_tables(document: str) -> set[str]:
    """The variables in the first column of the tables of a document."""
    cells = ROW.findall((ROOT / document).read_text())
    return {name for cell in cells for name in re.findall(r"`([A-Z\d_]+)`", cell)}


def test_settings_md_has_each_variable_and_no_other() -> None:
    assert variables_in_tables("docs/settings.md") - {"MESSAGE_RATE"} == read_by_the_settings()


def test_the_variables_of_the_readme_are_some_of_these() -> None:
    variables = variables_in_tables("README.md")
    assert {"ALLOWED_HOSTS", "TRUSTED_PROXIES"} <= variables < read_by_the_settings()


def test_rates_md_has_each_rate_with_its_default() -> None:
    rates = {
        name: parse_rate(it) for name, it in RATE.findall((ROOT / "docs/rates.md").read_text())
    }
    assert rates == {
        name: rate
        for action, pair in settings.RATE_TABLE.items()
        for name, rate in zip(
            (f"{action.upper()}_RATE", f"NETWORK_{action.upper()}_RATE"), pair, strict=True
        )
        if rate is not None
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda it: it.name)
def test_every_command_in_a_document_exists(document: Path) -> None:
    text = document.read_text()
    assert {it for it in COMMAND.findall(text) if it not in get_commands()} == set()
    code = "\n".join([*FENCE.findall(text), *CODE.findall(FENCE.sub("", text))])
    made = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {it for it in TARGET.findall(code) if it not in made} == set()
