"""Markdown as typed, and the HTML that the room sees."""

import pytest

from chat.formatting import Rendered, render

RENDERED = {
    "emphasis": ("*a* _b_", "<p><em>a</em> <em>b</em></p>"),
    "strong": ("**a** __b__", "<p><strong>a</strong> <strong>b</strong></p>"),
    "strikethrough": ("~~a~~ b", "<p><s>a</s> b</p>"),
    "strong in emphasis": ("***a** b*", "<p><em><strong>a</strong> b</em></p>"),
    "code": ("`a *b* <i>`", "<p><code>a *b* &lt;i&gt;</code></p>"),
    "a quote": ("> *a*\n> b", "<blockquote><p><em>a</em><br>b</p></blockquote>"),
    "a line after a quote": ("> a\nno", "<blockquote><p>a</p></blockquote><p>no</p>"),
    "a quote of a quote": (
        "> > a\n> b",
        "<blockquote><blockquote><p>a</p></blockquote><p>b</p></blockquote>",
    ),
    "a list": ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
    "a list in a text": ("buy:\n- a\nnow", "<p>buy:</p><ul><li>a</li></ul><p>now</p>"),
    "a list in a list": ("- a\n  - b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
    "a loose list": ("- a\n\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
    "a numbered list": ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
    "an escape": (r"\*a\* \||b||", "<p>*a* ||b||</p>"),
    "lines": ("*a*\nb", "<p><em>a</em><br>b</p>"),
    "paragraphs": ("*a*\n\nb", "<p><em>a</em></p><p>b</p>"),
    "spaces": ("*a*  b", "<p><em>a</em>  b</p>"),
    "a heading": ("# *a*", "<p># <em>a</em></p>"),
    "a setext heading": ("*a*\n===", "<p><em>a</em><br>===</p>"),
    "a rule": ("*a*\n\n---", "<p><em>a</em></p><p>---</p>"),
    "indented code": ("    *a*", "<p><em>a</em></p>"),
    "HTML": ("<b>*a*</b>", "<p>&lt;b&gt;<em>a</em>&lt;/b&gt;</p>"),
    "an entity": ("*a* &amp; &#65;", "<p><em>a</em> &amp;amp; &amp;#65;</p>"),
    "a table": ("|*a*|b|\n|-|-|", "<p>|<em>a</em>|b|<br>|-|-|</p>"),
    "a reference link": ("[a]: *b*\n[a]", "<p>[a]: <em>b</em><br>[a]</p>"),
}


@pytest.mark.parametrize(("typed", "html"), RENDERED.values(), ids=RENDERED.keys())
def test_markdown_becomes_html(typed: str, html: str) -> None:
    assert render(typed).html == html


SPOILERS = {
    "one": ("||a||", '<p><span class="spoiler">a</span></p>'),
    "around emphasis": ("||a *b*||", '<p><span class="spoiler">a <em>b</em></span></p>'),
    "in strong text": ("**||a||**", '<p><strong><span class="spoiler">a</span></strong></p>'),
    "around code": ("||`a`||", '<p><span class="spoiler"><code>a</code></span></p>'),
    "over lines": ("||a\nb||", '<p><span class="spoiler">a<br>b</span></p>'),
    "in a quote": (
        "> ||a||",
        '<blockquote><p><span class="spoiler">a</span></p></blockquote>',
    ),
}


@pytest.mark.parametrize(("typed", "html"), SPOILERS.values(), ids=SPOILERS.keys())
def test_a_spoiler_is_marked_up(typed: str, html: str) -> None:
    assert render(typed).html == html


@pytest.mark.parametrize("typed", ["||a", "a||", "a || b || c", "||", "||||", "|||a|||", "|a|"])
def test_pipes_that_make_no_spoiler_stay_text(typed: str) -> None:
    assert render(typed) == Rendered()


@pytest.mark.parametrize(
    "typed",
    [
        "a",
        "a\nb",
        "a\n\n\nb",
        "  a\n    b",
        "2 * 3 * 4",
        "snake_case_name",
        "-",
        "+",
        "1986. A year",
    ],
)
def test_a_text_without_formatting_is_not_rendered(typed: str) -> None:
    assert render(typed) == Rendered()
