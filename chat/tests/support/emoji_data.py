"""Write chat/formatting/emoji_data/<language>.json from npm's emojibase-data (Unicode CLDR).

npm pack emojibase-data@17.0.0 && tar xzf emojibase-data-*.tgz
.venv/bin/python -m chat.tests.support.emoji_data package en de
"""

import json
import sys
from pathlib import Path
from typing import Any

from chat.formatting import emoji

DATA = Path(emoji.__file__).parent / "emoji_data"
COMPONENTS = 2  # the group of hair and skin tones, which are no emoji of their own
LATEST_VERSION = 15.1  # systems of the last two years draw these


def groups(data: list[dict[str, Any]]) -> list[list[list[str]]]:
    """Rows of emoji, name and keywords, by group, in Unicode's order."""
    found: dict[int, list[list[str]]] = {}
    for row in sorted(data, key=lambda row: row.get("order", 0)):
        group = row.get("group", COMPONENTS)
        if group != COMPONENTS and row["version"] <= LATEST_VERSION:
            full = emoji.fully_qualified(row["emoji"])
            found.setdefault(group, []).append([full, row["label"], " ".join(row.get("tags", []))])
    return [found[group] for group in sorted(found)]


def write(package: Path, language: str) -> None:
    data = json.loads((package / language / "data.json").read_text())
    rows = [",\n".join(json.dumps(row, ensure_ascii=False) for row in it) for it in groups(data)]
    content = ",\n".join(f"[\n{group}\n]" for group in rows)
    (DATA / f"{language}.json").write_text(f"[\n{content}\n]\n")


if __name__ == "__main__":
    for language in sys.argv[2:]:
        write(Path(sys.argv[1]), language)
