"""Whoever is not in a room gets the answers of an installation in which it never existed.

Status, headers, body and the queries that are made are compared, for each address.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import ndiff
from http.cookies import SimpleCookie
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from chat.models import Member, Scope, Token
from chat.tests.leaks.asks import Ask
from chat.tests.leaks.conftest import People
from chat.tests.leaks.doors import DOORS, ELSEWHERE, WITHOUT_ROOM, all_names
from chat.tests.leaks.targets import Target, new_den, new_direct, nowhere
from chat.tests.support.pages import browser_of

pytestmark = pytest.mark.django_db

NEW_GUEST = UUID("0d4f8b6c-6c0e-4a35-9d7e-3f3c3b0e6f0e")
VARYING = re.compile(
    r'(?<=name="csrfmiddlewaretoken" value=")[^"]*|<time .*?</time>|(?<=csrfToken = ")[^"]*'
    r"|Signed in [^.<]*\."
    r'|value="\d\d:\d\d:\d\d"|data-[a-z-]*challenge="[^"]*"|"challenge": ?"[^"]*"'
)
TIMES_AND_SIZES = {"Expires", "Content-Length"}  # the latter of a body whose length varies
KEPT = 'FROM "django_content_type"'  # read once in a while
VALUES = re.compile(r"'(?:[^']|'')*'|\b\d+\b|\bNULL\b|_django_curs_\w+")
POINTS = re.compile(r'"s\d+_x\d+"')


class Answer(NamedTuple):
    """What comes back, and the queries that were made for it."""

    status: int
    headers: list[tuple[str, str]]
    cookies: list[str]
    body: str
    queries: list[str]


def test_every_address_is_asked() -> None:
    assert DOORS.keys() >= all_names() - ELSEWHERE


@pytest.fixture(autouse=True)
def without_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """New guests get names by chance, and pages offer a name for a room by chance."""
    monkeypatch.setattr("chat.identity.uuid4", lambda: NEW_GUEST)
    monkeypatch.setattr("chat.web.unguessable_names.suggest", lambda: "a-name")


def with_token(member: Member | None) -> Client:
    """Their browser, which shows a token as well: it counts for the API alone."""
    browser = browser_of(member)
    if member is not None:
        _, secret = Token.objects.make(member, member, "hostile", list(Scope))
        browser.defaults["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return browser


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def answer(browser: Client, ask: Ask, target: Target) -> Answer:
    cookies = browser.cookies.copy()
    with undone(), CaptureQueriesContext(connection) as captured:
        content, kind = ask.body
        send = getattr(browser, ask.method)
        response: Any = send(ask.path, content, headers=ask.headers, **kind)
    browser.cookies = SimpleCookie(cookies)  # without what the answer left
    content = b"".join(response) if response.streaming else response.content
    headers = {key: it for key, it in response.headers.items() if key not in TIMES_AND_SIZES}
    return Answer(
        response.status_code,
        sorted((key, without_asked(it, ask, target)) for key, it in headers.items()),
        sorted(response.cookies),
        VARYING.sub("", without_asked(content.decode(errors="replace"), ask, target)),
        [without_values(it["sql"]) for it in captured if KEPT not in it["sql"]],
    )


def without_asked(text: str, ask: Ask, target: Target) -> str:
    """The text without what was asked, and may be repeated."""
    query = urlencode(ask.fields)
    for it in (query, quote(query), escape(query), ask.path, quote(ask.path, safe="")):
        text = text.replace(it, "…") if len(it) > 1 else text
    for key, value in ask.fields.items():
        text = text.replace(f'name="{key}" value="{value}"', "…")
    return target.hidden(text)


def without_values(sql: str) -> str:
    return VALUES.sub("?", POINTS.sub("point", sql))


Browsers = dict[str, Client]  # by role


def answers(browsers: Browsers, name: str, target: Target) -> Iterator[tuple[str, Answer]]:
    for role, browser in browsers.items():
        is_shut = name.startswith("admin:") and role != "operator"  # a form to sign in, everywhere
        for ask in islice(DOORS[name](target), 2 if is_shut else None):
            asked = f"{role}: {ask.method} {ask.path} {ask.fields}"
            yield asked, answer(browser, ask, target)


@pytest.mark.parametrize("name", sorted(DOORS.keys() - ELSEWHERE))
def test_a_room_that_is_not_mine_is_as_one_that_never_existed(people: People, name: str) -> None:
    browsers = {role: with_token(member) for role, member in people.outside.items()}
    with undone():
        browsers["operator"].get("/admin/")  # loads what is kept, such as content types
    without = list(answers(browsers, name, nowhere(people.ada)))
    with undone():
        targets = [
            new_den(people.ada, people.ben, people.former, people.later),
            new_direct(people.ada, people.ben),
        ]
        for target in targets[: 1 if name in WITHOUT_ROOM else 2]:
            for (asked, got), (_, expected) in zip(
                answers(browsers, name, target), without, strict=True
            ):
                if got != expected:
                    pytest.fail("\n".join([asked, *different(got, expected)]))


def different(got: Answer, expected: Answer) -> list[str]:
    """The lines of one that are not in the other."""
    return [it for it in ndiff(lines(got), lines(expected)) if it[0] in "+-"]


def lines(answer: Answer) -> list[str]:
    found = [f"status {answer.status}", *(f"{key}: {it}" for key, it in answer.headers)]
    return [*found, *answer.cookies, *answer.body.splitlines(), *answer.queries]
