"""`manage.py restore FILE`: a backup, into an empty installation: docs/backup.md."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import Error

from ops.backup import reading, restoring
from ops.backup.unusable import Unusable
from ops.errors import in_a_line
from ops.management import passphrases, progress


class Command(BaseCommand):
    help = "Puts a backup into an empty installation, of either database. Stop the server before."
    requires_system_checks = []  # stderr is for errors: cron mails what is printed there

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="that `backup` has written")
        parser.add_argument("--verify", action="store_true", help="check the archive, and no more")
        passphrases.add_arguments(parser)

    def handle(
        self,
        *args: Any,
        file: Path,
        verify: bool,
        passphrase_file: Path | None,
        ask_passphrase: bool,
        **_: Any,
    ) -> None:
        passphrase = passphrases.given(passphrase_file, ask_passphrase, is_new=False)
        show = progress.printer(self.stderr.write)
        try:
            passphrase = self._needed(file, passphrase)
            if verify:
                found = reading.read(file, passphrase, reading.KeepingNothing(), show)
            else:
                found = restoring.restore(file, passphrase, show)
        except (Unusable, OSError, Error) as error:
            raise CommandError(f"{file} is not restored: {in_a_line(error)}") from None
        self._report(file, found, is_verified=verify)

    def _needed(self, file: Path, passphrase: str | None) -> str | None:
        if not reading.is_encrypted(file):
            return None
        if passphrase is None:
            raise Unusable(f"it is encrypted. Set {passphrases.VARIABLE}, or --ask-passphrase.")
        return passphrase

    def _report(self, file: Path, found: reading.Read, *, is_verified: bool) -> None:
        what = "is whole" if is_verified else "is restored"
        made_at = f"{found.manifest.made_at:%Y-%m-%d %H:%M} UTC"
        counts = f"{found.manifest.rows:,} rows, {found.end.files:,} files"
        self.stdout.write(f"{file} {what}: of {made_at}, {counts}.")
        if found.end.missing_count:
            self.stdout.write(f"{found.end.missing_count:,} files were not there at the backup.")
        if is_verified:
            return
        if not restoring.takes_secret_key():
            self.stdout.write("SECRET_KEY is that of the environment: see docs/backup.md.")
        self.stdout.write("Search finds messages as the server indexes them from its start.")
