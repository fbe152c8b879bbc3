"""Markdown as typed, and the HTML that the room sees."""

import html
import re

import pytest

from chat.formatting import Rendered, render
from chat.tests.formatting.html import ParsedHTML

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
    "numbers as typed": (
        "1. a\n3. b\n3. c\n4. d",
        '<ol><li>a</li><li value="3">b</li><li value="3">c</li><li>d</li></ol>',
    ),
    "numbers in a list of numbers": (
        "2. a\n   1. b\n   7. c\n4. d",
        '<ol start="2"><li>a<ol><li>b</li><li value="7">c</li></ol></li><li value="4">d</li></ol>',
    ),
    "a quote without text in a line": (
        "> a\n>\n> *b*",
        "<blockquote><p>a</p><p><em>b</em></p></blockquote>",
    ),
    "lines": ("*a*\nb", "<p><em>a</em><br>b</p>"),
    "paragraphs": ("*a*\n\nb", "<p><em>a</em></p><p>b</p>"),
    "spaces": ("*a*  b", "<p><em>a</em>  b</p>"),
    "a heading": ("# *a*", "<p># <em>a</em></p>"),
    "a setext heading": ("*a*\n===", "<p><em>a</em><br>===</p>"),
    "a rule": ("*a*\n\n---", "<p><em>a</em></p><p>---</p>"),
    "indented code": ("    *a*", "<p><em>a</em></p>"),
    "HTML": ("<b>*a*</b>", "<p>&lt;b&gt;<em>a</em>&lt;/b&gt;</p>"),
    "an entity": ("*a* &amp; &#65;", "<p><em>a</em> &amp;amp; &amp;#65;</p>"),
    "a table": (
        "|*a*|b|\n|-|-:|\n|c|d|\ne",
        (
            '<table tabindex="0"><thead><tr><th><em>a</em></th><th class="end">b</th></tr></thead>'
            '<tbody><tr><td>c</td><td class="end">d</td></tr></tbody></table><p>e</p>'
        ),
    ),
    "pipes that are no table": ("a | b *c*\nd | e", "<p>a | b <em>c</em><br>d | e</p>"),
    "a reference link": ("[a]: *b*\n[a]", "<p>[a]: <em>b</em><br>[a]</p>"),
}


@pytest.mark.parametrize(("typed", "html"), RENDERED.values(), ids=RENDERED.keys())
def test_markdown_becomes_html(typed: str, html: str) -> None:
    assert render(typed).html == html


CJK = {
    "a colon inside, a Latin word after": ("**注意：**ABC", "<p><strong>注意：</strong>ABC</p>"),
    "marks between Latin words": ("Use**「A」**now", "<p>Use<strong>「A」</strong>now</p>"),
    "a colon inside": ("**文字：**后续", "<p><strong>文字：</strong>后续</p>"),
    "brackets": ("含**「重点」**内容", "<p>含<strong>「重点」</strong>内容</p>"),
    "quotation marks": ('한국어**"굵게"**는', '<p>한국어<strong>"굵게"</strong>는</p>'),
    "strikethrough": ("は~~「a」~~です", "<p>は<s>「a」</s>です</p>"),
    "emphasis": ("これは*「a」*です", "<p>これは<em>「a」</em>です</p>"),
    "letters": ("这**是**的", "<p>这<strong>是</strong>的</p>"),
    "a mark after a space": ("这 ** 是**的", None),
    "Thai": ("สวัสดี**ครับ**ผม", "<p>สวัสดี<strong>ครับ</strong>ผม</p>"),
    "Thai in quotation marks": ('สวัสดี**"ครับ"**ผม', '<p>สวัสดี<strong>"ครับ"</strong>ผม</p>'),
    "Thai in emphasis": ("กข*“ก”*ขค", "<p>กข<em>“ก”</em>ขค</p>"),
    "Lao": ("ສະບາຍດີ**(ເຈົ້າ)**ຂ້ອຍ", "<p>ສະບາຍດີ<strong>(ເຈົ້າ)</strong>ຂ້ອຍ</p>"),
    "Khmer": ("សួស្តី**បង។**ខ្ញុំ", "<p>សួស្តី<strong>បង។</strong>ខ្ញុំ</p>"),
    "Burmese": ("မင်္ဂလာ**ပါ။**ရှင်", "<p>မင်္ဂလာ<strong>ပါ။</strong>ရှင်</p>"),
    "Tibetan": ("བཀྲ་**ཤིས་**བདེ", "<p>བཀྲ་<strong>ཤིས་</strong>བདེ</p>"),
}


