"""Names in sentences: a right-to-left name leaves the words around it in their order."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone, translation

from chat.formatting.isolates import isolate
from chat.journal import entry
from chat.models import Member, Message, Room, RoomName
from chat.templatetags.isolates import isolated
from chat.tests.support import catalogs

SHALOM = "שלום"
ISOLATED = f"\u2068{SHALOM}\u2069"
NAME = re.compile(  # without a filter; the field of a form is no name
    r"\{\{\s*(?!(?:[\w.]*[._])?form\.)(?:[\w.]*\.)?(?:\w*name|topic|username)\s*\}\}"
)
SENTENCE = re.compile(
    r"\{% blocktranslate(?P<bound>[^%]*)%\}(?P<text>.*?)\{% endblocktranslate", re.DOTALL
)
JAVASCRIPT_TEXT = re.compile(
    r"(?:title|ariaLabel|ariaDescription|textContent|placeholder|alt) = `[^`]*\$\{(?!isolate\()"
)


@pytest.mark.parametrize("name", ["Alice", "李", "Nguyễn", "🦊", "O’Neil 2"])
def test_a_left_to_right_name_stays_as_it_is(name: str) -> None:
    assert isolate(name) == name
    assert isolate(name, is_bidi=True) == f"\u2068{name}\u2069"


@pytest.mark.parametrize("name", [SHALOM, "سلام", "Alice שלום", "𐤀", "𞤀", "ﻼ", "ߊ"])
def test_a_right_to_left_name_is_isolated(name: str) -> None:
    assert isolate(name) == f"\u2068{name}\u2069"


@pytest.mark.parametrize("control", ["\u202e", "\u2069", "\u2067", "\u202c"])
def test_a_name_cannot_end_its_isolate(control: str) -> None:
    assert isolate(f"a{control}b") == "\u2068ab\u2069"


def test_a_right_to_left_language_isolates_every_name() -> None:
    assert isolated("Alice") == "Alice"
    with translation.override("ar"):
        assert isolated("Alice") == "\u2068Alice\u2069"


def unisolated(template: str) -> list[str]:
    """The names that a template puts into a sentence as they are."""
    inside = [
        found["text"]
        for found in SENTENCE.finditer(template)
        for name in re.findall(r"\{\{\s*(\w+)\s*\}\}", found["text"])
        if f"{name}|isolated" not in found["bound"]
        and not re.search(rf"<bdi[^>]*>\{{\{{\s*{name}\s*\}}\}}</bdi>", found["text"])
        and not re.search(rf"{name}=[\w.]+\|isolated", found["bound"])
        and not re.search(rf"count {name}=|\b{name}=\S+\|(date|naturaltime)", found["bound"])
    ]
    rest = SENTENCE.sub("", template)
    beside = [found[0] for found in NAME.finditer(rest) if not _is_alone(rest, found[0])]
    return inside + beside


def _is_alone(template: str, name: str) -> bool:
    """Whether each occurrence is all that an element, attribute or <bdi> holds."""
    occurrences = re.findall(rf"(\S){re.escape(name)}(\S)", template)
    around = {'""', "><"}
    alone = [before + after in around or before + after == "}{" for before, after in occurrences]
    return len(occurrences) == template.count(name) and all(alone)


def test_the_check_finds_names_in_sentences() -> None:
    assert unisolated("{% blocktranslate %}Hi {{ name }}{% endblocktranslate %}")
    assert unisolated("<title>{{ room_name }} · Lobby</title>")
    assert not unisolated("<p> {{ form.name }} {{ a.form.name }} {{ name_form.name }} </p>")
    assert unisolated("{% blocktranslate with a=b|upper %}On {{ a }}{% endblocktranslate %}")
    assert not unisolated("{% blocktranslate with a=b|date %}On {{ a }}{% endblocktranslate %}")
    assert not unisolated("{% blocktranslate count a=b|length %}{{ a }}{% endblocktranslate %}")
    assert not unisolated("{% blocktranslate %}Hi <bdi>{{ name }}</bdi>{% endblocktranslate %}")
    assert not unisolated('<title>{{ room_name|isolated }} · Lobby</title><h1 a="{{ topic }}">')


@pytest.mark.parametrize("path", catalogs.templates(), ids=lambda path: path.name)
def test_a_template_isolates_names_in_sentences(path: Path) -> None:

    assert unisolated(path.read_text()) == []


def test_scripts_put_names_into_sentences_with_gettext_or_isolate() -> None:
    """gettext and ngettext isolate each value: see browser/test_isolates.py."""
    sources = {
        it.name: JAVASCRIPT_TEXT.findall(it.read_text()) for it in catalogs.sources("djangojs")
    }
    assert {name: found for name, found in sources.items() if found} == {}


@pytest.mark.django_db
def test_the_page_isolates_the_name_of_the_room_and_of_its_reader(client: Client) -> None:
    client.post("/", {"name": SHALOM, "room": SHALOM})
    page = client.get(f"/chat/{SHALOM}/").content.decode()
    assert f"<title>{ISOLATED} · Lobby</title>" in page
    assert f'placeholder="Message {ISOLATED}"' in page
    assert f"Message to <bdi>{SHALOM}</bdi>" in page
    assert f"data-my-name>{SHALOM}</bdi>" in page


@pytest.mark.parametrize(
    ("kind", "text"),
    [("action", f"* {ISOLATED} waves"), ("topic", f"* {ISOLATED} set the topic: waves")],
)
def test_a_plain_text_isolates_its_author(kind: str, text: str) -> None:
    message = Message(
        room=Room(key="tea", name="Tea"),
        author=Member(name=SHALOM),
        seq=1,
        version=1,
        client_id=uuid4(),
        kind=kind,
        text="waves",
        sent_at=timezone.now(),
    )
    assert text in entry.encode(message).plain("").encode().decode("unicode_escape")


def test_the_admin_isolates_names_in_its_sentences() -> None:
    assert str(Member(name=SHALOM)) == ISOLATED
    assert str(Room(name=RoomName.parse(SHALOM).shown)) == ISOLATED
