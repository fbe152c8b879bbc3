"""The link of which a message shows a card."""

import pytest

from chat import formatting
from chat.formatting.first_link import first_link


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("hello", None),
        ("**hello**", None),
        ("mail ada@example.com", None),
        ("`https://example.com`", None),
        ("||https://example.com||", None),
        ("||a **https://example.com** b|| then https://b.example/", "https://b.example/"),
        ("see https://example.com/a?b=1&c=%22 and https://b.example", "https://example.com/a?b=1&c=%22"),
        ("[tea](http://example.com/tea)", "http://example.com/tea"),
        ("> quoted https://example.com/", "https://example.com/"),
        ("ada@example.com and example.org", "http://example.org"),
        ("http://münchen.de/ß", "http://xn--mnchen-3ya.de/%C3%9F"),
        ('[a](https://example.com/"><script>)', "https://example.com/%22%3E%3Cscript%3E"),
    ],
)  # fmt: skip
def test_the_first_link_outside_of_spoilers(text: str, link: str | None) -> None:
    assert first_link(formatting.render(text).html) == link
