"""Whatever people read is in the catalogs, and the catalogs are whole."""

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

PLACE = re.compile(r"%\(\w+\)s")
TAG = re.compile(r"</?\w[^>]*>")
NAMES = {
    *":tada: Arrow Down Enter Escape Key Notification Tab Up messages?".split(),
    "not all",
    " · Lobby",
}  # of keys, and of code

each_catalog = pytest.mark.parametrize(
    ("language", "domain"),
    [(language, domain) for language in catalogs.languages() for domain in catalogs.DOMAINS],
)


def said(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def messages(language: str, domain: str) -> list[Message]:
    return [message for message in catalogs.read(language, domain) if message.id]


def test_every_language_on_offer_has_catalogs_and_every_catalog_is_on_offer() -> None:
    offered = {code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE}
    assert offered == set(catalogs.languages())
    assert "de" in offered


@each_catalog
def test_a_catalog_holds_what_the_sources_say_and_no_more(language: str, domain: str) -> None:
    """Run `make messages` where it does not."""
    fresh = {(it.id, it.context) for it in catalogs.extracted(domain, language) if it.id}
    assert fresh == {(it.id, it.context) for it in messages(language, domain)}
    assert len(fresh) > 50


@each_catalog
def test_everything_is_translated_and_nothing_is_guessed(language: str, domain: str) -> None:
    assert [it.id for it in messages(language, domain) if not all(catalogs.words(it))] == []
    assert [it.id for it in messages(language, domain) if it.fuzzy] == []


@each_catalog
def test_a_count_has_every_form_of_the_language(language: str, domain: str) -> None:
    forms = catalogs.read(language, domain).num_plurals
    for message in messages(language, domain):
        assert len(catalogs.words(message)) == (forms if message.pluralizable else 1), message.id


@each_catalog
def test_a_translation_has_the_places_and_tags_of_the_english(language: str, domain: str) -> None:
    for message in messages(language, domain):
        for part in (PLACE, TAG):
            wanted = {frozenset(part.findall(it)) for it in said(message)}
            given = {frozenset(part.findall(it)) for it in catalogs.words(message)}
            assert given == wanted, message.id


@each_catalog
def test_what_runs_is_what_was_translated(language: str, domain: str) -> None:
    kept = (catalogs.folder(language) / f"{domain}.mo").read_bytes()
    fresh = catalogs.compiled(catalogs.read(language, domain))
    assert spoken(kept) == spoken(fresh)


def spoken(compiled: bytes) -> dict[Any, str]:
    catalog: dict[Any, str] = GNUTranslations(BytesIO(compiled))._catalog  # type: ignore[attr-defined]
    return {key: value for key, value in catalog.items() if key}  # its header may differ


@pytest.mark.parametrize("path", catalogs.templates(), ids=lambda path: path.name)
def test_a_template_says_nothing_that_cannot_be_translated(path: Path) -> None:
    assert set(in_template(path.read_text())) - NAMES == set()


@pytest.mark.parametrize("path", catalogs.sources("djangojs"), ids=lambda path: path.name)
def test_javascript_says_nothing_that_cannot_be_translated(path: Path) -> None:
    found = {it for it in in_javascript(path.read_text()) if not it.startswith(("lobby ", "<svg "))}
    assert found - NAMES == set()


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
def test_english_in_a_template_is_noticed(source: str) -> None:
    assert list(in_template(source))


def test_what_is_wrapped_or_no_word_is_none_in_a_template() -> None:
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
def test_english_in_javascript_is_noticed(code: str) -> None:
    assert list(in_javascript(code))


def test_what_is_wrapped_or_no_word_is_none_in_javascript() -> None:
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
def test_a_sentence_that_no_catalog_can_hold_stops_make_messages(code: str) -> None:
    with pytest.raises(ValueError, match="takes string literals"):
        list(catalogs.javascript(code))


def test_fields_are_labelled_in_the_language_of_who_reads_them() -> None:
    for form in (NameForm, EnterForm):
        assert all(isinstance(it.label, Promise) for it in form.base_fields.values())
