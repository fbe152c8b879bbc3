"""`manage.py begin_epochs`: after a database was put back by other means than `restore`."""

from typing import Any

from django.core.management import BaseCommand

from chat.models import Room


class Command(BaseCommand):
    help = "Lets all clients start over, after the database was put back to an earlier state."
    requires_system_checks = []  # stderr is for errors: cron mails what is printed there

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{Room.objects.begin_anew()} rooms have another epoch.")
