"""The style sheet, held against what it is for; test_contrast.py says that it can be read."""

import re
from pathlib import Path

import pytest

from chat.formatting.sanitizer import SPAN_CLASSES

CSS = Path(__file__).parents[2] / "static" / "chat" / "css"
MARKUP = (CSS / "components" / "markup.css").read_text()


@pytest.mark.parametrize("css_class", sorted(SPAN_CLASSES))
def test_every_class_has_a_style(css_class: str) -> None:
    assert re.search(rf"\.{css_class}\b", MARKUP)
