"""`manage.py export lobby.zip`: everything, or one room, as JSON Lines with files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from chat.models import Room, RoomNameError, parse_address
from chat.transfer import export
from chat.transfer.faults import TransferError


class Command(BaseCommand):
    help = "Writes everything, or one room, as JSON Lines with files (docs/export_format.md)."
    requires_system_checks = []  # stderr is for errors: cron mails what is printed there

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "path", type=Path, help="a new folder; or a new file whose name ends in .zip"
        )
        parser.add_argument("--room", help="export this room alone: its name, or ~ and its id")

    def handle(self, *args: Any, path: Path, room: str | None, **options: Any) -> None:
        try:
            missing = export.export(path, _room(room) if room else None)
        except (TransferError, OSError) as error:
            raise CommandError(str(error)) from None
        for name in missing:
            self.stderr.write(f"{name}: the bytes of this file are gone.")
        self.stdout.write(f"Written: {path}")


def _room(address: str) -> Room:
    try:
        key = parse_address(address).key
    except RoomNameError as error:
        raise CommandError(str(error)) from None
    found = Room.objects.by_keys([key]).get(key)
    if found is None:
        raise CommandError(f"There is no room {address}.")
    return found
