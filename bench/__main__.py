"""Measure everything, and write it down: `python -m bench`, or `make bench`."""

import argparse
import asyncio
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import gettempdir
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bench import machine, report, scenarios, subjects
from bench.pages import pages
from bench.scenarios import Pace, Scenario
from bench.subjects import Subject

ROUNDS = 3  # of what the promises are about; the median counts
RESULTS = Path(__file__).resolve().parents[1] / "docs" / "performance"
QUICK_RESULTS = Path(gettempdir()) / "lobby-bench"  # they tell nothing, and replace nothing

Row = dict[str, Any]
Plan = list[tuple[Subject, Scenario]]


def plan(only: str) -> Plan:
    """Who is asked what. Rounds go over all of them, so that a slow minute hits everybody."""
    known = {it.name: it for it in subjects.everything()}
    lobby = [f"Lobby, {server}, memory, sqlite" for server in ("daphne", "uvicorn")]
    redis = [f"Lobby, uvicorn, {layer}, sqlite" for layer in ("redis", "redis-pubsub")]
    tutorials = ["Tutorial consumer, daphne, redis", "Tutorial consumer, uvicorn, redis-pubsub"]
    memory = ["Tutorial consumer, daphne, memory", "Tutorial consumer, uvicorn, memory"]
    peers = [it for it in ("Node ws", "Socket.IO", "Python websockets") if it in known]
    kernel = ["Kernel: one send() each"]
    asked: list[tuple[list[str], Scenario]] = [
        *[
            (
                kernel
                + peers[:1]
                + ["Bare ASGI, uvicorn"]
                + memory[:1]
                + tutorials
                + lobby
                + redis,
                scenarios.quiet_and_busy,
            )
        ]
        * ROUNDS,
        (kernel + peers + memory + lobby, scenarios.sizes),
        (peers + memory + lobby, scenarios.many_rooms),
        (memory + lobby, scenarios.storm),
        (lobby + redis, scenarios.arrivals),
        (peers[:1] + tutorials + lobby, scenarios.stall),
        ([lobby[1], "Lobby, uvicorn, redis-pubsub, postgresql"], scenarios.history),
        (lobby, pages),
    ]
    done = {name for names, it in asked if it is scenarios.quiet_and_busy for name in names}
    asked.append(([name for name in known if name not in done], scenarios.quiet_and_busy))
    return [
        (known[name], scenario)
        for names, scenario in asked
        for name in names
        if any(it in f"{name} {scenario.__name__}".lower() for it in only.lower().split("|"))
    ]


def measure(subject: Subject, scenario: Scenario, pace: Pace) -> list[Row]:
    async def ask() -> list[Row]:
        with subject.running() as running:
            about = {
                "subject": subject.name,
                "family": subject.family,
                "server": subject.server,
                "layer": subject.layer,
                "database": subject.database,
                "processes": subject.processes,
            }
            return [
                {**about, "case": case, **figures}
                async for case, figures in scenario(running, pace)
            ]

    return asyncio.run(ask())


def medians(rows: list[Row]) -> list[Row]:
    """One row a subject and case: the median of each figure over its rounds."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row["subject"], row["case"]), []).append(row)
    return [
        {
            name: median(it[name] for it in group) if isinstance(value, int | float) else value
            for name, value in group[0].items()
        }
        | {"rounds": len(group)}
        for group in found.values()
    ]


def _earlier(folder: Path) -> list[Row]:
    path = folder / "results.json"
    return json.loads(path.read_text())["rows"] if path.exists() else []


def _merged(earlier: list[Row], rows: list[Row]) -> list[Row]:
    """What a partial run measured, in place of what an earlier one did."""
    anew = {(it["subject"], it["case"]) for it in rows}
    return [it for it in earlier if (it["subject"], it["case"]) not in anew] + rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "--only",
        default="",
        help="subjects or scenarios with this in their name, or one of several|of|these",
    )
    parser.add_argument("--quick", action="store_true", help="small and short: does it work?")
    parser.add_argument("--output", type=Path, help="folder for the results; else docs/performance")
    options = parser.parse_args()
    output: Path = options.output or (QUICK_RESULTS if options.quick else RESULTS)
    console = Console()
    if not subjects.has_node():
        console.print("Node is not here: Node ws and Socket.IO are left out.")
    os.sched_setaffinity(0, machine.GENERATOR_CORES)
    todo = plan(options.only)
    rows: list[Row] = []
    failed: list[str] = []
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("", total=len(todo))
        for subject, scenario in todo:
            progress.update(bar, description=f"{scenario.__name__}: {subject.name}")
            try:
                rows += measure(subject, scenario, scenarios.QUICK if options.quick else Pace())
            except Exception as error:  # the others are still worth measuring
                failed.append(f"{scenario.__name__}: {subject.name}: {error!r}")
                console.print(failed[-1])
            progress.advance(bar)
    rows = _merged(_earlier(output) if options.only else [], medians(rows))
    results = {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": machine.describe(),
        "failed": failed,
        "rows": rows,
    }
    output.mkdir(parents=True, exist_ok=True)
    (output / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    report.write(results, output)
    console.print(report.verdicts(rows))
    console.print(f"Written to {output}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
