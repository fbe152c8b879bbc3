"""What clients can write into the log, and how often."""

import logging
from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils.encoding import iri_to_uri

from accounts.invites import new_path
from mysite.logs import SAME_LINES, HideSecrets, LimitLines, hide_secrets


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


@pytest.mark.parametrize("path", ["/device/cancel/", "/chat/device/messages", "/accounts/profile/"])
def test_other_addresses_are_logged_as_they_are(path: str) -> None:
    record = not_found("192.0.2.7", path)
    HideSecrets().filter(record)
    assert record.getMessage() == f"Not Found: {path}"
