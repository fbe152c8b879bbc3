"""Two versions of the code in folders of their own: the last release's, and one to come."""

import shutil
import subprocess
from pathlib import Path
from textwrap import dedent

from chat.tests.support.servers import ROOT
from ops.upgrades.released import RELEASED

PARTS = ("manage.py", "mysite", "accounts", "api", "chat", "ops", "templates", "requirements.txt")

# What a later release may do to a table of this one, each in the slowest way that is let through.
MIGRATIONS = {
    "9001_grown.py": """
        from django.db import migrations, models

        class Migration(migrations.Migration):
            dependencies = [("chat", "{last}")]
            operations = [
                migrations.AddField("Message", "tea", models.TextField(null=True)),
                migrations.CreateModel("Tea", [
                    ("id", models.BigAutoField(primary_key=True)),
                    ("room", models.ForeignKey("chat.Room", models.CASCADE, related_name="+")),
                ]),
            ]
        """,
    "9002_another.py": """
        from django.db import migrations, models

        class Migration(migrations.Migration):
            dependencies = [("chat", "9001_grown")]
            operations = [migrations.AddField("Room", "tea", models.TextField(null=True))]
        """,
    "9003_indexed.py": """
        from django.db import migrations, models
        from ops.upgrades.operations import AddIndexUnlocked

        class Migration(migrations.Migration):
            atomic = False
            dependencies = [("chat", "9002_another")]
            operations = [
                AddIndexUnlocked("Message", models.Index(fields=["tea"], name="by_tea")),
            ]
        """,
}


def released(folder: Path) -> Path:
    """The code of the last release; this one before the first. A release needs its tag."""
    if not any(RELEASED.values()):
        return ROOT
    tag = _git("describe", "--tags", "--abbrev=0", "--match", "v*")
    archive = folder / "released.tar"
    _git("archive", f"--output={archive}", tag)
    root = folder / "released"
    shutil.unpack_archive(archive, root)
    return root


def to_come(folder: Path) -> Path:
    """This code with migrations that are still to be written."""
    root = folder / "to come"
    root.mkdir()
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / part, root / part)
    migrations = root / "chat" / "migrations"
    last = max(it.stem for it in migrations.glob("[0-9]*.py"))
    for name, text in MIGRATIONS.items():
        (migrations / name).write_text(dedent(text).replace("{last}", last))
    return root


def _git(*arguments: str) -> str:
    run = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(run, check=True, capture_output=True, text=True).stdout.strip()
