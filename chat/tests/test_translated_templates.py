"""Templates are translated when they are loaded, for each language."""

from itertools import pairwise
from typing import Any

import pytest
from django.template import Context, Engine
from django.template.base import TextNode
from django.template.loader_tags import IncludeNode
from django.templatetags.i18n import TranslateNode
from django.urls import set_script_prefix
from django.utils import translation

PAGE = """{% load i18n %}
<p>{% translate "Close" %}, {% translate "Cancel" %}
{% if shown %}{% translate "Help" %}{% else %}{% translate "Send" %}{% endif %}</p>
{% for it in list %}<b title="{% translate "Rooms" %}">{{ it }}</b>
{% empty %}{% translate "People" %}{% endfor %}
{% with a=1 %}{% translate "Send" as send %}{{ send }}{% endwith %}
{% translate name %}{% translate "Close"|upper %}{% translate "100%" %}{% translate "a <b>" %}
{% blocktranslate %}You are {{ name }}{% endblocktranslate %}
{% include "part.html" %}{% include "part.html" with name="Ada" %}{% include "child.html" %}
{% url "index" %}{% url "room" "lobby" %}{% url "index" as here %}{{ here }}
{% if missing %}{% url "no such page" %}{% endif %}
"""
PART = """{% load i18n %}<i>{{ name }}, {% translate "Close" %}</i>"""
CHILD = """{% extends "part.html" %}"""
TEMPLATES = {"page.html": PAGE, "part.html": PART, "child.html": CHILD}
LOCMEM = ("django.template.loaders.locmem.Loader", TEMPLATES)
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


def test_a_page_has_the_addresses_of_the_path_that_lobby_is_under() -> None:
    page = engine(LOADERS[0]).get_template
    assert "/under/" not in page("page.html").render(Context())
    set_script_prefix("/under/")
    try:
        assert "/under/" in page("page.html").render(Context())
    finally:
        set_script_prefix("/")


def test_what_a_template_includes_is_part_of_it_unless_it_gets_other_values() -> None:
    nodes = engine(LOADERS[0]).get_template("page.html").nodelist
    left = [it.template.token for it in nodes.get_nodes_by_type(IncludeNode)]  # type: ignore[attr-defined]
    assert left == ['"part.html"', '"child.html"']


def test_a_loaded_template_has_no_text_left_to_translate() -> None:
    nodes = engine(LOADERS[0]).get_template("page.html").nodelist
    left = [it.filter_expression.token for it in nodes.get_nodes_by_type(TranslateNode)]  # type: ignore[attr-defined]
    assert left == ['"Send"', "name", '"Close"|upper']  # into a variable; of one; with a filter
    assert (TextNode, TextNode) not in [(type(it), type(next)) for it, next in pairwise(nodes)]
