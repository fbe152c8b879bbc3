"""Loads templates that are translated already: once for each language, and not for each page."""

from collections.abc import Iterator
from typing import Any

from django.template import Context, Node, NodeList, Origin, Template
from django.template.base import TextNode
from django.template.defaulttags import IfNode
from django.template.loaders import base, cached
from django.templatetags.i18n import TranslateNode
from django.utils.translation import get_language


class _TranslatingLoader(base.Loader):
    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        template = super().get_template(template_name, skip)
        _translate(template.nodelist)
        return template


class Loader(cached.Loader, _TranslatingLoader):
    """Django's cached loader, with a template for each language.

    In it, each `{% translate "…" %}` is the text that stands there in the language.
    """

    def cache_key(self, template_name: str, skip: list[Origin] | None = None) -> str:
        return f"{get_language()}-{super().cache_key(template_name, skip)}"


def _translate(nodes: NodeList) -> None:
    for node in nodes:
        for inner in _inner_lists(node):
            _translate(inner)
    nodes[:] = _joined(_translated(node) for node in nodes)


def _inner_lists(node: Node) -> list[NodeList]:
    if isinstance(node, IfNode):  # makes a new list of all for `nodelist`
        return [nodes for _, nodes in node.conditions_nodelists]
    found = [getattr(node, name, None) for name in node.child_nodelists]
    return [it for it in found if it is not None]


def _translated(node: Any) -> Node:
    return TextNode(node.render(Context())) if _is_constant(node) else node


def _is_constant(node: Any) -> bool:
    """Whether the node translates a literal, without a look at its context."""
    return (
        isinstance(node, TranslateNode)
        and node.filter_expression.var.literal is not None
        and not node.filter_expression.filters
        and node.message_context is None
        and node.asvar is None
    )


def _joined(nodes: Iterator[Any]) -> list[Node]:
    """Make one text of texts that follow each other."""
    joined: list[Any] = []
    for node in nodes:
        if joined and type(node) is type(joined[-1]) is TextNode:
            joined[-1] = TextNode(joined[-1].s + node.s)
        else:
            joined.append(node)
    return joined
