"""Soak test: minutes of fault injection. `make soak MINUTES=5` prints faults and a table."""

import argparse
import asyncio
import os
import random
import sys
import tempfile
from dataclasses import asdict, fields

from chat.tests.faults.fault_injection import Result, inject_faults
from chat.tests.faults.test_fault_injection import INSTALLATIONS

COLUMNS = [field.name for field in fields(Result)]


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=1, help="per installation")
    arguments.add_argument("--seed", type=int, default=random.randrange(10_000))
    options = arguments.parse_args()
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="lobby-soak-")
    print(f"seed {options.seed}")
    results = {}
    for installation in INSTALLATIONS:
        name = ", ".join(installation)
        print(f"\n{name}", flush=True)
        results[name] = asyncio.run(
            inject_faults(
                *installation, seconds=60 * options.minutes, seed=options.seed, report=_report
            )
        )
        print(f"      {results[name]}", flush=True)
    print(f"\n{_table(results)}")
    return 0 if all(result.passed for result in results.values()) else 1


def _report(progress: str) -> None:
    print(progress, flush=True)


def _table(results: dict[str, Result]) -> str:
    """The results as a Markdown table."""
    head = ["installation", *(name.replace("_", " ") for name in COLUMNS)]
    rows = [[name, *map(str, asdict(result).values())] for name, result in results.items()]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
