"""The S3 server of the test run: one for all processes, as long as one of them uses it."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import pytest

from chat.tests.support.s3_server import POLL_SECONDS, S3Server, answers
from chat.tests.support.servers import ROOT, START_SECONDS

pytestmark = pytest.mark.server

USE = f"""
import sys
from pathlib import Path
from {S3Server.__module__} import S3Server
server = S3Server(Path(sys.argv[1]))
print(server.port, flush=True)
input()
"""


@contextmanager
def using(folder: Path) -> Iterator[int]:
    """The port of the server, which a process of its own uses meanwhile."""
    with subprocess.Popen(
        [sys.executable, "-c", USE, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()  # it tells nobody


def servers_on(port: int) -> list[psutil.Process]:
    return [it for it in psutil.process_iter() if f"-s3.port={port}" in _command(it)]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_processes_share_a_server_and_the_last_one_ends_it(tmp_path: Path) -> None:
    with using(tmp_path) as port:
        with using(tmp_path) as other:
            assert other == port
        assert answers(port)
        [server] = servers_on(port)
    server.wait(START_SECONDS)
    with using(tmp_path) as port:
        assert answers(port)


def test_a_server_that_died_is_told_with_its_log(tmp_path: Path) -> None:
    with using(tmp_path) as port, closing(S3Server(tmp_path)) as server:
        [process] = servers_on(port)
        process.kill()
        while server.answers:
            time.sleep(POLL_SECONDS)
        with pytest.raises(RuntimeError, match=r"(?s)does not answer any more:\n.*S3"):
            server.url()
