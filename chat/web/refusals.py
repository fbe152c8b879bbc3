"""What pages say about a change that was refused."""

from django.utils.translation import gettext

from chat.protocol import Translatable


def in_words(detail: Translatable) -> str:
    """The detail in the language of the page."""
    return gettext(detail.text) % detail.values if detail.values else gettext(detail.text)
