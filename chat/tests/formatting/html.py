"""Parses HTML for assertions: its elements and its text."""

from dataclasses import dataclass
from html.parser import HTMLParser

VOID = {"br"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]


class ParsedHTML(HTMLParser):
    """The elements and text of HTML. Asserts that every element is closed, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def find_all(self, tag: str) -> list[Element]:
        return [element for element in self.elements if element.tag == tag]
