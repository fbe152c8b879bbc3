"""The language of a connection, and refusals translated into that language."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.formats import localize

from chat.protocol import Translatable


def preferred(cookies: Mapping[str, str], accept_language: str) -> str:
    """The language code of the language cookie, else of `Accept-Language`, else English."""
    name = settings.LANGUAGE_COOKIE_NAME
    plain = cookies.get(name.removeprefix(settings.COOKIE_PREFIX), "")  # a program's
    request = HttpRequest()
    request.COOKIES = {name: plain, **cookies}
    request.META["HTTP_ACCEPT_LANGUAGE"] = accept_language
    return translation.get_language_from_request(request)


def translate(sentence: Translatable, language: str) -> str:
    """The sentence in a language, with its numbers formatted for that language."""
    with translation.override(language):
        values = {name: localize(value) for name, value in sentence.values.items()}
        return str(Translatable(translation.gettext(sentence.text), **values))
