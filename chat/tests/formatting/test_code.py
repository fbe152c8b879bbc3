import random
import string

import pytest
from pygments.lexers import get_lexer_by_name

from chat.formatting import Rendered, render
from chat.formatting.code import LANGUAGE_ALIASES, Highlighter
from chat.tests.formatting.html import ParsedHTML

COMMON = """
    bash c c# c++ cpp cs csharp css dart diff docker dockerfile elixir go graphql haskell html ini
    java javascript js json jsx kotlin lua makefile markdown md nginx objc perl php powershell py
    python r rb rs ruby rust scala scss sh shell sql swift toml ts tsx typescript xml yaml yml zsh
""".split()


def test_fenced_code_is_highlighted() -> None:
    assert render('```python\nif x:\n    return "<"\n```').html == (
        '<pre tabindex="0"><code><span class="k">if</span> x:\n    '
        '<span class="k">return</span> <span class="s">"&lt;"</span></code></pre>'
    )


@pytest.mark.parametrize("fence", ["```", "~~~", "```text", "```plaintext", "```txt", "```vb.net"])
def test_code_without_a_known_language_is_not_highlighted(fence: str) -> None:
    typed = f"{fence}\nif <b>\n{fence[:3]}"
    assert render(typed).html == '<pre tabindex="0"><code>if &lt;b&gt;</code></pre>'


@pytest.mark.parametrize("typed", ["SELECT *", "nonsense", "py-thon", "&lt;", "python 3", "  a b"])
def test_what_follows_a_fence_and_is_no_language_is_the_first_line_of_the_code(typed: str) -> None:
    html = render(f"```{typed}\nFROM users;\n```").html
    assert ParsedHTML(html).text == f"{typed.strip()}\nFROM users;"


def test_an_unclosed_fence_ends_with_the_text() -> None:
    assert ParsedHTML(render("```\na\n\n*b*").html).text == "a\n\n*b*"


def test_a_fence_in_the_last_line_stays_text() -> None:
    assert render("```sorry, I meant this") == Rendered()


@pytest.mark.parametrize("name", COMMON)
def test_common_languages_are_highlighted(name: str) -> None:
    assert name in LANGUAGE_ALIASES


@pytest.mark.parametrize("language", sorted({get_lexer_by_name(n).name for n in COMMON}))
def test_highlighting_keeps_all_code_valid_or_not(language: str) -> None:
    rng = random.Random(language)
    name = next(name for name in COMMON if get_lexer_by_name(name).name == language)
    typed = "".join(rng.choices(string.printable + "<<\"'/*\n\n  ", k=400)).replace("\r", "")
    assert ParsedHTML(Highlighter().html(typed, name)).text == typed


def test_code_over_the_time_budget_stays_plain() -> None:
    assert Highlighter(seconds_left=0).html("if x: pass", "python") == "if x: pass"


def test_code_with_a_very_long_line_stays_plain() -> None:
    assert "<span" not in Highlighter().html(f"if x:\n{'a = ' * 300}", "ini")
