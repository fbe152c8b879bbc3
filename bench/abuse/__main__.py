"""Attacks daphne and uvicorn in turn: `python -m bench.abuse`, or `make abuse`."""

import argparse
import asyncio
import sys
from concurrent.futures import Executor
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from bench.abuse import table
from bench.abuse.attack import Attack, Scale
from bench.abuse.attacks import ALL
from bench.abuse.runner import SETTINGS, Result, attackers, run, warm_up
from chat.tests.support.servers import serving

SERVERS = ("uvicorn", "daphne")
TALKERS = 6
AT_LEAST = 1  # messages of each talker
WIDTH = 180  # of the table in a file


def attack_all(
    kind: str, attacks: list[Attack], scale: Scale, pool: Executor, console: Console
) -> list[Result]:
    """Carry out all attacks on one server, or one for each of the settings they need."""
    results = []
    for settings, group in groupby(attacks, lambda it: it.settings):
        with (
            TemporaryDirectory(prefix="lobby-abuse-") as folder,
            serving(kind, Path(folder), **{**SETTINGS, **dict(settings)}) as server,
        ):
            warm_up(server, pool)
            for attack in group:
                console.print(f"{kind}: {attack.name} …", end=" ", highlight=False)
                result = asyncio.run(run(attack, server, scale, pool, TALKERS, AT_LEAST))
                console.print(table.verdict(result), highlight=False)
                console.print(f"    {dict(result.tally.refused)}", style="dim", highlight=False)
                results.append(result)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(prog="abuse", description=__doc__)
    parser.add_argument(
        "--only", default="", help="attacks with this in their name; several with |"
    )
    parser.add_argument("--server", choices=SERVERS, help="one server only")
    parser.add_argument("--seconds", type=float, default=Scale.seconds, help="of each attack")
    parser.add_argument("--output", type=Path, help="file for the table as Markdown")
    options = parser.parse_args()
    attacks = [it for it in ALL if any(part in it.name for part in options.only.split("|"))]
    scale = Scale(options.seconds, quiet_seconds=options.seconds / 2)
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    results: dict[str, list[Result]] = {}
    with attackers() as pool:
        for kind in [options.server] if options.server else SERVERS:
            results[kind] = attack_all(kind, attacks, scale, pool, console)
    for kind, of_kind in results.items():
        console.print(table.rich_table(kind, of_kind))
    if options.output:
        options.output.write_text("\n".join(table.markdown(*it) for it in results.items()))
    sys.exit(any(it.problems for of_kind in results.values() for it in of_kind))


if __name__ == "__main__":
    main()
