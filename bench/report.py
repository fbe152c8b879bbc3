"""The report: tables, plots, and the promised figures beside the measured ones."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt

from bench.tables import table

Row = dict[str, Any]

LOBBY_COLOUR, OTHER_COLOUR = "#3b6fd4", "#9aa3b0"
DAPHNE, UVICORN = "Lobby, daphne, memory, sqlite", "Lobby, uvicorn, memory, sqlite"
REDIS, PUBSUB = "Lobby, uvicorn, redis, sqlite", "Lobby, uvicorn, redis-pubsub, sqlite"
NODE = "Node ws"
TUTORIAL = "Tutorial consumer, daphne, redis"


# --- promises -----------------------------------------------------------------------------------


class Results:
    """Measured figures by target, case and name."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = {(it["target"], it["case"]): it for it in rows}

    def __call__(self, target: str, case: str, figure: str) -> float:
        """Raises KeyError if the figure was not measured."""
        return float(self._rows[target, case][figure])


@dataclass(frozen=True)
class Promise:
    text: str
    limit: float
    at_most: bool
    measured: Callable[[Results], float]

    def row(self, results: Results) -> tuple[str, str, str]:
        sign = "≤" if self.at_most else "≥"
        try:
            value = self.measured(results)
        except KeyError:
            return self.text, f"{sign} {self.limit:g}", "not measured"
        kept = value <= self.limit if self.at_most else value >= self.limit
        return self.text, f"{sign} {self.limit:g}", f"{value:.2f}{'' if kept else ' ✗'}"


def _ratio_of_targets(
    figure: str, case: str, target: str, other: str
) -> Callable[[Results], float]:
    return lambda found: found(target, case, figure) / found(other, case, figure)


def _ratio_of_cases(
    figure: str, target: str, case: str, other_case: str
) -> Callable[[Results], float]:
    return lambda found: found(target, case, figure) / found(target, other_case, figure)


def _best_tutorial_deliveries(found: Results) -> float:
    """The most that the tutorial consumer delivers on daphne, with either layer."""
    names = (TUTORIAL, "Tutorial consumer, daphne, memory")
    return max(found(name, "busy, 500", "deliveries_per_second") for name in names)


