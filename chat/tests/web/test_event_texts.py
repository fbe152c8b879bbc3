"""The texts of events in the languages of the pages."""

import re

import pytest
from django.test import Client
from django.utils import translation

from chat.models import Member, Role, event
from chat.models.room import History
from chat.web.event_texts import event_texts

ADA = Member(name="Ada")
EVENTS = [
    event.renamed("Ana", "Ada"),
    event.made([]),
    event.made([ADA], "Tea"),
    event.added([ADA]),
    event.joined(ADA),
    event.operator_joined(),
    event.inherited(),
    event.left(ADA),
    event.removed([ADA]),
    *(event.role_given(ADA, role) for role in Role),
    *(event.history_set(it) for it in History),
    event.room_renamed("Den", "Cave"),
    event.room_deleted(),
    event.archived(),
    event.unarchived(),
    event.locked(),
    event.unlocked(),
    event.slow_set(30),
    event.slow_set(0),
    event.retention_set(30),
    event.retention_set(0),
    event.became_members_room([ADA], "Den"),
]


def key_of(happened: event.Event) -> str:
    people = happened.get("people")
    about = happened.get("role") or happened.get("to") or (people is not None and len(people))
    key = f"{happened['type']}.{about}"
    return key if key in event_texts() else happened["type"]


@pytest.mark.parametrize("happened", EVENTS, ids=lambda it: f"{it['type']} {it.get('role', '')}")
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_event_has_a_text_that_its_fields_fill(happened: event.Event, language: str) -> None:
    with translation.override(language):
        text = event_texts()[key_of(happened)]
    fields = {**happened, "names": happened.get("people")}
    assert {it for it in re.findall(r"%\((\w+)\)s", text) if fields.get(it) is None} == set()


def test_every_type_is_among_these_events() -> None:
    assert {it["type"] for it in EVENTS} == set(event._TEXTS) | {"history"}


@pytest.mark.django_db
def test_the_page_of_a_room_has_the_texts_in_its_language(client: Client) -> None:
    page = client.get("/chat/tea/", headers={"accept-language": "de"}).content.decode()
    assert '"added": "hat %(names)s hinzugef\\u00fcgt"' in page
