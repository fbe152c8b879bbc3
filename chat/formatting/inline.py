"""The inline parser: markdown-it's, with emphasis between letters of scripts without spaces."""

import re
from unicodedata import category

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType

from chat.formatting.scripts import is_unspaced

INSIDE_OF_NAME = re.compile(r"\(|\.\w")  # "__init__.py", "__init__()"
QUOTES = "\"'"


class InlineState(StateInline):
    """The state of an inline text."""

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803
        """Scan marks of emphasis. A letter of an unspaced script beside them counts as a space.

        CommonMark takes the marks in `含**「重点」**内容` for text, because they stand between a
        letter and punctuation. The rule is that of the CommonMark CJK-friendly amendments: so
        does punctuation of these scripts inside of the marks. Between a letter and punctuation
        inside of them, `**` is strong in any script. After a digit, `*` multiplies.
        """
        found = super().scanDelims(start, canSplitWord)
        end = start + found.length
        last = self.src[start - 1] if start else " "
        next = self.src[end] if end < self.posMax else " "
        if not canSplitWord:
            is_in_name = INSIDE_OF_NAME.match(self.src, end, self.posMax) is not None
            return Scanned(found.can_open, found.can_close and not is_in_name, found.length)
        is_at_start = is_unspaced(last) or (is_unspaced(next) and not next.isalnum())
        is_at_end = is_unspaced(next) or (is_unspaced(last) and not last.isalnum())
        if found.length > 1:  # **"Word"**s, **Note:**text
            is_at_start |= last.isalnum() and (next in QUOTES or category(next) in {"Ps", "Pi"})
            is_at_end |= next.isalnum() and category(last) in {"Pe", "Pf", "Pi", "Po"}
        multiplies = found.length == 1 and last.isdigit() and not next.isspace()
        return Scanned(
            (found.can_open or (is_at_start and not next.isspace())) and not multiplies,
            found.can_close or (is_at_end and not last.isspace()),
            found.length,
        )


class InlineParser(ParserInline):
    """Parses with an InlineState."""

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = InlineState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens
