"""Finds texts for people that are not marked for translation."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from django.template.base import Lexer, TokenType

from chat.tests.support.catalogs import JAVASCRIPT_CALL

TEXT_ATTRIBUTES = {
    "alt",
    "aria-description",
    "aria-label",
    "aria-roledescription",
    "content",
    "placeholder",
    "title",
}
HIDDEN_ELEMENTS = {"script", "style"}
MACHINE_META = {"viewport", "color-scheme", "robots", "theme-color"}  # <meta name=…>
BRAND = "Lobby"
WORD = re.compile(r"[^\W\d_]{2,}")
TRANSLATED = re.compile(r"_\(\s*([\"']).*?\1\s*\)")
FILTERED = re.compile(r"\|\s*default\w*:\s*[\"'][^\"']*[^\W\d_]{2,}")

LITERAL = re.compile(
    r"""
    (?P<comment>/\*.*?\*/|//[^\n]*)
    |(?P<regex>(?:[(,=:\[!&|?]|return)\s*/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*)
    |(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<template>`(?:\\.|\$\{[^{}]*\}|[^`\\])*`)
    """,
    re.VERBOSE | re.DOTALL,
)
SHOWN_PROPERTY = re.compile(
    r"(?:ariaLabel|title|textContent|placeholder|alt|ariaDescription)\s*=\s*$"
)
INTERNAL = re.compile(r"console\.\w+\($|\belement\(\"\w+\", $")  # logs, class names
SENTENCE = re.compile(
    r"^\W*[A-Z][a-z]+(?:[ .,:…!?].*)?$|(?<![\w-])[a-z’]{2,} [a-z’]{2,}(?![\w-])|[a-z]{2,}[.!?…]$",
    re.DOTALL,
)


def in_template(source: str) -> Iterator[str]:
    """Texts and attributes outside of {% translate %} and {% blocktranslate %}."""
    reader = _Reader()
    reader.feed("".join(_untranslated_parts(source)))
    reader.close()
    yield from (words for words in reader.found if WORD.search(words.replace(BRAND, "")))


def _untranslated_parts(source: str) -> Iterator[str]:
    is_translated = is_comment = False
    for token in Lexer(source).tokenize():
        tag = token.contents.split()[0] if token.token_type == TokenType.BLOCK else ""
        if tag.removeprefix("end") in {"blocktranslate", "blocktrans"}:
            is_translated = not tag.startswith("end")
        elif tag in {"comment", "endcomment"}:
            is_comment = tag == "comment"
        elif token.token_type == TokenType.TEXT and not is_translated and not is_comment:
            yield token.contents
        elif token.token_type == TokenType.VAR and FILTERED.search(
            TRANSLATED.sub("", token.contents)
        ):
            yield token.contents.replace('"', "").replace("'", "")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside.append(tag)
        given = dict(attrs)
        if tag == "meta" and given.get("name") in MACHINE_META:
            return
        self.found += [value for name, value in attrs if name in TEXT_ATTRIBUTES and value]
        if tag == "input" and given.get("type") in {"submit", "button"}:
            self.found.append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not HIDDEN_ELEMENTS & set(self._inside):
            self.found.append(data.strip())


def in_javascript(code: str) -> Iterator[str]:
    """String literals that look like sentences and are not arguments of gettext or ngettext."""
    wrapped = [call.span() for call in JAVASCRIPT_CALL.finditer(code)]
    for literal in LITERAL.finditer(code):
        if literal.lastgroup not in {"string", "template"}:
            continue
        is_wrapped = any(start <= literal.start() < end for start, end in wrapped)
        is_internal = INTERNAL.search(code, 0, literal.start())
        words = re.sub(r"\$\{[^{}]*\}", "", literal[0][1:-1])
        is_shown = SHOWN_PROPERTY.search(code, 0, literal.start()) and WORD.search(words)
        if not is_wrapped and not is_internal and (is_shown or SENTENCE.search(words)):
            yield words
