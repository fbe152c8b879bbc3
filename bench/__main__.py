"""Runs all benchmarks and writes the report: `python -m bench`, or `make bench`."""

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

from bench import machine, report, scenarios, targets
from bench.pages import pages
from bench.programs import programs
from bench.scenarios import Scale, Scenario
from bench.small_rooms import entering, many_rooms, rooms_of_two
from bench.targets import Target
from bench.uploads import uploads

ROUNDS = 3  # of the scenario that most promises measure; the report has the median
RESULTS = Path(__file__).resolve().parents[1] / "docs" / "performance"
QUICK_RESULTS = Path(gettempdir()) / "lobby-bench"  # quick results do not replace the report

Row = dict[str, Any]
Plan = list[tuple[Target, Scenario]]


def plan(only: str) -> Plan:
    """The runs, in order. A round covers all targets, so that a slow minute affects each."""
    known = {it.name: it for it in targets.all_targets()}
    lobby = [f"Lobby, {server}, memory, sqlite" for server in ("daphne", "uvicorn")]
    redis = [f"Lobby, uvicorn, {layer}, sqlite" for layer in ("redis", "redis-pubsub")]
    tutorials = ["Tutorial consumer, daphne, redis", "Tutorial consumer, uvicorn, redis-pubsub"]
    memory = ["Tutorial consumer, daphne, memory", "Tutorial consumer, uvicorn, memory"]
    peers = [it for it in ("Node ws", "Socket.IO", "Python websockets") if it in known]
    kernel = ["Kernel: one send() each"]
    runs: list[tuple[list[str], Scenario]] = [
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
        (kernel + peers + memory + lobby, scenarios.room_sizes),
        (peers + memory + lobby + redis[1:], many_rooms),
        (peers[:1] + lobby + redis[1:], rooms_of_two),
        (peers[:1] + lobby, entering),
        (memory + lobby, scenarios.reconnect_storm),
        (lobby + redis, scenarios.simultaneous_joins),
        (peers[:1] + tutorials + lobby, scenarios.stalled_readers),
        (lobby, uploads),
        ([lobby[1], "Lobby, uvicorn, redis-pubsub, postgresql"], programs),
        ([lobby[1], "Lobby, uvicorn, redis-pubsub, postgresql"], scenarios.history),
        (lobby, pages),
    ]
    done = {name for names, it in runs if it is scenarios.quiet_and_busy for name in names}
    runs.append(([name for name in known if name not in done], scenarios.quiet_and_busy))
    return [
        (known[name], scenario)
        for names, scenario in runs
        for name in names
        if any(it in f"{name} {scenario.__name__}".lower() for it in only.lower().split("|"))
    ]


def measure(target: Target, scenario: Scenario, scale: Scale) -> list[Row]:
    async def run() -> list[Row]:
        with target.running() as running:
            description = {
                "target": target.name,
                "family": target.family,
                "server": target.server,
                "layer": target.layer,
                "database": target.database,
                "processes": target.processes,
            }
            return [
                {**description, "case": case, **figures}
                async for case, figures in scenario(running, scale)
            ]

    return asyncio.run(run())


def medians(rows: list[Row]) -> list[Row]:
    """One row per target and case, with the median of each figure over its rounds."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row["target"], row["case"]), []).append(row)
    return [
        {
            name: median(it[name] for it in group) if isinstance(value, int | float) else value
            for name, value in group[0].items()
        }
        | {"rounds": len(group)}
        for group in found.values()
    ]


def _previous(folder: Path) -> list[Row]:
    path = folder / "results.json"
    return json.loads(path.read_text())["rows"] if path.exists() else []


def _merged(previous: list[Row], rows: list[Row]) -> list[Row]:
    """The previous rows, with those that a partial run measured again replaced."""
    measured = {(it["target"], it["case"]) for it in rows}
    return [it for it in previous if (it["target"], it["case"]) not in measured] + rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "--only",
        default="",
        help="run targets or scenarios with this in their name; separate several with |",
    )
    parser.add_argument(
        "--quick", action="store_true", help="small and short, to check that the benchmarks run"
    )
    parser.add_argument(
        "--output", type=Path, help="folder for the results; default: docs/performance"
    )
    options = parser.parse_args()
    output: Path = options.output or (QUICK_RESULTS if options.quick else RESULTS)
    console = Console()
    if not targets.has_node():
        console.print("Node is not installed: skipping Node ws and Socket.IO.")
    os.sched_setaffinity(0, machine.GENERATOR_CORES)
    runs = plan(options.only)
    rows: list[Row] = []
    failed: list[str] = []
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("", total=len(runs))
        for target, scenario in runs:
            progress.update(bar, description=f"{scenario.__name__}: {target.name}")
            try:
                rows += measure(target, scenario, scenarios.QUICK if options.quick else Scale())
            except Exception as error:  # one failure does not stop the others
                failed.append(f"{scenario.__name__}: {target.name}: {error!r}")
                console.print(failed[-1])
            progress.advance(bar)
    rows = _merged(_previous(output) if options.only else [], medians(rows))
    results = {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": machine.describe(),
        "failed": failed,
        "rows": rows,
    }
    output.mkdir(parents=True, exist_ok=True)
    (output / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    report.write(results, output)
    console.print(report.promises_table(rows))
    console.print(f"Wrote {output}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
