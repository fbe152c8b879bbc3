import re
from urllib.parse import unquote

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
        "https://a.com/*b*/c_d_",
        "https://a.com/*b*/c_d_",
    ),
    "an internationalized domain": (
        "https://bücher.example",
        "https://xn--bcher-kva.example",
        None,
    ),
    "a percent-encoded URL": ("https://a.com/%E2%80%AE", "https://a.com/%E2%80%AE", None),
    "a domain that looks like a file": ("https://docs.rs", "https://docs.rs", None),
    "a link without a scheme": ("[a](b.com/c)", "http://b.com/c", "a"),
    "a link to e-mail without a scheme": ("[a](b@c.de)", "mailto:b@c.de", "a"),
    "an empty link": ("[](http://a.b)", "http://a.b", "http://a.b"),
}


@pytest.mark.parametrize(("typed", "url", "text"), LINKS.values(), ids=LINKS.keys())
def test_links_and_bare_urls_lead_to_their_url(typed: str, url: str, text: str | None) -> None:
    html = render(typed).html
    assert [link.attributes["href"] for link in ParsedHTML(html).find_all("a")] == [url]
    assert f">{text or typed}</a>" in html.replace("<em>", "").replace("</em>", "")


PICTURES = {
    "a picture": ("![a](http://b.c/d.png)", "[a](http://b.c/d.png)"),
    "without a text": ("![](http://b.c/d.png)", "http://b.c/d.png"),
    "in a sentence": ("see ![*a* b](http://b.c 'd').", "see [a b](http://b.c)."),
    "in a link": ("[![a](http://b.c/d.png)](http://e.f)", "[a](http://e.f)"),
    "two": ("![a](http://b.c)![d](http://e.f)", "[a](http://b.c)[d](http://e.f)"),
}


@pytest.mark.parametrize(("typed", "link"), PICTURES.values(), ids=PICTURES.keys())
def test_a_picture_is_a_link_to_it_with_its_text(typed: str, link: str) -> None:
    assert render(typed).html == render(link).html


@pytest.mark.parametrize("typed", [r"\![a](http://b.c)", "see![a](http://b.c)"])
def test_an_exclamation_mark_before_a_link_stays(typed: str) -> None:
    assert re.match("<p>(see)?!<a [^>]*>a</a></p>", render(typed).html)


SHOWN = {
    "another host's address": ("[https://bank.example](https://evil.example/a)", "evil.example"),
    "another host": ("[bank.com](https://evil.example)", "evil.example"),
    "another host in a sentence": ("[see www.bank.com now](https://evil.example)", "evil.example"),
    "another host in formatting": ("[https://*bank*.com](https://evil.example)", "evil.example"),
    "another host in code": ("[`bank.com`](https://evil.example)", "evil.example"),
    "another host in full width": ("[ｂａｎｋ．ｃｏｍ](https://evil.example)", "evil.example"),
    "another host with an ideographic full stop": (
        "[bank。com](https://evil.example)",
        "evil.example",
    ),
    "another host with a half-width full stop": (
        "[bank｡com](https://evil.example)",
        "evil.example",
    ),
    "another host with a one-dot leader": ("[bank․com](https://evil.example)", "evil.example"),
    "another host in circled letters": ("[ⓑank.com](https://evil.example)", "evil.example"),
    "another host with other slashes": ("[bank.com∕login](https://evil.example)", "evil.example"),
    "a host without a dot": ("[http://localhost/](https://evil.example)", "evil.example"),
    "another IP address": ("[1.2.3.4](https://evil.example)", "evil.example"),
    "another IP address with a port": ("[see 10.0.0.1:80](https://evil.example)", "evil.example"),
    "another IP address in full width": ("[１.２.３.４](https://evil.example)", "evil.example"),
    "an IP address as a number": ("[2130706433](https://evil.example)", "evil.example"),
    "a hexadecimal IP address": ("[http://0x7f.1](https://evil.example)", "evil.example"),
    "a picture": ("![bank.com](https://evil.example/a.png)", "evil.example"),
    "another host with zero width": ("[ba\u200bnk.com](https://evil.example)", "evil.example"),
    "a host that begins with another": ("[bank.com](https://bank.com.evil.example)", None),
    "a name and password like a host": ("https://bank.com@evil.example/", "evil.example"),
    "a lookalike of the named host": ("[bank.com](https://b\u0430nk.com)", "xn--bnk-6cd.com"),
    "a lookalike as its own label": (
        "[https://b\u0430nk.com](https://b\u0430nk.com)",
        "xn--bnk-6cd.com",
    ),
    "another e-mail address": ("[a@bank.com](mailto:b@evil.example)", "b@evil.example"),
}