@pytest.mark.parametrize(("typed", "html"), CJK.values(), ids=CJK.keys())
def test_emphasis_needs_no_spaces_where_a_script_has_none(typed: str, html: str | None) -> None:
    assert render(typed).html == (html or "")


INNER_PUNCTUATION = {
    "quotation marks": (
        '**"a"**s b**"c"**d',
        '<p><strong>"a"</strong>s b<strong>"c"</strong>d</p>',
    ),
    "a colon": ("**Note:**text", "<p><strong>Note:</strong>text</p>"),
    "German quotation marks": ("**„Wort“**s", "<p><strong>„Wort“</strong>s</p>"),
    "brackets": ("a**(b)**", "<p>a<strong>(b)</strong></p>"),
    "powers": ("x**-1 + y**-2, 10**-3 + 10**-6", ""),
    "arguments": ("f(*a, **k) g(*b, **l)", ""),
}


@pytest.mark.parametrize(
    ("typed", "html"), INNER_PUNCTUATION.values(), ids=INNER_PUNCTUATION.keys()
)
def test_strong_text_may_begin_and_end_with_punctuation_inside_a_word(
    typed: str, html: str
) -> None:
    assert render(typed).html == html


@pytest.mark.parametrize("typed", ["__init__.py", "__init__(self)", "_a_.txt"])
def test_underscores_in_the_name_of_a_file_or_function_are_text(typed: str) -> None:
    assert render(typed) == Rendered()


ESCAPES = {
    "a star": (r"\*a* *b*", "*a* <em>b</em>"),
    "both stars": (r"\*a\* *b*", "*a* <em>b</em>"),
    "stars in a word": (r"2\*3\*4 *b*", "2*3*4 <em>b</em>"),
    "underscores": (r"(\_a\_) *b*", "(_a_) <em>b</em>"),
    "a code mark": (r"\`a` *b*", "`a` <em>b</em>"),
    "pipes": (r"\|\|a|| *b*", "||a|| <em>b</em>"),
    "tildes": (r"\~~a~~ *b*", "~~a~~ <em>b</em>"),
    "a list mark": (r"\- a *b*", "- a <em>b</em>"),
    "a number": (r"1\. a *b*", "1. a <em>b</em>"),
    "a heading mark": (r"\# a *b*", "# a <em>b</em>"),
    "a mention": (r"\@room *b*", "@room <em>b</em>"),
    "a wide mention sign": (r"\＠room *b*", "＠room <em>b</em>"),
    "a shortcode": (r"\:tada: *b*", ":tada: <em>b</em>"),
    "strong marks": (r"\*\*a\*\* *b*", "**a** <em>b</em>"),
    "stars around quotes": (r'\*"a"\* *b*', '*"a"* <em>b</em>'),
    "a star of a footnote": (r"only here\* *b*", "only here* <em>b</em>"),
    "underscores in Thai": (r"\_ดี\_ *b*", "_ดี_ <em>b</em>"),
    "an arm that is escaped": (r"¯\\\_(ツ)\_/¯ *b*", r"¯\_(ツ)_/¯ <em>b</em>"),
    "a backslash before a mark": (r"\\*a* *b*", r"\<em>a</em> <em>b</em>"),
}


@pytest.mark.parametrize(("typed", "html"), ESCAPES.values(), ids=ESCAPES.keys())
def test_a_backslash_takes_the_meaning_of_the_mark_after_it(typed: str, html: str) -> None:
    assert render(typed).html == f"<p>{html}</p>"


@pytest.mark.parametrize(
    "typed",
    [
        r"¯\_(ツ)_/¯",
        r"well ¯\_(ツ)_/¯",
        r"C:\Users\me\_old" + "\\",
        r"\\server\share",
        r"\(^o^)/",
        r"\o/",
        r"snake\_case",
        r"(\_/)",
        r"(\_/) (\_/)",
        r"( \_/ )",
        r"\_(ツ)_/",
        r"¯\_ツ_/¯",
        r"-\_- >\_<",
        r"a \< b > d",
        r"C:\new\_folder",
        r"C:\_a and D:\_b",
        r".\_build\_static",
        r"..\*a* .\@types\node",
        r"%APPDATA%\_a_",
        r"src\new\*a*",
        r"\\nas\_old\_a",
        r"\d\*\w\*",
        r"\_init",
        r"\:nothing: 1\:2",
        "a \\` b",
        r"\#tag",
        r"a\|b",
        r"a \* b",
        r"x\.y",
        "a\\\nb",
    ],
)
def test_a_backslash_that_takes_no_meaning_stays(typed: str) -> None:
    html = render(f"{typed} *c*").html
    assert ParsedHTML(html.replace("<br>", "\n")).text == f"{typed} c"


