"""The long form: `make soak MINUTES=5`. Prints what happens, and a table at the end."""

import argparse
import asyncio
import os
import random
import sys
import tempfile
from dataclasses import asdict, fields

from chat.tests.faults.storm import Verdict, storm
from chat.tests.faults.test_storm import INSTALLATIONS

COLUMNS = [field.name for field in fields(Verdict)]


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=1, help="for each installation")
    arguments.add_argument("--seed", type=int, default=random.randrange(10_000))
    given = arguments.parse_args()
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="lobby-soak-")
    print(f"seed {given.seed}")
    verdicts = {}
    for installation in INSTALLATIONS:
        name = ", ".join(installation)
        print(f"\n{name}", flush=True)
        verdicts[name] = asyncio.run(
            storm(*installation, seconds=60 * given.minutes, seed=given.seed, say=_say)
        )
        print(f"      {verdicts[name]}", flush=True)
    print(f"\n{_table(verdicts)}")
    return 0 if all(verdict.is_good for verdict in verdicts.values()) else 1


def _say(progress: str) -> None:
    print(progress, flush=True)


def _table(verdicts: dict[str, Verdict]) -> str:
    """In Markdown."""
    head = ["installation", *(name.replace("_", " ") for name in COLUMNS)]
    rows = [[name, *map(str, asdict(verdict).values())] for name, verdict in verdicts.items()]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
