"""The filter for names in plain text: titles and attributes. Elsewhere, <bdi> isolates a name."""

from django import template
from django.utils.translation import get_language_bidi

from chat.formatting.isolates import isolate

register = template.Library()


@register.filter
def isolated(name: str) -> str:
    return isolate(name, is_bidi=get_language_bidi())
