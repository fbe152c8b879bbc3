"""Fills the database of the settings, searches there, and prints what that took."""

import sys
import time

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from rich.console import Console  # noqa: E402

from bench.search import filling, measuring, posting  # noqa: E402
from bench.tables import table  # noqa: E402

HEAD = ["rooms", "search", "p50 ms", "p95 ms", "p99 ms", "CPU p50 / p95 / p99 ms", "results"]
WIDTH = 160
POSTING_HEAD = ["posts together", "CPU before, ms", "CPU after, ms", "ratio"]


def main() -> None:
    messages, rooms, rounds = map(int, sys.argv[1:4])
    only = sys.argv[4]
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    filling.fill(messages, rooms)
    seconds = time.perf_counter() - began
    console = Console(width=WIDTH, highlight=False, markup=False)
    filled = f"{messages:,} messages in {rooms:,} rooms, filled in {seconds:.0f} s"
    console.print(f"\n{connection.vendor}: {filled}")
    for name, size in filling.sizes().items():
        console.print(f"- {name}: {size / 2**20:,.0f} MiB")
    console.print(f"\n{table(HEAD, [it.row for it in measuring.measure(only)])}")
    console.print(f"\n{table(POSTING_HEAD, [it.row for it in posting.measure(rounds)])}")


if __name__ == "__main__":
    main()
