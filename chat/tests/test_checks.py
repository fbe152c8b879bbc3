"""The system checks: what `manage.py check` tells an operator."""

import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.checks import CheckMessage
from django.db import connection
from pytest_django.fixtures import Settings

from chat import checks
from chat.tests.support.servers import ROOT, environment, serving

REDIS = {"REDIS_URL": "redis://redis"}
POSTGRESQL = {"DATABASE_URL": "postgresql://lobby@db/lobby"}


def ids(messages: list[CheckMessage]) -> list[str | None]:
    return [message.id for message in messages]


def test_the_in_memory_layer_is_for_one_process(settings: Settings) -> None:
    assert ids(checks.channel_layer_serves_one_process()) == ["chat.W001"]
    settings.CHANNEL_LAYER = "redis-pubsub"
    assert ids(checks.channel_layer_serves_one_process()) == []


def test_sqlite_is_for_one_machine(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CHANNEL_LAYER = "redis-pubsub"
    monkeypatch.setattr(checks, "connection", SimpleNamespace(vendor="postgresql"))
    assert ids(checks.database_serves_one_machine()) == []
    monkeypatch.setattr(checks, "connection", SimpleNamespace(vendor="sqlite"))
    assert ids(checks.database_serves_one_machine()) == ["chat.W002"]
    settings.CHANNEL_LAYER = "memory"
    assert ids(checks.database_serves_one_machine()) == []


def test_rates_are_on_where_others_can_reach_it(settings: Settings) -> None:
    assert ids(checks.rates_are_on()) == ["chat.W003"]
    settings.RATES = settings.RATE_TABLE
    assert ids(checks.rates_are_on()) == []


def test_the_proxy_that_ends_tls_is_named(settings: Settings) -> None:
    settings.HTTPS, settings.TRUSTED_PROXIES = True, []
    assert ids(checks.proxies_are_named()) == ["chat.W004"]
    settings.TRUSTED_PROXIES = ["127.0.0.1/32"]
    assert ids(checks.proxies_are_named()) == []
    settings.HTTPS, settings.TRUSTED_PROXIES = False, []
    assert ids(checks.proxies_are_named()) == []


def test_a_data_folder_that_others_can_enter_is_warned_of(
    settings: Settings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    for mode, warnings in ((0o700, []), (0o755, ["chat.W005"]), (0o750, ["chat.W005"])):
        tmp_path.chmod(mode)
        assert ids(checks.data_dir_is_closed()) == warnings


PUBLIC = {"ALLOWED_HOSTS": "chat.example.com", "RATES": "on"}
HTTPS = PUBLIC | {"CSRF_TRUSTED_ORIGINS": "https://chat.example.com"}
BEHIND_A_PROXY = HTTPS | {"TRUSTED_PROXIES": "10.0.0.1"}
WITHOUT_TLS = "security.W004 security.W008 security.W012 security.W016".split()


def checked(data_dir: Path, *arguments: str, **settings: str) -> list[str]:
    """The ids that `manage.py check` prints, in a process of its own: as an operator starts it."""
    done = subprocess.run(
        [sys.executable, "manage.py", "check", *arguments],
        cwd=ROOT,
        env=environment(data_dir, **settings),
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.findall(r"\((\w+\.\w+)\)", done.stderr)
    assert bool(found) == ("no issues" not in done.stdout)
    return found


@pytest.mark.parametrize(
    ("settings", "warnings"),
    [
        (REDIS | POSTGRESQL | BEHIND_A_PROXY, []),
        (REDIS | POSTGRESQL | BEHIND_A_PROXY | {"RATES": "off"}, ["chat.W003"]),
        (REDIS | POSTGRESQL | HTTPS, ["chat.W004", "security.W008", "security.W021"]),
        (REDIS | POSTGRESQL | PUBLIC, WITHOUT_TLS),
        (REDIS | POSTGRESQL | BEHIND_A_PROXY | {"ALLOWED_HOSTS": "*"}, ["chat.W006"]),
        (
            REDIS | POSTGRESQL | BEHIND_A_PROXY | {"HSTS_INCLUDE_SUBDOMAINS": "off"},
            ["security.W005"],
        ),
        (BEHIND_A_PROXY, ["chat.W001"]),
        (REDIS | BEHIND_A_PROXY, ["chat.W002"]),
    ],
)
def test_check_deploy_is_silent_only_where_nothing_is_missing(
    settings: dict[str, str], warnings: list[str], tmp_path: Path
) -> None:
    assert checked(tmp_path, "--deploy", **settings) == warnings


def test_a_start_says_that_no_proxy_is_trusted(tmp_path: Path) -> None:
    with serving("uvicorn", tmp_path, **HTTPS) as server:
        [line] = [it for it in server.log.splitlines() if "TRUSTED_PROXIES" in it]
        assert "127.0.0.1 on the same machine" in line


@pytest.mark.parametrize(
    ("settings", "warnings"),
    [
        ({}, ["chat.W001"]),
        ({"DEBUG": "on"}, []),
        (REDIS, ["chat.W002"]),
        (REDIS | POSTGRESQL, []),
    ],
)
def test_manage_py_check_prints_the_warnings(
    settings: dict[str, str], warnings: list[str], tmp_path: Path
) -> None:
    assert checked(tmp_path, **settings) == warnings


@pytest.mark.django_db
def test_a_sqlite_without_full_text_search_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.database_has_full_text_search() == []
    monkeypatch.setattr(checks, "_has_module", lambda name: False)
    expected = ["chat.E001"] if connection.vendor == "sqlite" else []
    assert ids(checks.database_has_full_text_search()) == expected
