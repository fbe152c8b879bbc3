"""What processes take, whatever becomes of them meanwhile."""

import os
import subprocess
import sys

import pytest

from bench import machine
from bench.machine import Usage


def test_a_child_that_has_just_ended_counts_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    monkeypatch.setattr(machine, "_family", lambda pids: [ended.pid, *pids])
    usage = Usage.of([os.getpid()])
    assert usage.cpu_seconds > 0
    assert usage.memory_bytes > 0
    assert machine.cpu_seconds(ended.pid) == 0