@pytest.mark.parametrize(("typed", "real"), SHOWN.values(), ids=SHOWN.keys())
def test_a_text_that_names_another_host_is_followed_by_the_real_one(
    typed: str, real: str | None
) -> None:
    assert f" ({real or 'bank.com.evil.example'})" in ParsedHTML(render(typed).html).text


@pytest.mark.parametrize(
    "typed",
    [
        "[the bank](https://bank.example)",
        "[https://bank.example](https://bank.example/login)",
        "[bank.com](https://www.bank.com)",
        "[www.bank.com](https://bank.com)",
        "[bank.com](https://login.bank.com)",
        "[BANK.com](https://bank.com)",
        "[bücher.com](https://bücher.com)",
        "[README.md](https://github.com/a)",
        "[a@bank.com](mailto:a@bank.com?subject=b)",
        "[10.0.0.1](https://10.0.0.1/login)",
        "[10.0.0.1](http://167772161)",
        "[bank。com](https://bank.com)",
        "[好。再见](https://bank.com)",
        "[1.2.3](https://github.com/a/releases)",
        "[version 1.2](https://github.com/a)",
        "[#1234](https://github.com/a/1234)",
        "[2026-11-26](https://github.com/a)",
    ],
)
def test_a_text_that_names_its_own_host_or_none_is_shown_as_typed(typed: str) -> None:
    assert ParsedHTML(render(typed).html).text == typed.partition("]")[0][1:]


HOSTS = {
    "Cyrillic among Latin": ("https://b\u0430nk.com/a", "https://xn--bnk-6cd.com/a"),
    "Greek among Latin": ("https://g\u03bf\u03bfgle.com", "https://xn--ggle-0nda.com"),
    "Cyrillic that looks Latin": (
        "https://\u0430\u0440\u0440\u04cf\u0435.com",
        "https://xn--80ak6aa92e.com",
    ),
    "an invisible character": ("https://ba\u200dnk.com/a", None),
    "German": ("https://bücher.example", "https://bücher.example"),
    "Russian": ("https://россия.рф/a", "https://россия.рф/a"),
    "Russian under .com": ("https://новости.com", "https://новости.com"),
    "Japanese": ("https://日本ゴミ.jp", "https://日本ゴミ.jp"),
    "Japanese and Latin": ("https://toyota車.jp", "https://toyota車.jp"),
    "Korean": ("https://한국.kr", "https://한국.kr"),
    "Greek": ("https://ελλάδα.gr", "https://ελλάδα.gr"),
    "Hindi": ("https://भारत.com", "https://भारत.com"),
    "Arabic": ("https://مصر.com", "https://مصر.com"),
    "a direction control": ("https://a.com/\u202egpj.exe", "https://a.com/%E2%80%AEgpj.exe"),
    "an isolate": ("https://a.com/\u2067b", "https://a.com/%E2%81%A7b"),
}


@pytest.mark.parametrize(("typed", "shown"), HOSTS.values(), ids=HOSTS.keys())
def test_an_address_is_shown_as_a_browser_shows_it(typed: str, shown: str | None) -> None:
    text = ParsedHTML(render(typed).html).text
    assert text == shown if shown else "\u200d" not in text


@pytest.mark.parametrize(
    "host", ["xn--.com", "xn--a-.com", "xn--99999999999.com", "xn--é.com", "[::1]", "[::"]
)
def test_a_host_that_is_none_is_shown_as_it_is(host: str, caplog: pytest.LogCaptureFixture) -> None:
    for typed in (
        f"https://{host}/",
        f"[https://{host}](http://b.com)",
        f"[b.com](https://{host})",
    ):
        render(typed)
    assert caplog.records == []


def test_the_host_follows_every_text_with_a_dot_after_the_hundredth() -> None:
    text = ParsedHTML(render("[a.b](http://c.d) " * 102).html).text
    assert text.count(" (c.d)") == 2


def test_a_label_cannot_show_an_address_by_its_direction() -> None:
    html = render("[\u202emoc.knab//:sptth\u202c](https://evil.example)").html
    assert ">moc.knab//:sptth</a>" in html


