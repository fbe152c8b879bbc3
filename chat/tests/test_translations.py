"""All texts for people are in the catalogs, and the catalogs are complete."""

import re
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Message
from django.conf import settings
from django.utils.functional import Promise

from chat.tests.support import catalogs
from chat.tests.support.untranslated import in_javascript, in_template
from chat.web.forms import EnterForm, NameForm

PLACEHOLDER = re.compile(r"%\(\w+\)s")
TAG = re.compile(r"</?\w[^>]*>")
NOT_TRANSLATED = {
    *":tada: Arrow Backspace Down Enter Escape Files Key Location Notification".split(),
    *"Tab Up away? messages?".split(),
    "not all",
    "noopener noreferrer nofollow ugc",
    " · Lobby",
}  # names of keys and in code, the brand

each_catalog = pytest.mark.parametrize(
    ("language", "domain"),
    [(language, domain) for language in catalogs.languages() for domain in catalogs.DOMAINS],
)


def english(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def messages(language: str, domain: str) -> list[Message]:
    return [message for message in catalogs.read(language, domain) if message.id]


def test_the_offered_languages_are_those_with_catalogs() -> None:
    offered = {code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE}
    assert offered == set(catalogs.languages())
    assert "de" in offered


@each_catalog
def test_a_catalog_has_exactly_the_texts_of_the_sources(language: str, domain: str) -> None:
    """Run `make messages` where it does not."""
    fresh = {(it.id, it.context) for it in catalogs.extracted(domain, language) if it.id}
    assert fresh == {(it.id, it.context) for it in messages(language, domain)}
    assert len(fresh) > 50


@each_catalog
def test_all_texts_are_translated_and_none_is_fuzzy(language: str, domain: str) -> None:
    assert [it.id for it in messages(language, domain) if not all(catalogs.words(it))] == []
    assert [it.id for it in messages(language, domain) if it.fuzzy] == []


@each_catalog
def test_a_count_has_all_plural_forms_of_the_language(language: str, domain: str) -> None:
    forms = catalogs.read(language, domain).num_plurals
    for message in messages(language, domain):
        assert len(catalogs.words(message)) == (forms if message.pluralizable else 1), message.id


@each_catalog
def test_a_translation_has_the_placeholders_and_tags_of_the_english_text(
    language: str, domain: str
) -> None:
    for message in messages(language, domain):
        for part in (PLACEHOLDER, TAG):
            wanted = {frozenset(part.findall(it)) for it in english(message)}
            given = {frozenset(part.findall(it)) for it in catalogs.words(message)}
            assert given == wanted, message.id


@pytest.mark.parametrize("domain", catalogs.DOMAINS)
def test_german_has_a_space_before_an_ellipsis(domain: str) -> None:
    words = [it for message in messages("de", domain) for it in catalogs.words(message)]
    assert [it for it in words if re.search(r"\w…", it)] == []
    assert any(" …" in it for it in words)


@each_catalog
def test_the_compiled_catalog_is_up_to_date(language: str, domain: str) -> None:
    stored = (catalogs.folder(language) / f"{domain}.mo").read_bytes()
    fresh = catalogs.compiled(catalogs.read(language, domain))
    assert texts_in(stored) == texts_in(fresh)


def texts_in(compiled: bytes) -> dict[Any, str]:
    catalog: dict[Any, str] = GNUTranslations(BytesIO(compiled))._catalog  # type: ignore[attr-defined]
    return {key: value for key, value in catalog.items() if key}  # its header may differ


@pytest.mark.parametrize("path", catalogs.templates(), ids=lambda path: path.name)
def test_a_template_has_no_untranslatable_text(path: Path) -> None:
    assert set(in_template(path.read_text())) - NOT_TRANSLATED == set()


@pytest.mark.parametrize("path", catalogs.sources("djangojs"), ids=lambda path: path.name)
def test_javascript_has_no_untranslatable_text(path: Path) -> None:
    found = {it for it in in_javascript(path.read_text()) if not it.startswith(("lobby ", "<svg "))}
    assert found - NOT_TRANSLATED == set()


@pytest.mark.parametrize(
    "source",
    [
        "<p>Say the first word.</p>",
        '{% translate "Here" %}<p>{% if it %}And {{ name }}{% endif %}</p>',
        '<img alt="A cat">',
        '<button aria-label="Close">{% translate "Close" %}</button>',
        '<input placeholder="Find {{ what }}">',
        "<title>{% block title %}Nothing here · Lobby{% endblock %}</title>",
        '<p>{{ topic|default:"Set a topic" }}</p>',
        "{% blocktranslate %}One{% endblocktranslate %} and another",
    ],
)
def test_untranslated_text_in_a_template_is_found(source: str) -> None:
    assert list(in_template(source))


def test_translated_text_and_code_in_a_template_are_not_reported() -> None:
    source = (
        '{% load i18n %}<a class="so it is" aria-label="{% translate "Go" %}">'
        "{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}</a>{# A note #}"
        '<title>{{ room }} · Lobby</title><script>const words = "so what";</script> – 1'
    )
    assert list(in_template(source)) == []


@pytest.mark.parametrize(
    "code",
    [
        'say("Not sent. Try again.")',
        "say(`There is no ${name} in this room.`)",
        'button.ariaLabel = "more"',
        'const sign = isMuted ? "Unmute" : "Mute";',
        'if (/["\'`]/.test(it)) { say("Several people are typing…"); }',
        'gettext("Here"); say("Here you are")',
    ],
)
def test_untranslated_text_in_javascript_is_found(code: str) -> None:
    assert list(in_javascript(code))


def test_translated_text_and_code_in_javascript_are_not_reported() -> None:
    code = """
        // Say nothing "Of this"
        /** Nor of "That thing" */
        say(gettext("Not sent. %(why)s", { why }));
        ngettext("%(count)s other person", "%(count)s other people", count);
        element("span", "avatar is-small").dataset.memberName = `${"x"}`;
    """
    assert list(in_javascript(code)) == []


@pytest.mark.parametrize(
    "code", ["gettext(sentence)", "gettext(`Hello`)", 'ngettext("One", more, n)']
)
def test_a_text_that_is_no_literal_stops_make_messages(code: str) -> None:
    with pytest.raises(ValueError, match="takes string literals"):
        list(catalogs.javascript(code))


def test_form_labels_are_translated_for_each_request() -> None:
    for form in (NameForm, EnterForm):
        assert all(isinstance(it.label, Promise) for it in form.base_fields.values())
