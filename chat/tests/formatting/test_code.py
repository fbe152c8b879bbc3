import random
import string

import pytest
from pygments.lexers import get_lexer_by_name

from chat.formatting import Rendered, render
from chat.formatting.code import FENCE_NAMES, Highlighter
from chat.tests.formatting.page import Page

USUAL = """
    bash c c# c++ cpp cs csharp css dart diff docker dockerfile elixir go graphql haskell html ini
    java javascript js json jsx kotlin lua makefile markdown md nginx objc perl php powershell py
    python r rb rs ruby rust scala scss sh shell sql swift toml ts tsx typescript xml yaml yml zsh
""".split()


def test_code_has_colours() -> None:
    assert render('```python\nif x:\n    return "<"\n```').html == (
        '<pre tabindex="0"><code><span class="k">if</span> x:\n    '
        '<span class="k">return</span> <span class="s">"&lt;"</span></code></pre>'
    )


@pytest.mark.parametrize("fence", ["```", "~~~", "```nonsense", "```text", "```py-thon", "```&lt;"])
def test_code_of_no_language_stays_plain(fence: str) -> None:
    typed = f"{fence}\nif <b>\n{fence[:3]}"
    assert render(typed).html == '<pre tabindex="0"><code>if &lt;b&gt;</code></pre>'


def test_a_fence_that_nobody_closed_ends_with_the_text() -> None:
    assert Page(render("```\na\n\n*b*").html).text == "a\n\n*b*"


def test_a_fence_with_nothing_below_stays_text() -> None:
    assert render("```sorry, I meant this") == Rendered()


@pytest.mark.parametrize("name", USUAL)
def test_usual_languages_are_known(name: str) -> None:
    assert name in FENCE_NAMES


@pytest.mark.parametrize("language", sorted({get_lexer_by_name(n).name for n in USUAL}))
def test_whatever_code_is_like_it_is_shown_whole(language: str) -> None:
    dice = random.Random(language)
    name = next(name for name in USUAL if get_lexer_by_name(name).name == language)
    typed = "".join(dice.choices(string.printable + "<<\"'/*\n\n  ", k=400)).replace("\r", "")
    assert Page(Highlighter().html(typed, name)).text == typed


def test_code_that_takes_too_long_stays_plain() -> None:
    assert Highlighter(seconds_left=0).html("if x: pass", "python") == "if x: pass"


def test_code_with_an_endless_line_stays_plain() -> None:
    assert "<span" not in Highlighter().html(f"if x:\n{'a = ' * 300}", "ini")
