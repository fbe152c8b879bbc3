"""The system checks: what `manage.py check` tells an operator."""

import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.checks import CheckMessage
from pytest_django.fixtures import Settings

from chat import checks
from chat.tests.support.servers import ROOT, environment

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


def test_a_proxy_is_named_or_all_behind_it_share_the_rates_of_one_network(
    settings: Settings,
) -> None:
    settings.RATES, settings.HTTPS, settings.TRUSTED_PROXIES = settings.RATE_TABLE, True, []
    assert ids(checks.networks_are_known()) == ["chat.W004"]
    settings.TRUSTED_PROXIES = ["127.0.0.1/32"]
    assert ids(checks.networks_are_known()) == []
    settings.HTTPS, settings.TRUSTED_PROXIES = False, []
    assert ids(checks.networks_are_known()) == []


def test_deploy_checks_warn_of_rates_that_are_off(tmp_path: Path) -> None:
    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--tag", "security"],
        cwd=ROOT,
        env=environment(tmp_path, RATES="off"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "chat.W003" in checked.stderr


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
    """In a process of its own: this one registers the checks by importing them."""
    checked = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=environment(tmp_path, **settings),
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.findall(r"\((chat\.\w+)\)", checked.stderr) == warnings
    assert bool(warnings) == ("no issues" not in checked.stdout)
