"""Runs the S3 server of a test run as long as a process uses it: see `s3_server`."""

import fcntl
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from chat.tests.support.s3_server import BUCKET, POLL_SECONDS, answers
from chat.tests.support.servers import START_SECONDS, free_port

PORTS = """
    master.port master.port.grpc volume.port volume.port.grpc filer.port filer.port.grpc
    s3.port.grpc
""".split()


def keep(folder: Path) -> None:
    """Run a server, tell its port in `folder`, and end it when nobody uses it."""
    with TemporaryDirectory(prefix="lobby-s3-", ignore_cleanup_errors=True) as data:
        port = free_port()
        with _running(Path(data), port) as server:
            _wait_until_ready(server, port)
            unfinished = folder / "port.new"
            unfinished.write_text(str(port))
            unfinished.rename(folder / "port")
            _wait_until_unused(folder)


@contextmanager
def _running(data: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    server = subprocess.Popen(_command(data, port), cwd=data)
    try:
        yield server
    finally:
        server.kill()
        server.wait()


def _command(data: Path, port: int) -> list[str]:
    ports = [f"-{name}={free_port()}" for name in PORTS]
    return [
        str(Path(sysconfig.get_path("scripts"), "weed")),
        "mini",
        f"-dir={data / 'data'}",
        f"-bucket={BUCKET}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        f"-s3.port={port}",
        "-s3.port.iceberg=0",
        f"-filer.localSocket={data / 'filer.sock'}",
        "-webdav=false",
        "-admin.ui=false",
        "-master.telemetry=false",
        *ports,
    ]


def _wait_until_ready(server: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers(port):
        if server.poll() is not None or time.monotonic() > deadline:
            raise SystemExit("SeaweedFS does not answer.")
        time.sleep(POLL_SECONDS)


def _wait_until_unused(folder: Path) -> None:
    """Wait until no process holds the lock. Who comes then finds no port, and starts anew."""
    with (folder / "in_use").open("a") as in_use:
        fcntl.flock(in_use, fcntl.LOCK_EX)
        (folder / "port").unlink(missing_ok=True)  # or the run has removed its folder


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
