"""What clients can write into the log, and how often."""

import logging
from typing import Any

import pytest
from django.test import RequestFactory

from mysite.logs import SAME_LINES, LimitLines


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
