import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chat.formatting import Rendered, is_plain_text, render


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "Hello, Bob! How are you? (Fine.) :-)",
        "a\n\nb",
        "1986",
        "-1 + 1 = 0",
        "a & b; #c",
    ],
)
def test_most_messages_are_plain_text(text: str) -> None:
    assert is_plain_text(text)


@pytest.mark.parametrize(
    "text",
    [
        *"*a* _a_ ~~a~~ ||a|| `a` [a](b) \\* @a a.b //a <a > >a".split(),
        *["- a", "a\n+ a", "  1. a", "2) a"],
    ],
)
def test_text_that_may_have_formatting_is_not_plain(text: str) -> None:
    assert not is_plain_text(text)


@given(st.text(alphabet="ab1.-+># \n\t\\*_~|`[]()<@:/&;é", max_size=12))
@example("-\ta")
@example("a\n 1)\tb")
def test_plain_text_renders_to_nothing(text: str) -> None:
    assert not is_plain_text(text) or render(text) == Rendered()