SPOILERS = {
    "one": ("||a||", '<p><span class="spoiler">a</span></p>'),
    "around emphasis": ("||a *b*||", '<p><span class="spoiler">a <em>b</em></span></p>'),
    "in strong text": ("**||a||**", '<p><strong><span class="spoiler">a</span></strong></p>'),
    "around code": ("||`a`||", '<p><span class="spoiler"><code>a</code></span></p>'),
    "over lines": ("||a\nb||", '<p><span class="spoiler">a<br>b</span></p>'),
    "between letters of a script without spaces": (
        "犯人は||ヤス。||です",
        '<p>犯人は<span class="spoiler">ヤス。</span>です</p>',
    ),
    "with spaces inside": ("|| a ||", '<p><span class="spoiler"> a </span></p>'),
    "between words": ("a || b || c", '<p>a <span class="spoiler"> b </span> c</p>'),
    "before a letter": ("||a!||b", '<p><span class="spoiler">a!</span>b</p>'),
    "across emphasis": ("*a ||b* c||", '<p>*a <span class="spoiler">b* c</span></p>'),
    "around a mark in code": ("||`||`||", '<p><span class="spoiler"><code>||</code></span></p>'),
    "around an escaped mark": (r"||a\|| b||", '<p><span class="spoiler">a|| b</span></p>'),
    "two": ("||a|| ||b", '<p><span class="spoiler">a</span> ||b</p>'),
    "in a quote": (
        "> ||a||",
        '<blockquote><p><span class="spoiler">a</span></p></blockquote>',
    ),
    "three bars": ("|||a|||", '<p><span class="spoiler">|a</span>|</p>'),
    "four bars": ("||||a||||", '<p><span class="spoiler">||a</span>||</p>'),
    "paragraphs": (
        "||a\n\nb||",
        '<p><span class="spoiler">a</span></p><p><span class="spoiler">b</span></p>',
    ),
    "between marks in paragraphs of their own": (
        "||\n\na\n\n||\n\nb",
        '<p>||</p><p><span class="spoiler">a</span></p><p>||</p><p>b</p>',
    ),
    "around fenced code": (
        "||a\n```py\nif b:\n```\n||\n```\nc\n```",
        (
            '<p><span class="spoiler">a</span></p>'
            '<p><span class="spoiler"><code>if b:</code></span></p>'
            '<p>||</p><pre tabindex="0"><code>c</code></pre>'
        ),
    ),
    "items": (
        "- ||a\n- b||",
        '<ul><li><span class="spoiler">a</span></li><li><span class="spoiler">b</span></li></ul>',
    ),
}


@pytest.mark.parametrize(("typed", "html"), SPOILERS.values(), ids=SPOILERS.keys())
def test_a_spoiler_is_marked_up(typed: str, html: str) -> None:
    assert render(typed).html == html


@pytest.mark.parametrize("typed", ["||a", "a||", "||", "||||", "|a|"])
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
        ">_<",
        ">:(",
        ">18",
        "a\n>.<",
        "* * *",
        "- - -",
        "+ +",
    ],
)
def test_a_text_without_formatting_is_not_rendered(typed: str) -> None:
    assert render(typed) == Rendered()


@pytest.mark.parametrize(
    "typed",
    [
        ">",
        "> ",
        ">\n>",
        "[x]()",
        "[x]( <> )",
        "| a | b |\n|---|---|\n| 1 | 2 | lost |",
        "a\n|-\n`x|y`",
    ],
)
def test_nothing_that_was_typed_disappears(typed: str) -> None:
    shown = render(typed).html or html.escape(typed)
    words = re.findall(r"[\w>|\[\]()]+", typed)
    text = html.unescape(re.sub("<[^>]+>", " ", shown))
    assert all(word in text for word in words)


def test_a_fence_without_code_stays_text() -> None:
    assert "go" in render("```go\n```").html
    assert "<pre" not in render("```\n\n```").html


@pytest.mark.parametrize("typed", ["2*3*4=24", "5*x + 3*y", "10*10*10"])
def test_a_star_after_a_digit_multiplies(typed: str) -> None:
    assert render(typed) == Rendered()
