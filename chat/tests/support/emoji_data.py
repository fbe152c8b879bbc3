"""Write chat/formatting/emoji_data from npm's emojibase-data (Unicode CLDR).

<language>.json has the names of emoji, shortcodes/<set>.json the shortcodes of a platform.

npm pack emojibase-data@17.0.0 && tar xzf emojibase-data-*.tgz
.venv/bin/python -m chat.tests.support.emoji_data package en de
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chat.formatting import emoji

DATA = Path(emoji.__file__).parent / "emoji_data"
COMPONENTS = 2  # the group of hair and skin tones, which are no emoji of their own
LATEST_VERSION = 15.1  # systems of the last two years draw these
SHORTCODE_SETS = ["github", "iamcal", "joypixels"]  # iamcal: Slack, Mattermost; joypixels: Discord
TONED = re.compile(r"_tone[1-5]|skin_tone")  # `emoji.find` knows the tones of all names


def groups(data: list[dict[str, Any]]) -> list[list[list[str]]]:
    """Rows of emoji, name and keywords, by group, in Unicode's order."""
    found: dict[int, list[list[str]]] = {}
    for row in sorted(data, key=lambda row: row.get("order", 0)):
        group = row.get("group", COMPONENTS)
        if group != COMPONENTS and row["version"] <= LATEST_VERSION:
            full = emoji.fully_qualified(row["emoji"])
            found.setdefault(group, []).append([full, row["label"], " ".join(row.get("tags", []))])
    return [found[group] for group in sorted(found)]


def shortcodes(names: dict[str, str | list[str]]) -> Iterator[tuple[str, str]]:
    """Each shortcode of a set, and its emoji. The set has names by code points."""
    for code_points, codes in names.items():
        full = emoji.fully_qualified("".join(chr(int(it, 16)) for it in code_points.split("-")))
        for code in [codes] if isinstance(codes, str) else codes:
            if emoji.is_emoji(full) and not TONED.search(code):
                yield code, full


def write(package: Path, language: str) -> None:
    data = json.loads((package / language / "data.json").read_text())
    rows = [",\n".join(json.dumps(row, ensure_ascii=False) for row in it) for it in groups(data)]
    content = ",\n".join(f"[\n{group}\n]" for group in rows)
    (DATA / f"{language}.json").write_text(f"[\n{content}\n]\n")


def write_shortcodes(package: Path, name: str) -> None:
    names = json.loads((package / "en" / "shortcodes" / f"{name}.json").read_text())
    found = json.dumps(dict(sorted(shortcodes(names))), ensure_ascii=False, indent=0)
    (DATA / "shortcodes").mkdir(exist_ok=True)
    (DATA / "shortcodes" / f"{name}.json").write_text(f"{found}\n")


if __name__ == "__main__":
    for language in sys.argv[2:]:
        write(Path(sys.argv[1]), language)
    for shortcode_set in SHORTCODE_SETS:
        write_shortcodes(Path(sys.argv[1]), shortcode_set)
