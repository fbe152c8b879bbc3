"""Extracts translatable texts into gettext catalogs: `make messages`, or with LANGUAGE=fr.

Babel reads and writes the files, so GNU gettext need not be installed.
"""

import ast
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[3]
LOCALE = ROOT / "chat" / "locale"
DOMAINS = ("django", "djangojs")  # texts of the server, texts of the page's JavaScript
KEYWORDS: dict[str, Any] = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "Translatable": None,
}
VOLATILE_HEADERS = re.compile(rb'^"(?!Language:|Plural-Forms:|MIME|Content).*\\n"\n', re.MULTILINE)
FIXED_DATE = datetime(2000, 1, 1, tzinfo=UTC)  # the same input makes the same file
_STRING = r'"(?:[^"\\]|\\.)*"'
JAVASCRIPT_CALL = re.compile(
    rf"\b(?<![.])(?<!function )(n?gettext)\(\s*({_STRING})?(?:\s*,\s*({_STRING}))?"
)

Extracted = tuple[int, Any, str | None]  # line, text (a pair with a plural), context


def sources(domain: str) -> list[Path]:
    """The files with translatable texts of a domain."""
    if domain == "djangojs":
        return sorted((ROOT / "chat" / "static").rglob("*.js"))
    apps = [path for app in ("accounts", "api", "chat") for path in (ROOT / app).rglob("*.py")]
    python = [it for it in apps if "tests" not in it.parts]
    return sorted([*python, *templates()])


def templates() -> list[Path]:
    folder = ROOT / "templates"
    return sorted([*folder.rglob("*.html"), *folder.rglob("*.txt")])


def extracted(domain: str, language: str) -> Catalog:
    """A catalog of all texts in the sources, without translations."""
    catalog = Catalog(language, domain)
    for path in sources(domain):
        name = str(path.relative_to(ROOT))
        for line, text, context in _extract(path):
            catalog.add(text, None, [(name, line)], context=context)
    return catalog


def _extract(path: Path) -> Iterator[Extracted]:
    text = path.read_text()
    match path.suffix:
        case ".js":
            return javascript(text)
        case ".html" | ".txt":
            # templatize() leaves valid Python on each line, but not as a whole.
            code = templatize(text, origin=str(path))
            return python("\n".join(line.strip() for line in code.splitlines()))
        case _:
            return python(text)


def python(code: str) -> Iterator[Extracted]:
    for line, text, _, context in extract("python", BytesIO(code.encode()), KEYWORDS):
        yield line, text, context


def javascript(code: str) -> Iterator[Extracted]:
    """Finds gettext calls with literal strings; Babel's parser fails on newer syntax."""
    for call in JAVASCRIPT_CALL.finditer(code):
        function, *strings = call.groups()
        line = code.count("\n", 0, call.start()) + 1
        literals = strings if function == "ngettext" else strings[:1]
        if None in literals:
            raise ValueError(f"line {line}: {function}() takes string literals in double quotes")
        texts = tuple(ast.literal_eval(literal) for literal in literals)
        yield line, texts if function == "ngettext" else texts[0], None


def languages() -> list[str]:
    return sorted(path.name for path in LOCALE.iterdir() if path.is_dir())


def folder(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES"


def read(language: str, domain: str) -> Catalog:
    with (folder(language) / f"{domain}.po").open("rb") as file:
        return read_po(file, language, domain)


def updated(language: str, domain: str) -> Catalog:
    """The stored catalog with new texts added, and texts that left the sources removed."""
    if not (folder(language) / f"{domain}.po").exists():
        return extracted(domain, language)
    catalog = read(language, domain)
    catalog.update(extracted(domain, language), no_fuzzy_matching=True)
    return catalog


def source_of(catalog: Catalog) -> bytes:
    """The .po file, without dates and line numbers: they change when no text does."""
    file = BytesIO()
    write_po(file, catalog, width=100, sort_output=True, include_lineno=False, ignore_obsolete=True)
    text = file.getvalue()
    return VOLATILE_HEADERS.sub(b"", text[text.index(b'msgid ""') :])


def compiled(catalog: Catalog) -> bytes:
    """The .mo file."""
    catalog.creation_date = catalog.revision_date = FIXED_DATE
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def update_files(language: str) -> None:
    folder(language).mkdir(parents=True, exist_ok=True)
    for domain in DOMAINS:
        source = source_of(updated(language, domain))
        (folder(language) / f"{domain}.po").write_bytes(source)
        catalog = read(language, domain)
        (folder(language) / f"{domain}.mo").write_bytes(compiled(catalog))
        missing = [message.id for message in catalog if message.id and not all(words(message))]
        print(f"{language} {domain}: {len(catalog)} messages, {len(missing)} to translate")


def words(message: Any) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


if __name__ == "__main__":
    for language in sys.argv[1:] or languages():
        update_files(language)
