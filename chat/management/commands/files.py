"""`manage.py files`: how much there is, and what belongs to nobody. `--remove` removes that."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat

from chat.files import sweep
from chat.models import File, Picture


class Command(BaseCommand):
    help = "Compares the stored files with the database, and reports what belongs to nobody."
    requires_system_checks = []  # stderr is for errors: cron mails what is printed there

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--remove", action="store_true", help="remove the bytes that belong to no file"
        )

    def handle(self, *args: Any, remove: bool, **options: Any) -> None:
        try:
            found = sweep.find()
        except OSError as error:
            raise CommandError(f"The storage does not work: {error}") from None
        total = filesizeformat(File.objects.total_bytes())
        self.stdout.write(f"{File.objects.count()} files, {total}.")
        total = filesizeformat(Picture.objects.total_bytes())
        self.stdout.write(f"{Picture.objects.count()} pictures of people and rooms, {total}.")
        self._report(found)
        if remove and found.orphans:
            sweep.remove(found.orphans)
            self.stdout.write("A running server removes these bytes now.")

    def _report(self, found: sweep.Found) -> None:
        size = filesizeformat(sum(it.size for it in found.orphans))
        self.stdout.write(f"{len(found.orphans)} stored that belong to no file, {size}.")
        for orphan in found.orphans:
            self.stdout.write(f"  {orphan.key} ({filesizeformat(orphan.size)})")
        self.stdout.write(f"{len(found.missing)} files without bytes.")
        for file in found.missing:
            self.stdout.write(f"  {file.key} in {file.room}, of {file.created_at:%Y-%m-%d}")
        self.stdout.write(f"{len(found.missing_pictures)} pictures without bytes.")
        for picture in found.missing_pictures:
            self.stdout.write(f"  {picture.key}, of {picture.created_at:%Y-%m-%d}")