ENDS = {
    "a comma between ideographs": ("地址是https://a.com/路径，请看", ["https://a.com/路径"]),
    "wide brackets": ("（https://a.com/b）", ["https://a.com/b"]),
    "two, with a wide comma": (
        "https://a.com/b，https://a.com/c",
        ["https://a.com/b", "https://a.com/c"],
    ),
    "two hosts, with a wide comma": ("a.com/b，a.com/c", ["a.com/b", "a.com/c"]),
    "two e-mail addresses": ("a@b.com、c@d.com", ["a@b.com", "c@d.com"]),
    "a word before a host": ("请看a.com/b。", ["a.com/b"]),
    "an Arabic question mark": ("https://a.com/b؟", ["https://a.com/b"]),
    "a danda": ("https://a.com/b।", ["https://a.com/b"]),
    "quotation marks": (
        "«https://a.com/b» “a.com/c” „a.com/d“",
        ["https://a.com/b", "a.com/c", "a.com/d"],
    ),
    "an ellipsis": ("https://a.com/b…", ["https://a.com/b"]),
    "an em dash": ("https://a.com/b—c", ["https://a.com/b"]),
    "a zero-width space": ("https://a.com/\u200b", ["https://a.com/"]),
    "a zero-width space inside": ("https://a.com/b\u200bc", ["https://a.com/b"]),
    "a joiner": ("https://a.com/b\u200d\u2060", ["https://a.com/b"]),
    "a dash inside": ("https://a.com/wiki/A–B", ["https://a.com/wiki/A–B"]),
    "a middle dot inside": ("https://a.com/ジョン・レノン", ["https://a.com/ジョン・レノン"]),
    "an apostrophe inside": ("https://a.com/it’s", ["https://a.com/it’s"]),
    "an underscore": ("https://a.com/aBc_", ["https://a.com/aBc_"]),
    "a star that nothing opened": ("2 * https://a.com/b*", ["https://a.com/b*"]),
    "an underscore that is opened": ("_https://a.com/b_", ["https://a.com/b"]),
    "stars that are opened": ("**see a.com/b**", ["a.com/b"]),
    "formatting in a path": ("github.com/a/b/__init__.py", ["github.com/a/b/__init__.py"]),
    "emphasis in a path": ("a.com/*a*/b *c*", ["a.com/*a*/b"]),
    "e-mail addresses, with commas": ("a@b.com,c@d.com;e@f.de", ["a@b.com", "c@d.com", "e@f.de"]),
    "an e-mail address behind its name": ("Mail:a@b.com e-mail=c@d.com", ["a@b.com", "c@d.com"]),
    "an e-mail address among ideographs": ("请联系a@b.com。", ["a@b.com"]),
    "a product": ("ASP.NET EXAMPLE.COM", ["EXAMPLE.COM"]),
    "struck through": ("~~https://a.com~~ ~~a.com~~", ["https://a.com", "a.com"]),
    "a path that is struck through": ("~~see https://a.com/b~~c", ["https://a.com/b"]),
    "in a spoiler": ("||https://a.com|| ||a@b.com||", ["https://a.com", "a@b.com"]),
    "tildes that nothing opened": (
        "https://a.com/~~b a.com/~c/d~~e",
        ["https://a.com/~~b", "a.com/~c/d~~e"],
    ),
    "bars that are no spoiler": ("https://a.com/b||c", ["https://a.com/b||c"]),
    "between bars": ("a.com|b.com", ["a.com", "b.com"]),
    "an emoji behind a host": ("https://a.com🎉 a.com✅", ["https://a.com", "a.com"]),
    "a closing bracket inside": (
        "https://a.com/b}c a.com/b)c]d",
        ["https://a.com/b}c", "a.com/b)c]d"],
    ),
    "a closing bracket of a sentence": (
        "(see https://a.com/b)c {https://a.com/b}c [x https://a.com/b]c",
        ["https://a.com/b"] * 3,
    ),
    "a closing bracket at the end": ("https://a.com/b} a.com/b).", ["https://a.com/b", "a.com/b"]),
    "brackets in pairs": ("(https://a.com/b_(c)/{d})", ["https://a.com/b_(c)/{d}"]),
    "a path before a spoiler": ("a.com/b||c||", ["a.com/b"]),
}


@pytest.mark.parametrize(("typed", "urls"), ENDS.values(), ids=ENDS.keys())
def test_a_bare_url_ends_where_a_reader_would_end_it(typed: str, urls: list[str]) -> None:
    html = render(typed).html
    assert re.findall(r"<a [^>]*>(.*?)</a>", html) == urls
    for url, link in zip(urls, ParsedHTML(html).find_all("a"), strict=True):
        assert unquote(link.attributes["href"] or "").endswith(url)


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
        "[a](README.md)",
        "[a](javascript:b.com)",
        "git@github.com:a/b.git",
        "Socket.IO",
        "main.py README.md:12 test.util.rs",
        "a.b",
        "1.2.3.4",
        "user.id=5",
        "Yes.It is",
        "Dr.No",
        "the end.In the",
    ],
)
def test_other_schemes_relative_urls_and_file_names_are_not_linked(typed: str) -> None:
    assert "<a" not in render(typed).html


@pytest.mark.parametrize("mark", ["*", "**", "_", "~~", "||"])
def test_a_bare_url_ends_at_the_closing_mark_around_it(mark: str) -> None:
    html = render(f"{mark}https://a.com/b{mark} c").html
    assert ">https://a.com/b</a></" in html
