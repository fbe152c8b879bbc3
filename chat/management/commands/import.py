"""`manage.py import export.zip`: what Lobby, Slack, Mattermost or Discord has comes over."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import Error

from chat.transfer import importing, origins, packages, people
from chat.transfer.faults import TransferError
from chat.transfer.origins import ORIGINS
from chat.transfer.origins.options import Options
from chat.transfer.report import Report
from chat.transfer.staging import Staging

SHOWN_EVERY = 10_000  # messages


class Command(BaseCommand):
    help = "Imports an export of Lobby, Slack, Mattermost or DiscordChatExporter (docs/moving.md)."
    requires_system_checks = []  # stderr is for errors: cron mails what is printed there

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a zip, a folder or a file")
        parser.add_argument("--format", choices=[*ORIGINS], default="", help="what it is")
        parser.add_argument(
            "--dry-run", action="store_true", help="count, name what will not come over"
        )
        parser.add_argument(
            "--origin", default="", help="a name of where it comes from, the same each time"
        )
        parser.add_argument(
            "--open",
            action="store_true",
            help="public channels become open rooms, which whoever has the address reads",
        )

        parser.add_argument(
            "--made-here",
            action="store_true",
            help="an export of this installation: its people are those with accounts here",
        )

    def handle(self, *args: Any, path: Path, dry_run: bool, **options: Any) -> None:
        report = Report()
        try:
            self._import(path, report, dry=dry_run, options=options)
        except (TransferError, OSError) as error:
            raise CommandError(str(error)) from None
        except Error as error:
            raise CommandError(f"{error}. What is stored stays: run it again") from None
        for line in report.lines(dry=dry_run):
            self.stdout.write(line)

    def _import(self, path: Path, report: Report, *, dry: bool, options: dict[str, Any]) -> None:
        with packages.opened(path) as package:
            kind = origins.recognised(package, options["format"])
            said = Options(options["origin"] or kind, options["open"])
            staging = Staging(keeps_places=kind == "lobby")
            try:
                staging.take(origins.reader(kind)(package, said, report), report)
                if not options["made_here"]:
                    people.refuse_accounts(staging)
                if dry:
                    importing.count(staging, package, report)
                else:
                    importing.store(staging, package, report, self._progress)
            finally:
                staging.close()

    def _progress(self, done: int) -> None:
        if done % SHOWN_EVERY == 0:
            self.stderr.write(f"{done} messages …")
