"""An S3 server for the test run, installed by a Python package: SeaweedFS, in its own process."""

import atexit
import os
import shutil
import signal
import subprocess
import sysconfig
import tempfile
import time
import urllib.request
from functools import cache
from pathlib import Path
from urllib.error import HTTPError
from uuid import uuid4

from chat.tests.support.servers import START_SECONDS, free_port

BUCKET = "files"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "lobby", "AWS_SECRET_ACCESS_KEY": "the-secret-of-lobby"}
PORTS = """
    master.port master.port.grpc volume.port volume.port.grpc filer.port filer.port.grpc
    s3.port.grpc
""".split()
POLL_SECONDS = 0.05


class S3Server:
    """One bucket, which nobody reads without CREDENTIALS."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="lobby-s3-"))
        self.port = free_port()
        self._start()
        atexit.register(self.close)

    @classmethod
    @cache
    def shared(cls) -> "S3Server":
        """The server that all tests of this process share; started at first use."""
        return cls()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def url(self) -> str:
        """A FILES_URL with a prefix that nothing is stored under yet."""
        return f"s3://{BUCKET}/test-{uuid4().hex[:8]}?endpoint={self.endpoint}&region=eu-central-1"

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> None:
        log = self.folder / "log"
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                self._command(),
                cwd=self.folder,
                env=os.environ | CREDENTIALS,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"SeaweedFS does not answer:\n{log.read_text()}")
            time.sleep(POLL_SECONDS)

    def _command(self) -> list[str]:
        ports = [f"-{name}={free_port()}" for name in PORTS]
        return [
            str(Path(sysconfig.get_path("scripts"), "weed")),
            "mini",
            f"-dir={self.folder / 'data'}",
            f"-bucket={BUCKET}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            f"-s3.port={self.port}",
            "-s3.port.iceberg=0",
            f"-filer.localSocket={self.folder / 'filer.sock'}",
            "-webdav=false",
            "-admin.ui=false",
            "-master.telemetry=false",
            *ports,
        ]

    def _is_ready(self) -> bool:
        """Whether it refuses to show its bucket: it refuses the connection before."""
        try:
            urllib.request.urlopen(f"{self.endpoint}/{BUCKET}", timeout=5).close()
        except HTTPError as refusal:
            return refusal.code == 403
        except OSError:
            return False
        return False
