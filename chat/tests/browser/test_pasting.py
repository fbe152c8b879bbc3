"""What is pasted: HTML as Markdown where that says more than the text."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chat.formatting.code import is_language
from chat.tests.browser.modules import URL_PATH, call_function
from chat.tests.browser.room_page import message_texts, submit

VS_CODE = (
    "<meta charset='utf-8'><div style=\"color: #ccc;font-family: 'Courier New', monospace;"
    'font-weight: normal;font-size: 14px;white-space: pre;">%s</div>'
)
DOCS = '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1">%s</b>'
DOCS_P = '<p dir="ltr" style="line-height:1.38;margin-top:0pt;margin-bottom:0pt;">%s</p>'
DOCS_PLAIN = '<span style="font-size:11pt;font-weight:400;font-style:normal">%s</span>'
DOCS_BOLD = '<span style="font-size:11pt;font-weight:700;font-style:normal">%s</span>'
WORD = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p{margin:0}</style>'
    "</head><body lang=EN-US><!--StartFragment-->%s<!--EndFragment--></body></html>"
)
WORD_ITEM = (
    "<p class=MsoListParagraph style='text-indent:-.25in;mso-list:l0 level{level} lfo1'>"
    "<![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>{label}"
    "<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span></span><![endif]>"
    "{text}<o:p></o:p></p>"
)
CHROME = (
    '<meta charset="utf-8"><span style="color: rgb(0, 0, 0); font-family: Arial; font-weight: 400;'
    ' font-style: normal; white-space: normal;">%s</span>'
)
SLACK = '<meta charset="utf-8"><div class="p-rich_text_section">%s</div>'

# HTML, the text that came with it, and what is pasted; None is the text.
PASTED: dict[str, tuple[str, str, str | None]] = {
    # --- Web pages
    "a link": (
        'see <a href="https://a.org/b?c=d">the docs</a>.',
        "see the docs.",
        "see [the docs](https://a.org/b?c=d).",
    ),
    "an address": (
        '<a href="https://a.org/">https://a.org</a>',
        "https://a.org",
        "https://a.org/",
    ),
    "a link with brackets": (
        'a <a href="https://a.org/b_(c)">[1]</a>',
        "a [1]",
        "a [\\[1\\]](https://a.org/b_%28c%29)",
    ),
    "other links": (
        '<a href="/b">b</a> <a href="javascript:alert(1)">c</a> <a href="mailto:d@e.org">d</a>',
        "b c d",
        None,
    ),
    "bold, italics and strikethrough": (
        "a <b>b</b> <strong>c</strong> <i>d</i> <em>e</em> <s>f</s> <del>g</del>",
        "a b c d e f g",
        "a **b** **c** _d_ _e_ ~~f~~ ~~g~~",
    ),
    "marks beside spaces": ("a<b> b </b>c<i>d</i>", "a b cd", "a **b** c*d*"),
    "marks in marks": ("a <b>b <i>c</i></b> d", "a b c d", "a **b _c_** d"),
    "neighbours of one format": ("a <b>b</b><b>c</b>", "a bc", "a **bc**"),
    "inline code": (
        "run <code>a *b*</code> or <kbd>`c`</kbd>",
        "run a *b* or `c`",
        "run `a *b*` or `` `c` ``",
    ),
    "a list": ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "a\nb\nc", "- a\n- b\n  - c"),
    "a numbered list": ('<ol start="3"><li>a</li><li>b</li></ol>', "a\nb", "3. a\n4. b"),
    "a list without markers": (
        '<ul style="list-style-type: none"><li>a</li><li>b</li></ul>',
        "a\nb",
        None,
    ),
    "a list of tasks": (
        '<ul><li><input type="checkbox" checked> a</li><li><input type="checkbox"> b</li></ul>',
        "a\nb",
        "- [x] a\n- [ ] b",
    ),
    "a quote": (
        "<p>he said</p><blockquote><p>a</p><p>b</p></blockquote><p>c</p>",
        "he said\n\na\n\nb\n\nc",
        "he said\n\n> a\n> \n> b\n\nc",
    ),
    "a heading": ("<h2>A</h2><p>b</p>", "A\n\nb", "**A**\n\nb"),
    "a heading of another weight": (
        '<h2><span style="font-weight:400">A</span></h2><p>b</p>',
        "A\n\nb",
        "**A**\n\nb",
    ),
    "a block of code": (
        '<p>so</p><pre><code class="language-python">a\n  b\n</code></pre>',
        "so\n\na\n  b",
        "so\n\n```python\na\n  b\n```",
    ),
    "code on GitHub": (
        '<p>so</p><div class="highlight-source-shell"><pre>a <span>b</span>\nc</pre></div>',
        "so\na b\nc",
        "so\n\n```sh\na b\nc\n```",
    ),
    "nothing but code on GitHub": (
        '<div class="highlight-source-shell"><pre>a <span>b</span>\nc</pre></div>',
        "a b\nc",
        "```sh\na b\nc\n```",
    ),
    "code in an unknown language": (
        '<p>so</p><pre class="lang-nothing">a\nb</pre>',
        "so\na\nb",
        "so\n\n```\na\nb\n```",
    ),
    "code with a fence": ("a<pre>```\nb</pre>", "a\n```\nb", "a\n````\n```\nb\n````"),
    "a table": (
        "<table><tr><th>a</th><th>b</th></tr><tr><td>c|d</td><td><b>e</b></td></tr></table>",
        "a\tb\nc|d\te",
        "| a | b |\n| --- | --- |\n| c\\|d | **e** |",
    ),
    "a table with merged cells": (
        '<table><tr><td colspan="2">a</td></tr><tr><td>b</td><td>c</td></tr></table>',
        "a\nb\tc",
        None,
    ),
    "a table in a table": (
        "<table><tr><td>a</td><td><table><tr><td>b</td></tr></table></td></tr><tr><td>c<td>d</table>",
        "a b c d",
        None,
    ),
    "a layout by a table": ("<table><tr><td>a</td></tr><tr><td>b</td></tr></table>", "a\nb", None),
    "one cell": ("<table><tr><td>a</td></tr></table>", "a", None),
    "nothing but a font": (CHROME % "a &nbsp;b", "a  b", None),
    "all of it bold": ('<h1 style="font-weight: 700">Only a title</h1>', "Only a title", None),
    "all of it monospaced": (
        '<div style="font-family: monospace"><p>a</p><p>b</p></div>',
        "a\n\nb",
        None,
    ),
    "part of a page": (
        CHROME % 'a <strong style="font-weight: 600">b</strong>',
        "a b",
        "a **b**",
    ),
    "what is not shown": (
        '<style>a{}</style>a <span style="display: none">x</span><b>b</b><script>1</script>',
        "a b",
        "a **b**",
    ),
    "a picture": ('<b>a</b> b <img src="x" alt="A long description">', "a b", "**a** b"),
    "lines": ("<div>a</div><div><b>b</b></div>c<br>d", "a\nb\nc\nd", "a\n**b**\nc\nd"),
    "line breaks of the source": ("a\n  b\n <b>c</b>", "a b c", "a b **c**"),
    "HTML that lacks a word of the text": ("<b>a</b>", "a and more", None),
    "a spoiler of ours": (
        'a <span class="spoiler is-open">b</span>',
        "a b",
        "a ||b||",
    ),
    "messages of ours": (
        '<div class="message-head">Ada 10:08</div><div><b>a</b> b</div>',
        "Ada 10:08\na b",
        None,
    ),
    "broken HTML": ("<b>a<i>b</b>c", "abc", "**a*b***_c_"),
    # --- Editors and terminals
    "one line of an editor": (VS_CODE % "<div><span>const</span> a</div>", "const a", None),
    "lines of an editor": (
        VS_CODE % "<div><span>def</span> a():</div><div>    pass</div>",
        "def a():\n    pass",
        "```\ndef a():\n    pass\n```",
    ),
    "lines of a terminal": (
        "<DIV STYLE=\"white-space:pre;font-family:'Cascadia Mono',monospace\">$ ls<BR>a  b</DIV>",
        "$ ls\r\na  b",
        "```\n$ ls\na  b\n```",
    ),
    "lines of JetBrains": (
        "<html><body><pre style=\"font-family:'JetBrains Mono'\">a<br>b</pre></body></html>",
        "a\nb",
        "```\na\nb\n```",
    ),
    # --- Documents
    "a document without formatting": (
        DOCS % (DOCS_P % (DOCS_PLAIN % "a") + DOCS_P % (DOCS_PLAIN % "b")),
        "a\nb",
        None,
    ),
    "a document with bold": (
        DOCS % (DOCS_P % (DOCS_PLAIN % "a " + DOCS_BOLD % "b") + DOCS_P % (DOCS_PLAIN % "c")),
        "a b\nc",
        "a **b**\nc",
    ),
    "a list of a document": (
        DOCS % f"<ul><li>{DOCS_P % (DOCS_PLAIN % 'a')}</li><ul><li>b</li></ul></ul>",
        "a\nb",
        "- a\n   - b",
    ),
    "a sheet": (
        "<google-sheets-html-origin><style>td{}</style><table><tr><td>a<td>1<tr><td>b<td></table>",
        "a\t1\nb\t",
        "| a | 1 |\n| --- | --- |\n| b |  |",
    ),
    "Word without formatting": (
        WORD % "<p class=MsoNormal>a<o:p></o:p></p><p class=MsoNormal>b<o:p>&nbsp;</o:p></p>",
        "a\r\nb\r\n",
        None,
    ),
    "Word with bold": (WORD % "<p class=MsoNormal><b>a</b>\n b<o:p></o:p></p>", "a b", "**a** b"),
    "bullets of Word": (
        WORD
        % (
            WORD_ITEM.format(level=1, label="·", text="a")
            + WORD_ITEM.format(level=2, label="o", text="<i>b</i> c")
        ),
        "·\ta\r\no\tb c",
        "- a\n   - _b_ c",
    ),
    "numbers of Word": (
        WORD
        % (
            WORD_ITEM.format(level=1, label="1.", text="a")
            + WORD_ITEM.format(level=1, label="2.", text="<b>b</b> c")
        ),
        "1.\ta\r\n2.\tb c",
        "1. a\n2. **b** c",
    ),
    # --- Chats
    "Slack": (
        SLACK % 'a <b data-stringify-type="bold">b</b> <code class="c-mrkdwn__code">c</code>'
        ' <img alt=":tada:" data-stringify-emoji=":tada:">',
        "a b c :tada:",
        "a **b** `c` :tada:",
    ),
    "an emoji that is a picture": ('a <img alt="🎉"> <b>b</b>', "a 🎉 b", "a 🎉 **b**"),
}


def pasted(page: Page, html: str, text: str, editor: str = "") -> Any:
    clipboard = {"html": html, "text": text, "editor": editor}
    found = call_function(page, "pasting/pasted_markdown.js", "pastedMarkdown", clipboard)
    return found and found["markdown"]


@pytest.mark.parametrize(("html", "text", "markdown"), PASTED.values(), ids=PASTED.keys())
def test_html_is_pasted_as_markdown_where_it_says_more_than_the_text(
    modules_page: Page, html: str, text: str, markdown: str | None
) -> None:
    assert pasted(modules_page, html, text) == markdown


@pytest.mark.parametrize(
    ("mode", "markdown"),
    [
        ("python", "```python\na\nb\n```"),
        ("typescriptreact", "```tsx\na\nb\n```"),
        ("shellscript", "```sh\na\nb\n```"),
        ("nothing-we-know", "```\na\nb\n```"),
        ("markdown", None),
        ("plaintext", None),
    ],
)
def test_an_editor_says_the_language_of_its_code(
    modules_page: Page, mode: str, markdown: str | None
) -> None:
    html = VS_CODE % "<div>a</div><div>b</div>"
    assert pasted(modules_page, html, "a\nb", json.dumps({"mode": mode})) == markdown


HOSTILE = {
    "deep formats": "<b><i>" * 40_000 + "a</i> b",
    "many deep formats": "<b><i>" * 2_400 + "a</i> b",
    "deep lists": "<ul><li>a" * 2_400,
    "many tags": "<i>a</i> b" * 30_000,
    "open tags": "<" * 100_000,
    "open styles": "<style>" * 20_000,
    "open comments": "<!--" * 30_000,
    "long tags": "<a " * 60_000,
    "a level that is no level": "<p style='mso-list:l0 level20000000'><b>x</b> y</p>",
    "level 0": "<p style='mso-list:l0 level0'><b>x</b> y</p>",
    "lists beside items": "<ul>" * 200 + "<li>a</li>" * 400,
    "huge numbers": "<ol>" + "<li value='1e308'>a</li>" * 1_000,
    "empty lines": "<b>a</b>" + "<br>" * 4_900 + "b",
    "tags that are not closed": "<b>a</b>" + "<a" * 4_990,
    "many lines": "<b>a</b>" + "<div>b</div>" * 1_000,
}
PLAIN = {None, "_a_ b", "- **x** y", "**x** y", "**a**\n\nb"}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_would_take_long_to_read_is_pasted_as_the_text(modules_page: Page, html: str) -> None:
    assert pasted(modules_page, html, "a b") in PLAIN


def test_a_text_that_is_too_long_for_a_message_is_pasted_as_it_is(modules_page: Page) -> None:
    assert pasted(modules_page, "<b>a</b> " + "b" * 8_000, "a " + "b" * 8_000) is None


def test_each_language_of_pasted_code_is_one_that_the_server_knows(modules_page: Page) -> None:
    script = f"import('{URL_PATH}/pasting/code_languages.js').then((it) => [...it.LANGUAGES])"
    languages = modules_page.evaluate(script)
    assert len(languages) > 30
    assert [it for it in languages if not is_language(it)] == []


# --- In the composer ----------------------------------------------------------------------------

COPY = """([html, text]) => navigator.clipboard.write([new ClipboardItem({
  "text/html": new Blob([html], { type: "text/html" }),
  "text/plain": new Blob([text], { type: "text/plain" }),
})])"""


def copy(page: Page, html: str, text: str) -> None:
    page.evaluate(COPY, [html, text])
    expect(page.locator(".picker-group").first).to_be_attached()  # the scripts are loaded


def test_a_copied_list_is_pasted_on_its_own_line_and_undone_with_one_key(alice: Page) -> None:
    field = alice.locator("#chat-message-input")
    field.press_sequentially("buy: now")
    for _ in range(4):
        field.press("ArrowLeft")
    copy(alice, "<ul><li><b>tea</b> bags</li><li>milk</li></ul>", "tea bags\nmilk")
    field.press("Control+v")
    expect(field).to_have_value("buy:\n- **tea** bags\n- milk\n now")
    field.press("Control+z")
    expect(field).to_have_value("buy: now")
    field.press("Control+Shift+v")
    expect(field).to_have_value("buy:tea bags\nmilk now")


@pytest.mark.parametrize("typed", ["```\n", "so `"])
def test_what_is_pasted_into_code_stays_a_text(alice: Page, typed: str) -> None:
    field = alice.locator("#chat-message-input")
    field.fill(typed)
    copy(alice, "<b>tea</b> bags", "tea bags")
    field.press("Control+v")
    expect(field).to_have_value(f"{typed}tea bags")


def test_a_copied_link_over_a_selection_links_the_selection(alice: Page) -> None:
    field = alice.locator("#chat-message-input")
    field.fill("here")
    field.select_text()
    copy(alice, '<a href="https://a.org/">A page</a>', "https://a.org/")
    field.press("Control+v")
    expect(field).to_have_value("[here](https://a.org/)")


def test_a_copied_text_that_is_sent_looks_like_its_source(alice: Page) -> None:
    field = alice.locator("#chat-message-input")
    copy(alice, 'a <a href="https://a.org/b">b</a> and <b>c</b>', "a b and c")
    field.press("Control+v")
    submit(alice)
    expect(alice.locator(".message-text a")).to_have_attribute("href", "https://a.org/b")
    assert message_texts(alice) == ["a b and c"]
