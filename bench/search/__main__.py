"""Times searches on both databases: `python -m bench.search`, or `make bench-search`."""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from chat.tests.support.postgresql import PostgreSQL

ROOT = Path(__file__).resolve().parents[2]
DATABASES = ("sqlite", "postgresql")
ROUNDS = 8


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.search", description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--rooms", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of posting")
    parser.add_argument("--database", choices=DATABASES, help="one only")
    parser.add_argument("--only", default="", help="kinds of searches with this in their name")
    options = parser.parse_args()
    for database in [options.database] if options.database else DATABASES:
        with TemporaryDirectory(prefix="lobby-search-") as folder:
            run(database, folder, options)


def run(database: str, folder: str, options: argparse.Namespace) -> None:
    """In a process of its own: Django's settings are those of one database."""
    settings = {"DJANGO_SETTINGS_MODULE": "mysite.settings", "DATA_DIR": folder, "RATES": "off"}
    if database == "postgresql":
        server = PostgreSQL.shared()
        settings["DATABASE_URL"] = server.url(server.create())
    command = [sys.executable, "-W", "ignore", "-m", "bench.search.one_database"]
    command += [str(options.messages), str(options.rooms), str(options.rounds), options.only]
    subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=True)


if __name__ == "__main__":
    main()
