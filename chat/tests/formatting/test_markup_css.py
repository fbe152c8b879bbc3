"""The style sheet of formatted text. test_contrast.py checks its colours."""

import re
from pathlib import Path

import pytest

from chat.formatting.sanitizer import SPAN_CLASSES

CSS = Path(__file__).parents[2] / "static" / "chat" / "css"
MARKUP = (CSS / "components" / "markup.css").read_text()


@pytest.mark.parametrize("css_class", sorted(SPAN_CLASSES))
def test_every_allowed_class_has_a_style(css_class: str) -> None:
    assert re.search(rf"\.{css_class}\b", MARKUP)