CPU, SPEED = "cpu_us_per_delivery", "deliveries_per_second"
ALONE, AMONG = "a room of 10, alone", "a room of 10, among 200"
PROMISES = [
    Promise(
        "quiet, 500: CPU per delivery, uvicorn / Node ws", 1.6, True,
        _ratio_of_targets(CPU, "quiet, 500", UVICORN, NODE),
    ),
    Promise(
        "quiet, 500: CPU per delivery, daphne / the tutorial consumer", 1 / 6, True,
        _ratio_of_targets(CPU, "quiet, 500", DAPHNE, TUTORIAL),
    ),
    *(
        Promise(
            f"busy: deliveries per second, {name.removeprefix('Lobby, ')} / Node ws", 4, False,
            _ratio_of_targets(SPEED, "busy, 500", name, NODE),
        )
        for name in (UVICORN, REDIS, PUBSUB)
    ),
    Promise(
        "busy: deliveries per second, daphne / the tutorial consumer", 50, False,
        lambda found: found(DAPHNE, "busy, 500", SPEED) / _best_tutorial_deliveries(found),
    ),
    Promise(
        "CPU per delivery, uvicorn, room of 2,000 / of 500", 1.2, True,
        lambda found: found(UVICORN, "quiet, 2000", CPU) / found(UVICORN, "quiet, 500", CPU),
    ),
    Promise(
        "CPU per delivery, uvicorn, room of 10 among 200 / alone", 1.2, True,
        _ratio_of_cases(CPU, UVICORN, AMONG, ALONE),
    ),
    *(
        Promise(
            f"CPU per message, {name.removeprefix('Lobby, ')} / Node ws: {case}", limit, True,
            _ratio_of_targets(CPU, case, name, NODE),
        )
        for case, limit in (("200 rooms of 10", 2.5), ("1000 rooms of 2", 5))
        for name in (UVICORN, PUBSUB)
    ),
    *(
        Promise(
            f"CPU per message, daphne / uvicorn: {case}", 2, True,
            _ratio_of_targets(CPU, case, DAPHNE, UVICORN),
        )
        for case in ("200 rooms of 10", "1000 rooms of 2")
    ),
    *(
        Promise(
            f"CPU per message, room of 2 among 2,000 / among 10, {name.removeprefix('Lobby, ')}",
            1.1, True,
            _ratio_of_cases(CPU, name, "a room of 2, among 2000", "a room of 2, among 10"),
        )
        for name in (DAPHNE, UVICORN, PUBSUB)
    ),
    *(
        Promise(
            f"{people} people enter {rooms}, per second of CPU, uvicorn", limit, False,
            lambda found, case=f"{people} people enter {rooms}": found(  # type: ignore[misc]
                UVICORN, case, "connects_per_cpu_second"
            ),
        )
        for people, limit in (("new", 600), ("returning", 1_000))
        for rooms in ("one room", "many rooms")
    ),
    *(
        Promise(
            f"{what.replace('_', ' ')}, {name.removeprefix('Lobby, ')}, 1,000,000 / 1,000 messages",
            1.5, True, _ratio_of_cases(what, name, "1,000,000 messages", "1,000 messages"),
        )
        for name in (UVICORN, "Lobby, uvicorn, redis-pubsub, postgresql")
        for what in ("first_page_ms", "deep_page_ms", "resume_400_ms")
    ),
    *(
        Promise(
            f"reconnect storm: complete of 2,000, {name.removeprefix('Lobby, ')}", 2_000, False,
            lambda found, name=name: found(name, "reconnect storm, 2000", "complete"),  # type: ignore[misc]
        )
        for name in (DAPHNE, UVICORN)
    ),
    *(
        Promise(
            f"2,000 join at once: peak soft frames per second, {name.removeprefix('Lobby, ')}",
            3, True,
            lambda found, name=name: found(  # type: ignore[misc]
                name, "simultaneous joins, 2000", "peak_soft_frames_per_second"
            ),
        )
        for name in (DAPHNE, UVICORN, REDIS, PUBSUB)
    ),
    *(
        Promise(
            f"memory per connection, {server}, Lobby / the tutorial consumer", 1.3, True,
            _ratio_of_targets(
                "kib_per_connection", "quiet, 2000", f"Lobby, {server}, memory, sqlite",
                f"Tutorial consumer, {server}, memory",
            ),
        )
        for server in ("daphne", "uvicorn")
    ),
    *(
        Promise(
            f"p99 of the others, {name.removeprefix('Lobby, ')}, with / without stalled readers",
            1.5, True,
            _ratio_of_cases("p99_ms", name, "one in 10 stopped reading", "all clients read"),
        )
        for name in (DAPHNE, UVICORN)
    ),
    *(
        Promise(
            f"p99, {name.removeprefix('Lobby, ')}, beside 200 uploads of {kind} / beside none",
            1.5, True, _ratio_of_cases("p99_ms", name, f"200 uploads of {kind}", "no uploads"),
        )
        for name in (DAPHNE, UVICORN)
        for kind in ("files", "photos")
    ),
    *(
        Promise(
            f"p99, uvicorn, {layer}, {database}, beside 100 idle {kind} / beside none",
            1.1, True,
            _ratio_of_cases(
                "p99_ms", f"Lobby, uvicorn, {layer}, {database}",
                f"busy beside 100 idle {kind}", "busy beside no program",
            ),
        )
        for layer, database in (("memory", "sqlite"), ("redis-pubsub", "postgresql"))
        for kind in ("long polls", "event streams")
    ),
    *(
        Promise(
            f"busy: two processes / one, uvicorn, {layer}, postgresql", 1.6, False,
            lambda found, layer=layer: found(  # type: ignore[misc]
                f"Lobby, uvicorn, {layer}, postgresql, 2 processes", "busy, 500", SPEED
            )
            / found(f"Lobby, uvicorn, {layer}, postgresql", "busy, 500", SPEED),
        )
        for layer in ("redis", "redis-pubsub")
    ),
]  # fmt: skip


def promises_table(rows: Sequence[Row]) -> str:
    results = Results(rows)
    return table(["Promise", "Limit", "Measured"], [list(it.row(results)) for it in PROMISES])


# --- tables -------------------------------------------------------------------------------------

COLUMNS = {
    "deliveries_per_second": ("deliveries/s", "{:,.0f}"),
    "cpu_us_per_delivery": ("CPU µs/delivery", "{:.1f}"),
    "p50_ms": ("p50 ms", "{:.1f}"),
    "p99_ms": ("p99 ms", "{:.1f}"),
    "max_ms": ("max ms", "{:.0f}"),
    "lost": ("lost", "{:,.0f}"),
    "repeated": ("repeated", "{:,.0f}"),
    "out_of_order": ("out of order", "{:,.0f}"),
    "disconnected": ("disconnected", "{:,.0f}"),
    "server_busy": ("server cores", "{:.2f}"),
    "generator_busy": ("load cores", "{:.2f}"),
    "kib_per_connection": ("KiB/connection", "{:.0f}"),
    "connects_per_second": ("connects/s", "{:,.0f}"),
    "connects_per_cpu_second": ("connects/s of CPU", "{:,.0f}"),
    "seconds": ("seconds", "{:.1f}"),
    "cpu_seconds": ("CPU s", "{:.1f}"),
    "seconds_until_all_joined": ("all joined, s", "{:.1f}"),
    "seconds_until_all_complete": ("all complete, s", "{:.1f}"),
    "refused": ("refused", "{:,.0f}"),
    "complete": ("complete", "{:,.0f}"),
    "soft_frames_per_client": ("soft frames/client", "{:.1f}"),
    "peak_soft_frames_per_second": ("peak/s", "{:.0f}"),
    "soft_kib_per_client": ("soft KiB/client", "{:.1f}"),
    "uploads_per_second": ("uploads/s", "{:.1f}"),
    "upload_mib_per_second": ("uploads, MiB/s", "{:.1f}"),
    "memory_growth_mib": ("memory growth, MiB", "{:.0f}"),
    "changes_per_second": ("changes/s", "{:,.0f}"),
    "cpu_us_per_change": ("CPU µs/change", "{:.0f}"),
    "server_ms": ("server ms", "{:.1f}"),
    "cpu_ms": ("CPU ms", "{:.1f}"),
    "requests": ("requests", "{:.0f}"),
    "wire_kib": ("KiB on the wire", "{:.1f}"),
    "javascript_kib": ("JavaScript KiB", "{:.1f}"),
    "first_paint_ms": ("first paint ms", "{:.0f}"),
    "first_page_ms": ("first page ms", "{:.1f}"),
    "deep_page_ms": ("deep page ms", "{:.1f}"),
    "resume_400_ms": ("resume 400 ms", "{:.1f}"),
}


