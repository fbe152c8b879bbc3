"""The Markdown parser: the part of CommonMark that suits chat, plus mentions and spoilers.

Headings, rules, indented code, references, entities and HTML stay as typed. A picture is a link.
A line break breaks the line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from uuid import UUID

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict, PresetType

from chat.formatting import (
    autolinks,
    blocks,
    budget,
    escapes,
    link_texts,
    links,
    mentions,
    shortcodes,
    spoilers,
)
from chat.formatting.code import Highlighter
from chat.formatting.inline import InlineParser
from chat.formatting.tokens import DEPTH_MAX

PRESET: PresetType = {
    "options": {
        "maxNesting": DEPTH_MAX + 2,  # the parser drops deeper elements; nest_too_deep finds out
        "html": False,
        "linkify": True,
        "typographer": False,
        "quotes": "",
        "xhtmlOut": False,
        "breaks": True,
        "langPrefix": "",
        "highlight": None,
    },
    "components": {
        "core": {"rules": ["normalize", "block", "inline", "linkify", "text_join"]},
        "block": {"rules": ["table", "fence", "blockquote", "list", "paragraph"]},
        "inline": {
            "rules": "text newline escape backticks strikethrough emphasis link autolink".split(),
            "rules2": "balance_pairs strikethrough emphasis fragments_join".split(),
        },
    },
}


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed text: its block and inline tokens as one list, in reading order."""

    tokens: list[Token]
    env: EnvType

    def html(self) -> str:
        """Unsanitized HTML, without whitespace between elements: `pre-wrap` would show it."""
        return _renderer.render(self.tokens, _markdown.options, self.env)


def parse(
    text: str, people: Mapping[str, Sequence[UUID]], counts: Mapping[str, int] = {}
) -> Document:
    """Parse `text`. Raises TooCostly.

    `people` maps the `name_key` of members to their uids, `counts` to how many there are.
    """
    work = budget.Budget()
    env: dict[str, Any] = {
        "mentions": mentions.MentionLookup(people, counts),
        "budget": work,
        "highlighter": Highlighter(work),
        "autolinks": autolinks.are_few(text),
        "bracket_links": links.are_few(text),
        "emphasis_marks": {},  # of each inline text, once a backslash needs them
        "urls_without_scheme": {},  # of each inline text, once a mark needs them
    }
    blocks = _markdown.parse(text, env)
    return Document([token for block in blocks for token in block.children or [block]], env)


class Renderer(RendererHTML):
    """Writes no line breaks between elements: `white-space: pre-wrap` would show them."""

    def renderToken(  # noqa: N802
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        token = tokens[idx]
        if token.hidden:  # the paragraph of a tight list
            return ""
        return f"<{'/' if token.nesting < 0 else ''}{token.tag}{self.renderAttrs(token)}>"

    def softbreak(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return "<br>"

    hardbreak = softbreak

    def emoji(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return tokens[idx].content

    def mention(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"{self.renderToken(tokens, idx, options, env)}{escape(tokens[idx].content)}</span>"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        if tokens[idx].meta.get(spoilers.HIDDEN):
            code = escape(tokens[idx].content.removesuffix("\n"), quote=False)
            return f'<p><span class="spoiler"><code>{code}</code></span></p>'
        language, *_ = [*tokens[idx].info.lower().split(), ""]
        code = env["highlighter"].html(tokens[idx].content.removesuffix("\n"), language)
        return f"<pre><code>{code}</code></pre>"


class ChatMarkdown(MarkdownIt):
    """Checks URLs with `links`, and shows URLs as typed."""

    def __init__(self, config: PresetType) -> None:
        super().__init__(config)
        self.inline = InlineParser()
        self.configure(config)  # again: its rules belong to the inline parser

    def validateLink(self, url: str) -> bool:  # noqa: N802
        return links.is_linkable(url)

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return super().normalizeLink(links.with_scheme(url))

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link


_renderer = Renderer()
_markdown = ChatMarkdown(PRESET)
for part in (blocks, escapes, links, mentions, shortcodes, spoilers, link_texts, budget):
    part.install(_markdown)
