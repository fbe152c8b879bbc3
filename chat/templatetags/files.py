"""Filters for files: their addresses, and their kinds in words."""

from django import template

from chat.files.kinds_in_words import kind_in_words
from chat.models import File
from chat.models.file import url_of

register = template.Library()


@register.filter
def file_url(file: File) -> str:
    return url_of(file.as_sent())


@register.filter
def file_kind(file: File) -> str:
    return kind_in_words(file.type)
