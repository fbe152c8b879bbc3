"""Highlights fenced code with Pygments: spans with Pygments' CSS classes, no inline styles."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html import escape
from itertools import groupby

from pygments.lexers import get_all_lexers, get_lexer_by_name
from pygments.token import Comment, Generic, Keyword, Name, Number, Operator, String, _TokenType

from chat.formatting.budget import CODE_BLOCK_STEPS, CODE_TOKEN_STEPS, Budget, TooCostly

LANGUAGES = frozenset(
    "Bash,C,C#,C++,CSS,Dart,Diff,Docker,Elixir,Go,GraphQL,HTML,Haskell,INI,JSON,JSX,Java,JavaScript,"
    "Kotlin,Lua,Makefile,Markdown,Nginx configuration file,Objective-C,PHP,Perl,PowerShell,Python,"
    "Ruby,Rust,S,SCSS,SQL,Scala,Swift,TOML,TSX,TypeScript,XML,YAML".split(",")
)
LANGUAGE_ALIASES = {
    alias
    for language, aliases, _, _ in get_all_lexers(plugins=False)
    if language in LANGUAGES
    for alias in aliases
}
OTHER_ALIASES = {  # of languages that are not highlighted: names, and endings of files
    alias
    for _, aliases, patterns, _ in get_all_lexers(plugins=False)
    for alias in [*aliases, *(it.removeprefix("*.").lower() for it in patterns)]
} | {"console", "mermaid", "plain", "plaintext"}
CSS_CLASSES: dict[_TokenType, str] = {
    Comment: "c",
    Comment.Preproc: "cp",
    Comment.PreprocFile: "s",
    Generic.Deleted: "gd",
    Generic.Inserted: "gi",
    Generic.Heading: "gh",
    Generic.Subheading: "gh",
    Keyword: "k",
    Name.Attribute: "na",
    Name.Builtin: "nb",
    Name.Class: "nc",
    Name.Decorator: "nd",
    Name.Function: "nf",
    Name.Tag: "nt",
    Number: "m",
    Operator.Word: "k",
    String: "s",
}  # the subset of Pygments' classes that the style sheet colours

LINE_MAX_CHARACTERS = 1_000  # on longer lines, one token can take some lexers minutes
BUDGET_SECONDS = 0.008  # CPU time for all code of a text: some lexers take milliseconds for a token


def is_language(word: str) -> bool:
    """Whether `word` names a language, highlighted here or not."""
    return word.lower() in LANGUAGE_ALIASES | OTHER_ALIASES


@dataclass
class Highlighter:
    """Highlights the code blocks of one text within its budget; the rest stays plain."""

    budget: Budget = field(default_factory=Budget)
    seconds_left: float = BUDGET_SECONDS

    def html(self, code: str, language: str) -> str:
        """`code` as HTML; `language` is the fence's info string."""
        if language not in LANGUAGE_ALIASES or _has_long_line(code):
            return _plain(code)
        try:
            tokens = list(self._tokens(code, language))
        except TooCostly:
            return _plain(code)
        is_complete = "".join(text for _, text in tokens) == code  # some lexers drop invalid code
        return _highlighted(tokens) if is_complete else _plain(code)

    def _tokens(self, code: str, language: str) -> Iterator[tuple[_TokenType, str]]:
        """The lexer's tokens of `code`. Raises TooCostly."""
        self.budget.spend(CODE_BLOCK_STEPS)
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False, handlecodeblocks=False)
        started = time.thread_time()
        seconds = min(self.seconds_left, BUDGET_SECONDS * self.budget.share_left)
        for token in lexer.get_tokens(code):
            self.budget.spend(CODE_TOKEN_STEPS)
            self.seconds_left = seconds - (time.thread_time() - started)
            if self.seconds_left < 0:
                raise TooCostly
            yield token


def _has_long_line(code: str) -> bool:
    return any(len(line) > LINE_MAX_CHARACTERS for line in code.split("\n"))


def _plain(code: str) -> str:
    return escape(code, quote=False)


def _highlighted(tokens: list[tuple[_TokenType, str]]) -> str:
    runs = groupby(tokens, key=lambda token: _css_class(token[0]))
    return "".join(_span(css_class, "".join(text for _, text in run)) for css_class, run in runs)


def _span(css_class: str, code: str) -> str:
    return f'<span class="{css_class}">{_plain(code)}</span>' if css_class else _plain(code)


@cache
def _css_class(token: _TokenType) -> str:
    for kind in reversed(token.split()):
        if kind in CSS_CLASSES:
            return CSS_CLASSES[kind]
    return ""
