"""The table of an abuse run, for the terminal and as Markdown."""

from collections.abc import Iterable

import numpy as np
from rich.table import Table

from bench.abuse.runner import Result, percentile_ms
from bench.abuse.talkers import Said
from bench.abuse.watch import Range
from bench.tables import table

HEAD = [
    "attack",
    "p50 ms",
    "p99 ms",
    "p99 ratio",
    "CPU p50 / p99 ms",
    "server cores",
    "said",
    "lost",
    "tried",
    "refused",
    "memory MiB",
    "descriptors",
    "errors logged",
    "verdict",
]


def row(result: Result) -> list[str]:
    attacked = result.attacked
    return [
        result.attack,
        _latencies(result, 50),
        _latencies(result, 99),
        f"{result.ratio(99):.1f}",
        _cpu(attacked),
        f"{result.busy:.1f}",
        f"{attacked.messages}",
        f"{attacked.lost + attacked.repeated + attacked.out_of_order}",
        f"{result.tally.tried:,}",
        f"{result.tally.refused.total():,}",
        _range(result.memory, 2**20),
        _range(result.descriptors, 1),
        f"{len(result.logged_errors)}",
        verdict(result),
    ]


def verdict(result: Result) -> str:
    if result.problems:
        return "; ".join(result.problems)
    return "; ".join(["slow" if result.is_slow else "ok", *result.tally.notes])


def _latencies(result: Result, percent: int) -> str:
    quiet, attacked = percentile_ms(result.quiet, percent), percentile_ms(result.attacked, percent)
    return f"{quiet:.0f} → {attacked:.0f}"


def _cpu(said: Said) -> str:
    """The latencies in CPU time of the server: what else runs on the machine adds nothing."""
    seconds = said.cpu_seconds or [0.0]
    return " / ".join(f"{np.percentile(seconds, it) * 1e3:.0f}" for it in (50, 99))


def _range(figures: Range, unit: int) -> str:
    return " → ".join(f"{it // unit}" for it in (figures.before, figures.peak, figures.after))


def rich_table(server: str, results: Iterable[Result]) -> Table:
    shown = Table(*HEAD, title=server)
    for result in results:
        style = "red" if result.problems else "yellow" if result.is_slow else ""
        shown.add_row(*row(result), style=style)
    return shown


def markdown(server: str, results: Iterable[Result]) -> str:
    return f"## {server}\n\n{table(HEAD, [row(it) for it in results])}\n"
