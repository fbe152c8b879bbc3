"""The beginning of a message as one line of plain text, without what spoilers hide."""

from html.parser import HTMLParser

from chat.models import Message
from chat.models.message import FILE_MARK, Kind

MAX_CHARACTERS = 300
HIDDEN = "▒▒▒"
BLOCKS = {"p", "li", "pre", "blockquote", "br", "tr", "td", "th", "hr", "h1", "h2", "h3"}
VOID = {"br", "hr", "img", "input", "wbr"}


def excerpt_of(message: Message) -> str:
    """As the page's own notifications have it."""
    text = text_of(message.html) if message.html else message.text
    if message.kind == Kind.ACTION:
        text = f"{message.author.name} {text}"
    files = (f"{FILE_MARK} {it['name']}" for it in message.files)
    return _cut(" ".join(" ".join([text, *files]).split()))


def text_of(html: str) -> str:
    """The text of our own, sanitised HTML."""
    text = _Text()
    text.feed(html)
    text.close()
    return "".join(text.pieces)


def _cut(line: str) -> str:
    return line if len(line) <= MAX_CHARACTERS else f"{line[: MAX_CHARACTERS - 1]}…"


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden = 0  # how many elements are open, from the spoiler on

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.pieces.append(" ")
        if tag in VOID:
            return
        if self._hidden:
            self._hidden += 1
        elif "spoiler" in (dict(attrs).get("class") or "").split():
            self._hidden = 1
            self.pieces.append(HIDDEN)

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and tag not in VOID:
            self._hidden -= 1
        if tag in BLOCKS:
            self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data)
