"""What a picture worker may take of the machine."""

import ctypes
import os
import resource
import sys
from pathlib import Path

MEMORY_BYTES = 2 << 30  # of addresses; 50 million pixels of AVIF take 1.9 GB of them
CPU_SECONDS = 30
FILE_BYTES = 128 << 20
OPEN_FILES = 32
NICENESS = 10  # about a tenth of what the chat gets, where it wants the processor

LIMITS = (  # soft and hard
    (resource.RLIMIT_AS, MEMORY_BYTES, MEMORY_BYTES),
    (resource.RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + 1),  # the hard one ends it without SIGXCPU
    (resource.RLIMIT_FSIZE, FILE_BYTES, FILE_BYTES),
    (resource.RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES),
    (resource.RLIMIT_CORE, 0, 0),
)
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, SIGKILL = 1, 38, 9  # linux/prctl.h


def apply() -> None:
    """Limit this process, for good."""
    for limit, soft, hard in LIMITS:
        _, allowed = resource.getrlimit(limit)
        most = hard if allowed == resource.RLIM_INFINITY else min(hard, allowed)
        resource.setrlimit(limit, (min(soft, most), most))
    os.nice(NICENESS)
    if sys.platform == "linux":
        _apply_on_linux()


def _apply_on_linux() -> None:
    _write("/proc/self/autogroup", NICENESS)  # the scheduler weighs sessions, then their processes
    _write("/proc/self/oom_score_adj", 1_000)  # when memory is short, this goes first
    prctl = ctypes.CDLL(None).prctl
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    prctl(PR_SET_PDEATHSIG, SIGKILL)  # no worker is left by a server that was killed


def _write(path: str, value: int) -> None:
    try:
        Path(path).write_text(str(value))
    except OSError:
        pass  # this kernel or container has no such file
