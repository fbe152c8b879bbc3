"""Templates are translated when they are loaded, for each language."""

from itertools import pairwise
from typing import Any

import pytest
from django.template import Context, Engine
from django.template.base import TextNode
from django.templatetags.i18n import TranslateNode
from django.utils import translation

PAGE = """{% load i18n %}
<p>{% translate "Close" %}, {% translate "Cancel" %}
{% if shown %}{% translate "Help" %}{% else %}{% translate "Send" %}{% endif %}</p>
{% for it in list %}<b title="{% translate "Rooms" %}">{{ it }}</b>
{% empty %}{% translate "People" %}{% endfor %}
{% with a=1 %}{% translate "Send" as send %}{{ send }}{% endwith %}
{% translate name %}{% translate "Close"|upper %}{% translate "100%" %}{% translate "a <b>" %}
{% blocktranslate %}You are {{ name }}{% endblocktranslate %}
"""
LOCMEM = ("django.template.loaders.locmem.Loader", {"page.html": PAGE})
LOADERS = ["mysite.translated_templates.Loader", "django.template.loaders.cached.Loader"]
CONTEXTS: list[dict[str, Any]] = [
    {"shown": True, "list": ["<x>"], "name": "Send"},
    {"list": [], "name": "<y>"},
]


def engine(loader: str) -> Engine:
    libraries = {"i18n": "django.templatetags.i18n"}
    return Engine(loaders=[(loader, [LOCMEM])], libraries=libraries)


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_page_is_the_same_as_with_djangos_loader_in_each_language(
    context: dict[str, Any],
) -> None:
    ours, djangos = map(engine, LOADERS)
    pages = set()
    for language in ("en", "de", "en", "de"):
        with translation.override(language):
            page = ours.get_template("page.html").render(Context(context))
            assert page == djangos.get_template("page.html").render(Context(context))
            pages.add(page)
    assert len(pages) == 2


def test_a_loaded_template_has_no_text_left_to_translate() -> None:
    nodes = engine(LOADERS[0]).get_template("page.html").nodelist
    left = [it.filter_expression.token for it in nodes.get_nodes_by_type(TranslateNode)]  # type: ignore[attr-defined]
    assert left == ['"Send"', "name", '"Close"|upper']  # into a variable; of one; with a filter
    assert (TextNode, TextNode) not in [(type(it), type(next)) for it, next in pairwise(nodes)]
