"""An S3 server for the test run, installed by a Python package: SeaweedFS, in its own process."""

import fcntl
import os
import subprocess
import sys
import time
import urllib.request
from functools import cache
from pathlib import Path
from urllib.error import HTTPError
from uuid import uuid4

from filelock import FileLock

from chat.tests.support.servers import ROOT, START_SECONDS

BUCKET = "files"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "lobby", "AWS_SECRET_ACCESS_KEY": "the-secret-of-lobby"}
ANSWER_SECONDS = 30  # on a busy machine
POLL_SECONDS = 0.05
KEEPER = "chat.tests.support.s3_keeper"


class S3Server:
    """A server with one bucket, which nobody reads without CREDENTIALS.

    All processes of a test run share it, in TESTS_SHARED_DIR. The first one starts a keeper, which
    runs the server until the last one has ended: each holds a lock as long as it lives.
    """

    def __init__(self, folder: Path) -> None:
        self._log = folder / "log"
        folder.mkdir(exist_ok=True)
        self._in_use = (folder / "in_use").open("a")
        fcntl.flock(self._in_use, fcntl.LOCK_SH)
        with FileLock(folder / "start.lock"):
            if not (folder / "port").exists():
                self._start(folder)
        self.port = int((folder / "port").read_text())

    @classmethod
    @cache
    def shared(cls) -> "S3Server":
        """The server of this test run."""
        return cls(Path(os.environ["TESTS_SHARED_DIR"], "s3"))

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def answers(self) -> bool:
        return answers(self.port)

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def url(self) -> str:
        """A FILES_URL with a prefix that nothing is stored under yet.

        A bucket for each test would take all of the server's volumes after some sixty.
        """
        if not self.answers:
            raise RuntimeError(f"SeaweedFS does not answer any more:\n{self.log}")
        return f"s3://{BUCKET}/test-{uuid4().hex[:8]}?endpoint={self.endpoint}&region=eu-central-1"

    def close(self) -> None:
        """Use it no more: the last one who does ends the server."""
        self._in_use.close()

    def _start(self, folder: Path) -> None:
        with self._log.open("wb") as output:
            self._keeper = subprocess.Popen(
                [sys.executable, "-m", KEEPER, str(folder)],
                cwd=ROOT,
                env=os.environ | CREDENTIALS,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C ends the tests first
            )
        deadline = time.monotonic() + START_SECONDS
        while not (folder / "port").exists():
            if self._keeper.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"SeaweedFS does not start:\n{self.log}")
            time.sleep(POLL_SECONDS)


def last_words() -> str:
    """The log of the server, if this process uses it and it answers no more; or nothing."""
    is_used = S3Server.shared.cache_info().currsize
    return S3Server.shared().log if is_used and not S3Server.shared().answers else ""


def answers(port: int) -> bool:
    """Whether a server refuses to show its bucket: before it is ready, it refuses connections."""
    address = f"http://127.0.0.1:{port}/{BUCKET}"
    try:
        urllib.request.urlopen(address, timeout=ANSWER_SECONDS).close()
    except HTTPError as refusal:
        return refusal.code == 403
    except OSError:
        return False
    return False
