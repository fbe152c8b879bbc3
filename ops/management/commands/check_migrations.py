"""`manage.py check_migrations`: whether the version before runs beside what is to be released."""

from typing import Any

from django.core.management import BaseCommand, CommandError

from ops.upgrades.rules import refused


class Command(BaseCommand):
    help = "Refuses migrations that would break the version before, or lock a large table."
    requires_system_checks = []  # stderr is for errors: cron mails what is printed there

    def handle(self, *args: Any, **options: Any) -> None:
        lines = list(refused())
        if lines:
            said = "\n".join(lines)
            raise CommandError(f"{said}\nWhat to do: docs/upgrades.md")
        self.stdout.write("All migrations since the last release may run beside it.")
