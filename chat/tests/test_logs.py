"""What clients can write into the log, and how often."""

import json
import logging
import sys
from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils.encoding import iri_to_uri

from accounts.invites import new_path
from chat.models.sanction import network_digest
from chat.webhooks.signing import new_secret
from mysite.logs import (
    SAME_LINES,
    HideSecrets,
    JSONLines,
    LimitLines,
    TextLines,
    hide_personal,
    hide_secrets,
)


def line(message: str, level: int = logging.WARNING, *args: Any, **extra: Any) -> logging.LogRecord:
    record = logging.LogRecord("django.request", level, __file__, 1, message, args, None)
    vars(record).update(extra)
    return record


def not_found(address: str, path: str) -> logging.LogRecord:
    request = RequestFactory().get(path, REMOTE_ADDR=address)
    return line("%s: %s", logging.WARNING, "Not Found", path, status_code=404, request=request)


def test_client_errors_are_logged_once_a_minute_for_a_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1_000.0
    monkeypatch.setattr("mysite.logs.time.monotonic", lambda: now)
    limit = LimitLines()
    shown = 0
    for second in range(120):
        now = 1_000.0 + second
        shown += limit.filter(not_found("192.0.2.7", f"/{second}"))
    assert shown == 2
    assert limit.filter(not_found("192.0.2.8", "/"))


def test_the_same_warning_is_logged_sixty_times_a_minute() -> None:
    limit = LimitLines()
    shown = [limit.filter(line("invalid frame %d", logging.WARNING, n)) for n in range(100)]
    assert sum(shown) == SAME_LINES == 60
    assert limit.filter(line("another warning"))


def test_errors_are_all_logged() -> None:
    limit = LimitLines()
    assert all(limit.filter(line("no database", logging.ERROR)) for _ in range(1_000))


def test_lines_about_200_000_networks_leave_bounded_memory() -> None:
    limit = LimitLines()
    for number in range(200_000):
        limit._is_first(limit._client_errors, str(number))
    assert len(limit._client_errors) == 10_000


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("device_link", ["s3cret_" * 6]),
        ("setup", ["s3cret" * 6]),
        ("invite", ["s3cret" * 3 + "." + "s3cret" * 7]),
        ("sign_in_link", ["1", "d6x2k1-s3cret0123456789"]),
        ("account_confirm_email", ["MQ:1wa2b:s3cret0123456789"]),
        ("account_reset_password_from_key", ["1", "d6x2k1-s3cret0123456789"]),
    ],
)
def test_addresses_that_let_somebody_in_are_logged_without_their_secret(
    name: str, arguments: list[str]
) -> None:
    path = f"/lobby{reverse(name, args=arguments)}?next=/"
    record = not_found("192.0.2.7", path)
    assert HideSecrets().filter(record)
    for logged in (record.getMessage(), hide_secrets(path)):
        assert "s3cret" not in logged
        assert logged.endswith("/…/?next=/")


def test_invites_are_logged_without_their_secret() -> None:
    path = iri_to_uri(new_path())  # as a browser asks for it
    assert hide_secrets(path) == "/accounts/signup/?invite=…"


@pytest.mark.parametrize(
    "secret", [f"lobby_{'a-_9' * 10}abc", new_secret()], ids=["of a token", "of a webhook"]
)
@pytest.mark.parametrize(
    "line", ["/api/v1/me?token={}", "/hooks//{}", "/HOOKS/{}/x", "/chat/{}/", "Bearer {}", "{}"]
)
def test_tokens_stand_in_no_line_wherever_somebody_puts_them(line: str, secret: str) -> None:
    prefix = secret.partition("_")[0]
    hidden = hide_secrets(line.format(secret))
    assert hidden == line.format(f"{prefix}_…"), "no character of it is left"


@pytest.mark.parametrize("path", ["/device/cancel/", "/chat/device/messages", "/accounts/profile/"])
def test_other_addresses_are_logged_as_they_are(path: str) -> None:
    record = not_found("192.0.2.7", path)
    HideSecrets().filter(record)
    assert record.getMessage() == f"Not Found: {path}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("network 203.0.113.7: message rate exceeded", "203.0.113.7"),
        ("203.0.113.7 has 2000 connections", "203.0.113.7"),
        ("refused: [::ffff:203.0.113.7]:80", "203.0.113.7"),
        ("network 2001:db8:1:2::/64: room rate", "2001:db8:1:2::/64"),
        ("from 2001:db8:1:2:3:4:5:6.", "2001:db8:1:2::/64"),
        ("peer:203.0.113.7: gone", "203.0.113.7"),
        ("peer:2001:db8:1:2::7: gone", "2001:db8:1:2::/64"),
    ],
)
def test_addresses_are_pseudonyms_by_which_a_ban_knows_a_network(text: str, shown: str) -> None:
    logged = hide_personal(text)
    assert "203.0.113.7" not in logged
    assert "2001:db8" not in logged
    assert f"~{network_digest(shown)[:12]}" in logged


@pytest.mark.parametrize(
    "text",
    [
        "Error 111 connecting to 127.0.0.1:6379.",
        "listening on ::1 and [::]",
        "at 08:32:33,484 in chat::models",
        "Django 5.2.1 and room 12: 3 changes",
    ],
)
def test_what_is_no_address_of_somebody_stays(text: str) -> None:
    assert hide_personal(text) == text


@pytest.mark.parametrize(
    "path",
    [
        "/chat/search?q=s3cret&room=tea",
        "/chat/search?room=tea&q=s3cret+words",
        "/rooms/find?name=s3cret",
        "/files/0195d3a0-1111-7222-8333-444455556666/s3cret.pdf",
    ],
)
def test_what_somebody_typed_is_not_logged(path: str) -> None:
    assert "s3cret" not in hide_personal(f"GET {path} HTTP/1.1")
    assert "…" in hide_personal(path)


def test_mail_addresses_are_not_logged() -> None:
    assert hide_personal("to {'ada.l@mail.example.com': (550,)}") == "to {'…@…': (550,)}"


def test_long_texts_are_hidden_at_once() -> None:
    for text in ("a" * 100_000, "1:" * 50_000, "a.b-" * 25_000, "1.1.1." * 15_000, "/" * 100_000):
        assert hide_personal(text) is not None


def with_error(error: Exception) -> logging.LogRecord:
    try:
        raise error
    except Exception:
        return logging.LogRecord("chat", logging.ERROR, __file__, 1, "no", (), sys.exc_info())


@pytest.mark.parametrize("format", [TextLines, JSONLines])
def test_the_row_that_postgresql_did_not_store_is_not_logged(format: Any) -> None:
    detail = "null value\nDETAIL:  Failing row contains (1, my\n\ns3cret text).\n"
    logged = format().format(with_error(ValueError(detail)))
    assert "null value" in logged
    assert "s3cret" not in logged


def test_a_line_of_json_has_the_ids_that_it_is_about() -> None:
    record = line("no room\n%s", logging.ERROR, "x", ids={"room": 7, "socket": "a1", "other": 1})
    logged = JSONLines().format(record)
    assert "\n" not in logged
    found = json.loads(logged)
    assert found | {"time": ""} == {
        "time": "",
        "level": "ERROR",
        "logger": "django.request",
        "message": "no room\nx",
        "room": 7,
        "socket": "a1",
    }
