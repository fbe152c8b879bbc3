import pytest

from chat.formatting import render
from chat.tests.formatting.html import ParsedHTML

LINKS = {
    "a link": ("[a](https://b.example/c)", "https://b.example/c", "a"),
    "a link with formatting": ("[*a* b](http://c.d)", "http://c.d", "a b"),
    "a link to e-mail": ("[a](mailto:b@c.de)", "mailto:b@c.de", "a"),
    "a link with a title": ("[a](http://b.c 'd')", "http://b.c", "a"),
    "a picture": ("![a](http://b.c/d.png)", "http://b.c/d.png", "a"),
    "a URL": ("https://a.example/b?c=d#e", "https://a.example/b?c=d#e", None),
    "a URL without a scheme": ("www.a.com", "http://www.a.com", None),
    "a domain": ("a.com/b_c_d", "http://a.com/b_c_d", None),
    "an e-mail address": ("alice@a.com", "mailto:alice@a.com", None),
    "a URL in angle brackets": ("<https://a.com>", "https://a.com", "https://a.com"),
    "a URL with formatting marks": (
        "https://a.com/*b*/c_d_",
        "https://a.com/*b*/c_d",
        "https://a.com/*b*/c_d",
    ),
    "an internationalized domain": (
        "https://bücher.example",
        "https://xn--bcher-kva.example",
        None,
    ),
    "a percent-encoded URL": ("https://a.com/%E2%80%AE", "https://a.com/%E2%80%AE", None),
    "a domain that looks like a file": ("https://docs.rs", "https://docs.rs", None),
    "an empty link": ("[](http://a.b)", "http://a.b", "http://a.b"),
}


@pytest.mark.parametrize(("typed", "url", "text"), LINKS.values(), ids=LINKS.keys())
def test_links_and_bare_urls_lead_to_their_url(typed: str, url: str, text: str | None) -> None:
    html = render(typed).html
    assert [link.attributes["href"] for link in ParsedHTML(html).find_all("a")] == [url]
    assert f">{text or typed}</a>" in html.replace("<em>", "").replace("</em>", "")


def test_a_link_opens_a_new_tab_and_sends_no_referrer() -> None:
    (link,) = ParsedHTML(render("a.com").html).find_all("a")
    assert link.attributes == {
        "href": "http://a.com",
        "rel": "noopener noreferrer nofollow ugc",
        "target": "_blank",
    }


@pytest.mark.parametrize(
    "typed",
    [
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](javascript&colon;alert(1))",
        "[a](data:text/html,b)",
        "[a](/admin)",
        "[a](//evil)",
        "[a](ftp://b.c)",
        "<javascript:alert(1)>",
        "ftp://a.b",
        "main.py README.md:12 test.util.rs",
        "a.b",
        "1.2.3.4",
    ],
)
def test_other_schemes_relative_urls_and_file_names_are_not_linked(typed: str) -> None:
    assert "<a" not in render(typed).html


@pytest.mark.parametrize("mark", ["*", "**", "_", "~~", "||"])
def test_a_bare_url_ends_at_the_closing_mark_around_it(mark: str) -> None:
    html = render(f"{mark}https://a.com/b{mark} c").html
    assert ">https://a.com/b</a></" in html
