"""Loads templates that are translated and put together already, and not for each page again."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.template import Context, Engine, Node, NodeList, Origin, Template
from django.template.base import FilterExpression, TextNode
from django.template.defaulttags import IfNode, URLNode
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from django.template.loaders import base, cached
from django.templatetags.i18n import TranslateNode
from django.urls import NoReverseMatch, get_script_prefix
from django.utils.translation import get_language


class _TranslatingLoader(base.Loader):
    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        template = super().get_template(template_name, skip)
        _prepare(template.nodelist, self.engine)
        return template


class Loader(cached.Loader, _TranslatingLoader):
    """Django's cached loader, with a template for each language and path that Lobby is under.

    In it, each `{% translate "…" %}` and `{% url "…" %}` is the text that stands there, and each
    `{% include "…" %}` is what the other template has. So what an included template sets with
    `as` is set after it, too.
    """

    def cache_key(self, template_name: str, skip: list[Origin] | None = None) -> str:
        key = super().cache_key(template_name, skip)
        return f"{get_language()}-{get_script_prefix()}-{key}"


def _prepare(nodes: NodeList, engine: Engine) -> None:
    for node in nodes:
        for inner in _inner_lists(node):
            _prepare(inner, engine)
    texts = (_as_text(it) for node in nodes for it in _included(node, engine))
    nodes[:] = _joined(texts)


def _inner_lists(node: Node) -> list[NodeList]:
    if isinstance(node, IfNode):  # makes a new list of all for `nodelist`
        return [nodes for _, nodes in node.conditions_nodelists]
    found = [getattr(node, name, None) for name in node.child_nodelists]
    return [it for it in found if it is not None]


def _included(node: Node, engine: Engine) -> Iterable[Node]:
    """The nodes of the template that a node includes, without blocks; else the node alone."""
    if (
        not isinstance(node, IncludeNode)
        or not _is_literal(node.template)
        or node.extra_context
        or node.isolated_context
    ):
        return [node]
    nodes = engine.get_template(node.template.var).nodelist
    has_blocks = any(nodes.get_nodes_by_type(it) for it in (BlockNode, ExtendsNode))
    return [node] if has_blocks else nodes


def _as_text(node: Node) -> Node:
    """The text that a node renders to wherever it stands; else the node."""
    if not _is_constant(node):
        return node
    try:
        return TextNode(node.render(Context()))
    except NoReverseMatch:  # an error only where the page comes to it
        return node


def _is_constant(node: Any) -> bool:
    """Whether the node translates or addresses a literal, without a look at its context."""
    if isinstance(node, URLNode):
        is_plain = not node.args and not node.kwargs
        return is_plain and node.asvar is None and _is_literal(node.view_name)
    return (
        isinstance(node, TranslateNode)
        and _is_literal(node.filter_expression)
        and node.message_context is None
        and node.asvar is None
    )


def _is_literal(expression: FilterExpression) -> bool:
    is_text = isinstance(expression.var, str) or getattr(expression.var, "literal", None)
    return bool(is_text) and not expression.filters


def _joined(nodes: Iterator[Any]) -> list[Node]:
    """Make one text of texts that follow each other."""
    joined: list[Any] = []
    for node in nodes:
        if joined and type(node) is type(joined[-1]) is TextNode:
            joined[-1] = TextNode(joined[-1].s + node.s)
        else:
            joined.append(node)
    return joined
