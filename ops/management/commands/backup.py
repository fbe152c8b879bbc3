"""`manage.py backup FILE`: everything of the installation, while it runs: docs/backup.md."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import Error
from django.template.defaultfilters import filesizeformat

from ops.backup import writing
from ops.backup.unusable import Unusable
from ops.errors import in_a_line
from ops.management import passphrases, progress

NAMED = 20  # files, of those that are not there
INCOMPLETE = 2  # the exit status where files are missing


class Command(BaseCommand):
    help = "Writes the database, the files and the secret key to one archive."
    requires_system_checks = []  # stderr is for errors: cron mails what is printed there

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="that is not there yet")
        passphrases.add_arguments(parser)

    def handle(
        self, *args: Any, file: Path, passphrase_file: Path | None, ask_passphrase: bool, **_: Any
    ) -> None:
        passphrase = passphrases.given(passphrase_file, ask_passphrase, is_new=True)
        try:
            written = writing.write(file, passphrase, progress.printer(self.stderr.write))
        except (Unusable, OSError, Error) as error:
            raise CommandError(f"There is no backup: {in_a_line(error)}") from None
        self._report(file, written, is_encrypted=passphrase is not None)

    def _report(self, file: Path, written: writing.Written, *, is_encrypted: bool) -> None:
        size = filesizeformat(written.bytes)
        how = "encrypted" if is_encrypted else "not encrypted: it has the secret key"
        self.stdout.write(f"{file}: {written.rows:,} rows, {written.files:,} files, {size}, {how}.")
        self._name("were deleted meanwhile", written.gone)
        self._name("are not in the storage", written.missing)
        if written.missing:
            raise CommandError(
                f"{len(written.missing)} files are not in the backup, as the storage lacks them.",
                returncode=INCOMPLETE,
            )

    def _name(self, what: str, keys: list[str]) -> None:
        if keys:
            more = f" and {len(keys) - NAMED:,} more" if len(keys) > NAMED else ""
            self.stdout.write(f"{len(keys):,} files {what}: {', '.join(keys[:NAMED])}{more}")