def write(results: dict[str, Any], folder: Path) -> None:
    """Write results.md and the plots."""
    rows: list[Row] = results["rows"]
    machine = results["machine"]
    head = (
        f"Written by `make bench`, {results['at'][:10]}: {machine['cores']} cores of"
        f" {machine['cpu']}, {machine['memory_gib']} GiB, {machine['system']},"
        f" Python {machine['python']}. [How to read this](../performance.md)."
    )
    parts = [
        "# Results",
        head,
        "## Promises",
        promises_table(rows),
    ]
    if results["failed"]:
        parts += ["## Failed measurements", "\n".join(f"- {it}" for it in results["failed"])]
    for case in dict.fromkeys(row["case"] for row in rows):
        chosen = [row for row in rows if row["case"] == case]
        names = [it for it in COLUMNS if any(it in row for row in chosen)]
        parts += [
            f"## {case[0].upper()}{case[1:]}",
            table(
                ["", *(COLUMNS[it][0] for it in names)],
                [[row["target"], *(_cell(row, it) for it in names)] for row in chosen],
            ),
        ]
    (folder / "results.md").write_text("\n\n".join(parts) + "\n")
    _plot(
        rows,
        "quiet, 500",
        CPU,
        "CPU per delivery, µs (500 in a room, one message at a time)",
        folder,
    )
    _plot(rows, "busy, 500", SPEED, "Deliveries per second (500 in a room, 50 senders)", folder)
    _plot_sizes(rows, folder)


def _cell(row: Row, figure: str) -> str:
    value = row.get(figure)
    return "" if value is None or value != value else COLUMNS[figure][1].format(value)


# --- plots --------------------------------------------------------------------------------------


def _plot(rows: Sequence[Row], case: str, figure: str, title: str, folder: Path) -> None:
    chosen = sorted((it for it in rows if it["case"] == case), key=lambda it: float(it[figure]))
    if not chosen:
        return
    with _axes(len(chosen)) as axes:
        colours = [LOBBY_COLOUR if it["family"] == "lobby" else OTHER_COLOUR for it in chosen]
        bars = axes.barh(
            [it["target"] for it in chosen], [it[figure] for it in chosen], color=colours
        )
        axes.bar_label(bars, fmt=COLUMNS[figure][1], padding=3)
        axes.set_title(title, loc="left")
        axes.xaxis.set_visible(False)
        axes.margins(y=0.01)
        plt.savefig(folder / f"{case.split(',')[0]}.svg")


def _plot_sizes(rows: Sequence[Row], folder: Path) -> None:
    cases = {size: f"quiet, {size}" for size in (2, 50, 500, 2_000)}
    names = [UVICORN, DAPHNE, NODE, "Tutorial consumer, uvicorn, memory"]
    found = {(it["target"], it["case"]): it for it in rows}
    with _axes(8) as axes:
        for name in names:
            points = [
                (size, found[name, case][CPU] * size)
                for size, case in cases.items()
                if (name, case) in found
            ]
            if points:
                axes.plot(*zip(*points, strict=True), marker="o", label=name)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_title("CPU per message, µs, by people in the room", loc="left")
        axes.legend(frameon=False)
        plt.savefig(folder / "sizes.svg")


@contextmanager
def _axes(lines: int) -> Iterator[Any]:
    """Axes for one plot, readable on light and dark pages."""
    with mpl.rc_context(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "lobby",
            "font.family": "sans-serif",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "figure.facecolor": "white",
            "savefig.bbox": "tight",
        }
    ):
        _, axes = plt.subplots(figsize=(9, 1 + 0.32 * lines))
        yield axes
        plt.close()
